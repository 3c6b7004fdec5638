"""The watcher without a broker: what is whole, what is tried again and what is not, where files go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from edge_maps import PLAIN, mapping

from connectors import backfill
from connectors.backfill import BackfillError, Report
from connectors.mapping import MappingError
from connectors.watch import Options, Outcome, Watcher
from connectors.watch.folder import Folder
from streams.settings import Settings

ROW = "number,when,kind,lat,lon\n1,2024-01-02,B&E,43,-79\n"


def test_a_file_is_whole_when_it_stays_as_it_is(tmp_path: Path) -> None:
    time = [0.0]
    folder = Folder(tmp_path, "", False, 2.0, lambda: time[0])

    def names() -> list[str]:
        return [path.name for path, _ in folder.whole()[0]]

    (tmp_path / "half.csv").write_text("number,wh")
    for name in (".hidden.csv", "~$open.csv", "new.csv.part", "notes.md", "empty.csv"):
        (tmp_path / name).touch()
    assert names() == []
    time[0] = 1.9
    with (tmp_path / "half.csv").open("a") as file:
        file.write("en\n")
    assert (names(), folder.whole()[1]) == ([], True)
    time[0] = 3.8
    assert names() == []
    time[0] = 3.9
    assert (names(), folder.whole()[1]) == (["half.csv"], False)
    (tmp_path / "other.csv").write_text("x")
    (tmp_path / "other.csv").replace(tmp_path / "half.csv")
    assert names() == [], "another file of the name"


class World:
    """A folder, and a backfill that does what a test says in place of Kafka."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.made = mapping(folder, PLAIN)
        self.settings = Settings(data_dir=folder / "data")
        self.outcomes: list[Outcome] = []
        self.runs: list[str] = []
        self.does: Callable[[Path], None] = lambda file: None
        monkeypatch.setattr(backfill, "run", self._run)

    def _run(self, file: Path, made: Any, settings: Any, options: backfill.Options, watch: Any) -> Report:
        self.runs.append(options.visit)
        self.does(file)
        return Report(file.name)

    def once(self, move: bool = False) -> list[str]:
        """A watcher's life, and the visits that it made."""
        self.runs.clear()
        options = Options(settle_s=0.02, every_s=0.01, move=move)
        watcher = Watcher(self.inbox, self.made, self.settings, options, self.outcomes.append)
        try:
            watcher.once(threading.Event())
        finally:
            watcher.close()
        return list(self.runs)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_a_file_is_taken_once_and_again_when_it_changes(world: World) -> None:
    file = world.inbox / "march.csv"
    file.write_text(ROW)
    assert world.once() == ["march.csv:1"]
    assert world.once() == []
    file.write_text(ROW + "2,2024-01-02,B&E,43,-79\n")
    assert world.once() == ["march.csv:2"]
    assert file.exists(), "left where it was"


def test_a_bad_file_is_set_aside_with_its_reason_and_not_tried_again(world: World) -> None:
    def does(file: Path) -> None:
        raise MappingError('no column "lat"')

    (world.inbox / "bad.csv").write_text(ROW)
    world.does = does
    assert world.once() == ["bad.csv:1"]
    assert world.outcomes == [Outcome("bad.csv", refused='no column "lat"')]
    assert world.once() == []
    assert world.once(move=True) == [], "known, and now moved"
    assert (world.inbox / "refused" / "bad.csv.reason.txt").read_text() == 'no column "lat"\n'
    (world.inbox / "bad.csv").write_text(ROW)
    world.once(move=True)
    assert sorted(path.name for path in (world.inbox / "refused").iterdir()) == [
        "bad-2.csv",
        "bad-2.csv.reason.txt",
        "bad.csv",
        "bad.csv.reason.txt",
    ]


def test_a_file_that_is_done_is_moved(world: World) -> None:
    (world.inbox / "good.csv").write_text(ROW)
    assert world.once(move=True) == ["good.csv:1"]
    assert [path.name for path in world.inbox.iterdir()] == ["done"]
    assert (world.inbox / "done" / "good.csv").read_text() == ROW


@pytest.mark.parametrize("error", [BackfillError("no broker"), httpx.ConnectError("no registry"), KeyboardInterrupt()])
def test_what_is_away_is_not_the_files_fault(world: World, error: BaseException) -> None:
    def does(file: Path) -> None:
        raise error

    (world.inbox / "good.csv").write_text(ROW)
    world.does = does
    for _ in range(5):
        with pytest.raises(type(error)):
            world.once()
    world.does = lambda file: None
    assert world.once() == ["good.csv:1"], "the same visit"
    assert [one.refused for one in world.outcomes] == [""]


def test_a_file_that_ends_the_process_each_time_is_set_aside(world: World) -> None:
    class Killed(BaseException):
        """As near to SIGKILL as a test within the process comes: nothing after it runs."""

    def does(file: Path) -> None:
        raise Killed

    (world.inbox / "poison.csv").write_text(ROW)
    world.does = does
    for _ in range(3):
        with pytest.raises(Killed):
            world.once()
    assert world.once() == []
    assert "begun 3 times and never got on" in world.outcomes[-1].refused


def test_a_file_that_changes_while_it_is_read_is_taken_again(world: World) -> None:
    file = world.inbox / "busy.csv"
    file.write_text(ROW)

    def does(path: Path) -> None:
        if len(world.runs) == 1:
            path.write_text(ROW * 2)

    world.does = does
    assert world.once() == ["busy.csv:1", "busy.csv:2"]
    assert [one.file for one in world.outcomes] == ["busy.csv"]
