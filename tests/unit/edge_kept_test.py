"""What was published before: left out when unchanged, a new revision when changed, whenever the process dies."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from edge_maps import GOOD, NOW_MS, PLAIN, mapping

from connectors.backfill import BackfillError
from connectors.backfill.kept import Kept
from connectors.mapping import Mapped, Mapper, Mapping

Row = dict[str, object]


class World:
    """One mapping and its state; ``send`` is a visit, ``published`` what it would publish."""

    def __init__(self, folder: Path, text: str = PLAIN) -> None:
        self.made: Mapping = mapping(folder, text)
        self.path = folder / "kept.sqlite"
        self.visits = 0
        self.kept = Kept(self.path, self.made)

    def weigh(self, *rows: Row, visit: str = "") -> Mapped:
        self.visits += 1
        frame = pl.DataFrame([{**GOOD, **row} for row in rows]).with_row_index("__row", offset=1)
        frame = frame.with_columns(pl.col("__row").cast(pl.Int64))
        return self.kept.weigh(Mapper(self.made, NOW_MS)(frame), frame, visit or str(self.visits))

    def send(self, *rows: Row, visit: str = "") -> list[tuple[str, int]]:
        mapped = self.weigh(*rows, visit=visit)
        self.kept.confirm()
        return list(mapped.records.select("record_id", "revision").iter_rows())

    def restart(self, text: str | None = None) -> None:
        self.kept.close()
        if text is not None:
            self.made = mapping(self.path.parent, text)
        self.kept = Kept(self.path, self.made)


def test_unchanged_rows_are_left_out_and_changed_ones_are_revisions(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.send({}, {"number": "2"}) == [("north:1", 1), ("north:2", 1)]
    assert world.send({}, {"number": "2"}) == []
    assert world.send({"kind": "Rob"}, {"number": "2"}) == [("north:1", 2)]
    world.restart()
    assert world.send({"kind": "Rob", "seen": "a column that nobody reads"}) == []
    assert world.send({}) == [("north:1", 3)], "what was said first again is a change too"
    assert world.weigh({}).unchanged == 1


def test_a_kill_before_the_end_loses_no_change(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.weigh({}, {"number": "2"})
    world.restart()  # whether Kafka has them is not known
    assert world.send({}, {"number": "2", "kind": "Rob"}) == [("north:1", 1), ("north:2", 2)]
    assert world.send({}, {"number": "2", "kind": "Rob"}) == []


def test_what_kafka_knows_to_be_done_is_not_sent_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    for done, sent in ((3, [("north:1", 1)]), (2, [])):
        frame = pl.DataFrame([GOOD]).with_row_index("__row", offset=1)
        world.kept.weigh(Mapper(world.made, NOW_MS)(frame), frame, "march.csv:1", until=2)
        world.restart()
        world.kept.settle("march.csv:1", done)
        assert world.send({}, visit="march.csv:2") == sent
        world.kept.close()
        world.path.unlink()
        world.kept = Kept(world.path, world.made)


def test_another_mapping_makes_all_records_anew_and_another_title_does_not(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.send({})
    world.restart(PLAIN.replace('title = "test"', 'title = "another"  # said better'))
    assert world.send({}) == []
    world.restart(PLAIN.replace('"B&E" = "burglary"', '"B&E" = "robbery"'))
    assert world.send({}) == [("north:1", 2)]


def test_an_id_that_stands_twice_is_told(tmp_path: Path) -> None:
    world = World(tmp_path)
    mapped = world.weigh({}, {"kind": "Rob"}, {}, visit="v")
    assert mapped.records["revision"].to_list() == [1]
    assert [(one.row, one.reason, one.field) for one in mapped.rejected] == [(2, "duplicate", "record_id")]
    assert mapped.unchanged == 1
    assert world.send({"kind": "Rob"}) == [("north:1", 2)], "at another visit it is a change"


def test_rejections_are_told_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert len(world.weigh({"kind": "Arson"}).rejected) == 1
    assert len(world.weigh({"kind": "Arson"}).rejected) == 1, "not sure that Kafka has it"
    world.kept.confirm()
    assert world.weigh({"kind": "Arson"}).rejected == []
    assert len(world.weigh({"kind": "Arson", "lat": "43.7"}).rejected) == 1


def test_revisions_of_the_source_are_kept(tmp_path: Path) -> None:
    world = World(tmp_path, PLAIN + '\n[fields.revision]\ncolumn = "v"\n')
    assert world.send({"v": "4"}, {"v": "5", "kind": "Rob"}) == [("north:1", 4), ("north:1", 5)]
    assert world.send({"v": "5", "kind": "Rob"}) == []
    assert world.send({"v": "9", "kind": "Rob"}) == [("north:1", 9)]


def test_one_process_at_a_time_and_nobody_else_reads_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    with pytest.raises(BackfillError, match=r"another process publishes by mapping\.toml already"):
        Kept(world.path, world.made)
    assert world.path.stat().st_mode & 0o077 == 0
