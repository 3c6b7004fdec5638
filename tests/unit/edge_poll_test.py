"""Polling a database without a broker: the cursor, what a pass asks for, what it publishes, what it never prints."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from edge_maps import PLAIN, mapping
from pydantic import SecretStr

from connectors.backfill.encode import Message
from connectors.mapping import MappingError
from connectors.poll import Pass, Poller, PollError, cursor, poller, rehearse
from schemas import contracts
from streams.codec import Decoder
from streams.registry import MemoryRegistry
from streams.settings import Settings

SOURCE = """
[source]
database = "rms"
query = "select * from cases where changed > :since order by changed"
cursor = "changed"
start = "2024-01-01 00:00:00"
overlap = 60
batch_rows = 2
"""


@pytest.mark.parametrize(
    ("value", "earlier"),
    [
        (datetime(2024, 3, 7, 12), datetime(2024, 3, 7, 11, 58, 30)),
        (datetime(2024, 3, 7, tzinfo=timezone(timedelta(hours=1))), None),
        (date(2024, 3, 7), date(2024, 3, 6)),
        (1000, 910),
        (2.5, -87.5),
        ("2024-03-07 12:00:00", "2024-03-07 11:58:30"),
        ("2024-03-07T12:00:00.250", "2024-03-07T11:58:30.250"),
        ("2024-03-07", "2024-03-06"),
    ],
)
def test_a_cursor_goes_back_and_is_kept(value: cursor.Cursor, earlier: cursor.Cursor | None) -> None:
    before = cursor.back(value, 90)
    assert before == (earlier if earlier is not None else value - timedelta(seconds=90))  # type: ignore[operator]
    assert cursor.newer(value, before)
    assert cursor.parse(cursor.write(value)) == value
    assert type(cursor.parse(cursor.write(before))) is type(value)


def test_what_no_cursor_can_be() -> None:
    assert cursor.read(Decimal(7)) == 7
    for value in (None, b"x"):
        with pytest.raises(PollError, match=r"source\.cursor is"):
            cursor.read(value)
    with pytest.raises(PollError, match="a time without offset and a int"):
        cursor.newer(datetime(2024, 1, 1), 3)
    with pytest.raises(PollError, match=r"source\.overlap = 0"):
        cursor.back("A17", 60)


class World:
    """A table, a mapping of it, and what a poller publishes in place of Kafka."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = SOURCE) -> None:
        self.database = sqlite3.connect(folder / "rms.sqlite")
        self.database.execute("create table cases (number integer, [when], kind, lat real, lon real, changed)")
        self.made = mapping(folder, PLAIN + text)
        address = SecretStr(f"sqlite:///{folder / 'rms.sqlite'}")
        self.settings = Settings(data_dir=folder / "data", sources={"rms": address})
        self.messages: list[Message] = []
        self.dies = False
        self.registry = MemoryRegistry()
        monkeypatch.setattr(poller, "ConfluentRegistry", lambda settings: self.registry)
        monkeypatch.setattr(poller, "Publisher", lambda settings, name: self)

    def publish(self, messages: list[Message]) -> None:
        self.messages += messages
        if self.dies:
            raise KeyboardInterrupt

    def close(self) -> None:
        """As a publisher does."""

    def insert(self, number: int, changed: str, kind: str = "B&E") -> None:
        row = (number, "2024-03-07 18:00", kind, 43.66, -79.39, changed)
        self.database.execute("insert into cases values (?, ?, ?, ?, ?, ?)", row)
        self.database.commit()

    def change(self, number: int, changed: str, kind: str) -> None:
        self.database.execute("update cases set kind = ?, changed = ? where number = ?", (kind, changed, number))
        self.database.commit()

    def once(self) -> Pass:
        """A poller's life of one pass."""
        self.messages.clear()
        made = Poller(self.made, self.settings, lambda done: None)
        try:
            return made.once()
        finally:
            made.close()

    def revisions(self) -> list[tuple[str, int]]:
        decode = Decoder(self.registry, contracts.get("incident").avro("district"))
        records: list[Any] = [decode(value) for topic, _, value in self.messages if topic == "north.incident.v1"]
        return [(record["record_id"], record["revision"]) for record in records]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_each_row_is_published_once_and_a_changed_one_as_a_revision(world: World) -> None:
    for number in range(1, 6):
        world.insert(number, f"2024-03-07 19:00:0{number}")
    assert world.once().report.rows == 5
    assert world.revisions() == [(f"north:{number}", 1) for number in range(1, 6)]
    world.change(2, "2024-03-07 19:05:00", "Rob")
    done = world.once()
    assert (done.since, world.revisions()) == ("2024-03-07 18:59:05", [("north:2", 2)])
    assert (done.report.rows, done.report.unchanged) == (5, 4), "the overlap is asked for again"
    world.insert(9, "2024-03-07 19:04:30")
    assert world.once().report.rows == 2
    assert world.revisions() == [("north:9", 1)], "one that was committed late"


