"""When a backup must go, and what the folder of the backups holds against."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.backup import BackupError, Manifest, Shelf, expire, overdue
from infra.backup.expiry import standing
from infra.retention import Reason
from streams.districts import District
from streams.settings import Settings

TAKEN = datetime(2026, 3, 1, 2, 30, tzinfo=UTC).timestamp()
DAY = 86_400.0
NAME = "2026-03-01T023000Z"


def district(days: int | None = None) -> Mapping[str, District]:
    return {"north": District("north", "North", 0, None, retention={} if days is None else {"incident": days})}


def settings(tmp_path: Path, days: int = 7) -> Settings:
    return Settings(data_dir=tmp_path, backup={"days": days})  # type: ignore[arg-type]


def kept(tmp_path: Path, joined: Mapping[str, District], days: int = 7, name: str = NAME) -> Shelf:
    shelf = Shelf(settings(tmp_path))
    shelf.path(name).mkdir(parents=True)
    (shelf.path(name) / "part").write_bytes(b"rows")
    shelf.keep(Manifest(name, TAKEN, days, 4, {"incidents": 3, "links": 2}, standing(joined), "here", {"t": {0: 5}}))
    return shelf


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    shelf = kept(tmp_path, district(30))
    manifest = shelf.of(NAME)
    assert (manifest.total, manifest.places, manifest.rules["incidents 'north' DISTRICT"]) == (5, {"t": {0: 5}}, 30)
    assert (shelf.folder / f"{NAME}.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("made_for", "told", "gone_after"),
    [(7, 7, 7), (7, 3, 3), (3, 7, 3)],
    ids=["as it was made", "the setting is shorter now", "the setting is longer now: it was made for less"],
)
def test_it_goes_when_its_days_are_over(tmp_path: Path, made_for: int, told: int, gone_after: int) -> None:
    kept(tmp_path, district(), made_for)
    ours = settings(tmp_path, told)
    assert list(overdue(ours, district(), TAKEN + gone_after * DAY - 1)) == []
    (due,) = overdue(ours, district(), TAKEN + gone_after * DAY)
    assert (due.store, due.name, due.reason, due.count) == ("backup", NAME, Reason.AGE, 5)


@pytest.mark.parametrize(("before", "now"), [(None, 60), (60, 30)])
def test_it_goes_when_a_district_keeps_for_less_than_it_did(tmp_path: Path, before: int | None, now: int) -> None:
    kept(tmp_path, district(before))
    (due,) = overdue(settings(tmp_path), district(now), TAKEN + 1)
    assert due.reason is Reason.SHORTENED


def test_it_stays_when_a_district_keeps_for_longer_or_leaves(tmp_path: Path) -> None:
    kept(tmp_path, district(30))
    for joined in (district(30), district(60), district(), {}):
        assert list(overdue(settings(tmp_path), joined, TAKEN + 1)) == []


def test_what_must_go_goes_whole_and_the_rest_stays(tmp_path: Path) -> None:
    shelf = kept(tmp_path, district())
    later = "2026-03-02T023000Z"
    kept(tmp_path, district(), 9, later)
    half = shelf.path("2026-03-03T023000Z")
    half.mkdir()
    beside = shelf.folder / "notes"
    beside.mkdir()
    gone = expire(settings(tmp_path, 9), district(), TAKEN + 8 * DAY)
    assert {one.name: one.reason for one in gone} == {NAME: Reason.AGE, half.name: Reason.UNFINISHED}
    assert [manifest.name for manifest in shelf.all()] == [later]
    assert {file.name for file in shelf.folder.iterdir()} == {later, f"{later}.json", "notes", ".lock"}


def test_nothing_goes_while_one_is_made_or_restored(tmp_path: Path) -> None:
    shelf = kept(tmp_path, district())
    with shelf.alone(), pytest.raises(BackupError, match="wait until it is done"):
        expire(settings(tmp_path), district(), TAKEN + 8 * DAY)
    assert [manifest.name for manifest in shelf.all()] == [NAME]


@pytest.mark.parametrize("name", ["", "..", "../secrets", "2026-03-01T023000Z/..", "2026-03-01"])
def test_a_name_is_that_of_a_backup_or_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BackupError, match="crossbeat backup --list"):
        kept(tmp_path, district()).of(name)


@pytest.mark.parametrize("change", [{"version": 2}, {"name": "2026-03-02T023000Z"}, {"rows": None, "more": 1}])
def test_a_manifest_of_another_kind_is_refused_with_what_to_do(tmp_path: Path, change: dict[str, object]) -> None:
    shelf = kept(tmp_path, district())
    file = shelf.folder / f"{NAME}.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(BackupError, match="mend it, or delete it"):
        shelf.all()
