"""The simulated city: the same seed makes the same bytes, its records keep their contracts, its truth is in them."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from shapely.ops import unary_union

from connectors.simulate import FolderInUse, Format, Plan, World, read, simulate, truth, write
from connectors.simulate.plan import BadPlan
from schemas import contracts
from schemas.check import Checker
from streams import districts

PLAN = Plan(seed=11, districts=3, days=9)
PATTERNS = {
    "series", "border_cluster", "report_campaign", "lookout_hit", "corroboration", "duplicate", "coverage_gap",
    "overdue_rectification", "chain_repeat", "silent_feed", "skewed_clock", "dead_camera",
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(PLAN)


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("city")
    write(world, out)
    return out


def _digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_makes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write(simulate(PLAN), tmp_path)
    assert _digest(tmp_path) == _digest(folder)


def test_another_seed_makes_another_city() -> None:
    one, other = (simulate(Plan(seed=seed, districts=2, days=7)) for seed in (1, 2))
    assert list(one.city.lat) != list(other.city.lat)
    assert not {sent.record["record_id"] for sent in one.sent} & {sent.record["record_id"] for sent in other.sent}


def test_every_record_keeps_its_contract_but_those_that_are_bad_on_purpose(folder: Path) -> None:
    bad = {item["record_id"]: item for item in read.truth(folder)["bad"]}
    checkers = {kind: Checker(contracts.get(kind), "district") for kind in read.truth(folder)["counts"]}
    assert checkers.keys() >= {"incident", "patrol", "camera_event", "online_report", "inspection", "duty", "lookout"}
    found_bad = set()
    for sent in read.records(folder):
        said = bad.get(sent.record["record_id"])
        faults = checkers[sent.kind].check(sent.record)
        if said is None:
            assert not faults, (sent.kind, faults)
            assert sent.record["district"] == sent.district
            continue
        found_bad.add(sent.record["record_id"])
        if said["reason"] == "wrong_district":
            assert not faults
            assert sent.record["district"] != sent.district
        else:
            assert (said["reason"], said["field"]) in {(fault.reason, fault.field) for fault in faults}
    assert found_bad == bad.keys()
    assert found_bad


def test_records_in_memory_are_as_those_in_files(world: World, folder: Path) -> None:
    for here, there in zip(world.sent, read.records(folder), strict=True):
        assert here == there
        assert all(type(value) is type(there.record[name]) for name, value in here.record.items())


def test_arrivals_are_in_order_and_all_lines_are_in_them(world: World, folder: Path) -> None:
    arrivals = [sent.arrived_at for sent in read.records(folder)]
    lines = sum(path.read_bytes().count(b"\n") for path in (folder / "records").rglob("*.jsonl"))
    assert arrivals == sorted(arrivals)
    assert len(arrivals) == lines == len(world.sent) == sum(read.truth(folder)["counts"].values())


def test_every_record_that_the_truth_names_was_sent(folder: Path) -> None:
    found = read.truth(folder)
    assert found.keys() >= PATTERNS
    sent = {sent.record["record_id"] for sent in read.records(folder)}
    named = {one for pattern in PATTERNS for item in found[pattern] for one in item["records"]}
    misses = {miss["record_id"] for item in found["lookout_hit"] for miss in item["misses"]}
    assert named | misses <= sent
    assert misses


def test_faults_are_as_many_as_are_said(world: World, folder: Path) -> None:
    found = read.truth(folder)
    times = Counter((sent.record["record_id"], sent.record["revision"]) for sent in world.sent)
    twice = {name for name, count in times.items() if count > 1}
    assert twice == {(item["record_id"], item["revision"]) for item in found["sent_twice"]}
    total = len(world.sent)
    for name, share in (("late", 0.012), ("sent_twice", 0.005), ("out_of_order", 0.02), ("bad", 0.003)):
        assert 0.5 * share < len(found[name]) / total < 1.5 * share, name


def test_without_faults_nothing_is_late_or_bad() -> None:
    found = truth(simulate(Plan(seed=1, districts=2, days=7, faults=False)))
    assert not found.keys() & {"late", "bad", "sent_twice", "out_of_order", "silent_feed", "skewed_clock"}


def test_what_is_known_is_known_when_enough_of_it_has_arrived(folder: Path) -> None:
    arrived: dict[str, int] = {}
    for sent in read.records(folder):
        arrived.setdefault(sent.record["record_id"], sent.arrived_at)
    for item in read.truth(folder)["duplicate"]:
        assert item["known_from"] == max(arrived[one] for one in item["records"])


def test_what_does_not_come_can_be_known_once_it_is_missing(folder: Path) -> None:
    found = read.truth(folder)
    for item in found["coverage_gap"]:
        assert item["known_from"] == item["gap_from"] + 3_600_000 < item["gap_to"]
    for item in found["silent_feed"]:
        assert item["silent_from"] <= item["known_from"] < item["silent_to"]
    arrived: dict[str, list[int]] = {}
    for sent in read.records(folder):
        if sent.kind == "camera_event":
            arrived.setdefault(sent.record["camera"], []).append(sent.record["recorded_at"])
    for item in found["dead_camera"]:
        assert max(arrived[item["camera"]]) < item["dead_from"] <= item["known_from"]
        assert item["known_from"] - item["dead_from"] < 2 * 3_600_000


def test_districts_border_each_other_and_leave_no_gap(folder: Path) -> None:
    found = districts.load_all(folder / "districts")
    areas = [one.area for one in found.values() if one.area is not None]
    assert len(areas) == PLAN.districts
    whole = unary_union([area.buffer(1e-7) for area in areas])
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert sum(area.area for area in areas) == pytest.approx(whole.area, rel=1e-4)
    for area in areas:
        assert any(area is not other and area.distance(other) < 1e-7 for other in areas)


def test_avro_holds_the_same_records(world: World, folder: Path, tmp_path: Path) -> None:
    write(world, tmp_path, Format.avro)
    small = ("lookout", "inspection", "online_report", "duty")
    lines = [sent for sent in read.records(folder) if sent.kind in small]
    assert [sent for sent in read.records(tmp_path) if sent.kind in small] == lines


def test_a_folder_of_something_else_is_left_alone(world: World, tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    with pytest.raises(FolderInUse, match="not empty"):
        write(world, tmp_path)
    assert (tmp_path / "records").exists()


@pytest.mark.parametrize("asked", [{"districts": 1}, {"days": 3}, {"seed": -1}, {"days": 4_000}])
def test_a_city_that_cannot_be_is_refused(asked: dict[str, int]) -> None:
    with pytest.raises(BadPlan, match=r"give|start by"):
        Plan(**{"seed": 1, "districts": 3, "days": 9} | asked)
