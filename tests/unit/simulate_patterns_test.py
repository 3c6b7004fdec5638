"""What is planted is as it is said to be: series cross borders and are done alike, hits fall into live look-outs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from connectors.simulate import Plan, World, simulate
from connectors.simulate.statistics import HOUR_MS

Records = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(Plan(seed=5, districts=4, days=14, faults=False))


@pytest.fixture(scope="module")
def records(world: World) -> Records:
    """The first revision of each record, by id."""
    return {sent.record["record_id"]: sent.record for sent in reversed(world.sent) if sent.record["revision"] == 1}


def test_a_series_is_done_alike_and_most_cross_a_border(world: World, records: Records) -> None:
    found = world.truth["series"]
    assert any(item["crossing"] for item in found)
    alike, all_of_them = 0, 0
    for item in found:
        members = [records[one] for one in item["records"]]
        assert len(members) >= 5
        assert {one["offence"] for one in members} == {item["offence"]}
        assert sorted({one["district"] for one in members}) == item["districts"]
        assert item["crossing"] == (len(item["districts"]) > 1)
        alike += sum(one["tool"] == item["way"]["tool"] for one in members)
        all_of_them += len(members)
    assert 0.5 < alike / all_of_them < 0.98


def test_hits_are_within_live_look_outs_and_misses_are_not(world: World, records: Records) -> None:
    for item in world.truth["lookout_hit"]:
        token = records[item["lookout"]]["vehicle_token"]
        for hit in item["hits"]:
            read = records[hit]
            assert read["vehicle_token"] == token
            assert item["live_from"] < read["occurred_from"] < item["live_to"]
        for miss in item["misses"]:
            read = records[miss["record_id"]]
            live = item["live_from"] <= read["occurred_from"] <= item["live_to"]
            assert (read["vehicle_token"] == token) != live, miss["why"]


def test_no_other_read_carries_a_token_that_is_looked_for(world: World, records: Records) -> None:
    tokens = {records[item["lookout"]]["vehicle_token"] for item in world.truth["lookout_hit"]}
    said = {one for item in world.truth["lookout_hit"] for one in item["hits"]}
    said |= {miss["record_id"] for item in world.truth["lookout_hit"] for miss in item["misses"]}
    reads = {sent.record["record_id"] for sent in world.sent if sent.record.get("vehicle_token") in tokens}
    assert {one for one in reads if ":camera-" in one} <= said


def test_a_campaign_is_in_several_districts_within_hours(world: World) -> None:
    for item in world.truth["report_campaign"]:
        assert len(item["districts"]) >= 3
        assert item["last_occurred_from"] - item["first_occurred_from"] <= 12 * HOUR_MS
        assert item["indicator"] in item["forms"] or len(item["forms"]) > 1


def test_a_gap_is_three_hours_in_which_nobody_came(world: World) -> None:
    for item in world.truth["coverage_gap"]:
        visits = [
            sent.record["occurred_from"]
            for sent in world.sent
            if sent.kind == "patrol"
            and sent.record["district"] == item["district"]
            and sent.record["area"] == item["area"]
        ]
        assert item["gap_to"] - item["gap_from"] >= 3 * HOUR_MS - 60 * 60_000
        assert not [at for at in visits if item["gap_from"] < at < item["gap_to"]]


def test_elsewhere_somebody_comes_every_hour(world: World) -> None:
    gaps = {(item["district"], item["area"], item["gap_to"]) for item in world.truth["coverage_gap"]}
    by_point: dict[tuple[str, str], list[int]] = {}
    for sent in world.sent:
        if sent.kind == "patrol" and sent.record["area"].startswith("checkpoint"):
            by_point.setdefault((sent.record["district"], sent.record["area"]), []).append(sent.record["occurred_from"])
    for point, visits in by_point.items():
        for before, after in pairwise(sorted(visits)):
            assert after - before <= HOUR_MS or (*point, after) in gaps


def test_what_is_overdue_had_no_word_of_a_correction_in_time(world: World) -> None:
    corrected = {
        sent.record["record_id"]: sent.record["recorded_at"]
        for sent in world.sent
        if sent.kind == "inspection" and sent.record["revision"] == 2
    }
    ordered = {
        sent.record["record_id"]: sent.record["rectify_by"]
        for sent in world.sent
        if sent.kind == "inspection" and sent.record["rectify_by"]
    }
    overdue = {one for one, by in ordered.items() if by < min(corrected.get(one, world.end_ms), world.end_ms)}
    assert overdue == {item["records"][0] for item in world.truth["overdue_rectification"]}


def test_a_cluster_spans_a_border_and_is_dense(world: World, records: Records) -> None:
    for item in world.truth["border_cluster"]:
        members = [records[one] for one in item["records"]]
        assert len(item["districts"]) >= 2
        assert len(members) >= 12
        assert item["last_occurred_from"] - item["first_occurred_from"] <= 72 * HOUR_MS