def test_a_death_in_mid_pass_loses_nothing(world: World) -> None:
    for number in range(1, 6):
        world.insert(number, f"2024-03-07 19:0{number}:00")
    world.dies = True
    with pytest.raises(KeyboardInterrupt):
        world.once()
    assert world.revisions() == [("north:1", 1), ("north:2", 1)], "and whether Kafka took them is not known"
    world.dies = False
    world.change(1, "2024-03-07 19:09:00", "Rob")
    world.once()
    assert world.revisions() == [(f"north:{number}", 1) for number in (2, 3, 4, 5)] + [("north:1", 2)]


def test_rows_of_one_moment_are_not_cut_by_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path, monkeypatch, SOURCE.replace("overlap = 60", "overlap = 0"))
    world.insert(1, "2024-03-07 19:00:00")
    for number in (2, 3, 4):
        world.insert(number, "2024-03-07 19:01:00")
    made = Poller(world.made, world.settings, lambda done: None)
    calls = iter([None, KeyboardInterrupt])

    def publish(messages: list[Message]) -> None:
        error = next(calls)
        if error is not None:
            raise error

    monkeypatch.setattr(world, "publish", publish)
    with pytest.raises(KeyboardInterrupt):
        made.once()
    made.close()
    monkeypatch.undo()
    monkeypatch.setattr(poller, "ConfluentRegistry", lambda settings: world.registry)
    monkeypatch.setattr(poller, "Publisher", lambda settings, name: world)
    assert world.once().since == "2024-03-07 19:00:00"
    assert [name for name, _ in world.revisions()] == ["north:3", "north:4"]


def test_a_rejected_row_is_told_once(world: World) -> None:
    world.insert(1, "2024-03-07 19:00:00", "Arson")
    assert world.once().report.rejected.total() == 1
    assert [topic for topic, _, _ in world.messages] == ["rejected.north.v1"]
    assert world.once().report.rejected.total() == 0
    assert world.messages == []


def test_a_rehearsal_needs_no_broker(world: World) -> None:
    for number in range(5):
        world.insert(number, "2024-03-07 19:00:00")
    assert rehearse(world.made, world.settings, None).published["north"] == 5
    assert rehearse(world.made, world.settings, 3).published["north"] == 3
    assert world.messages == []


def test_the_address_is_never_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path, monkeypatch)
    for address in (
        "nonsense:secret",
        "oracel://u:secret@h/x",
        "sqlite:////nowhere/secret/x",
        "mssql+pyodbc://u:secret@h",
    ):
        settings = world.settings.model_copy(update={"sources": {"rms": SecretStr(address)}})
        with pytest.raises(PollError) as caught:
            rehearse(world.made, settings, None)
        assert "secret" not in str(caught.value)
        assert "secret" not in repr(settings)
    with pytest.raises(PollError, match="set CROSSBEAT_SOURCES__RMS"):
        rehearse(world.made, Settings(data_dir=tmp_path), None)


@pytest.mark.parametrize(
    ("old", "new", "error", "said"),
    [
        ("select *", "select number, changed", MappingError, 'the query gives no column "when"'),
        ("from cases", "from casess", PollError, "the database says: no such table: casess"),
        ('cursor = "changed"', 'cursor = "chnged"', PollError, "the query gives no column chnged"),
        ("order by changed", "order by changed desc", PollError, "add order by, ascending"),
        ("> :since", "> '2024'", MappingError, "must compare its cursor with :since"),
    ],
)
def test_mistakes_are_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, error: type[Exception], said: str
) -> None:
    assert old in SOURCE
    with pytest.raises(error) as caught:
        world = World(tmp_path, monkeypatch, SOURCE.replace(old, new))
        for number in (1, 2):
            world.insert(number, f"2024-03-07 19:00:0{number}")
        world.once()
    assert said in str(caught.value)
