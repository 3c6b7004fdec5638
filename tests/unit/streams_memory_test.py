"""The store of what was let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.gate import store
from streams.gate.memory import Seen, Standing
from streams.gate.store import RocksMemory, StoreTaken

NORTH = Standing("incident", "north", False, ("north", "south"), "burglary", "burglary")
SOUTH = Standing("duty", "south", True, ("south",))
TOPIC, OTHER = "shared.incident.v1", "shared.duty.v1"


def seen(revision: int, standing: Standing = NORTH) -> Seen:
    return Seen(revision, standing, 1_700_000_000_000, *((43.6, -79.4) if standing is NORTH else ()))


def test_what_is_remembered_survives_with_its_offsets(tmp_path: Path) -> None:
    memory = RocksMemory(tmp_path / "store")
    memory.clear({TOPIC: "topic-1"})
    memory.remember([("north:1", seen(1)), ("é", seen(2**31 - 1, SOUTH))], {(TOPIC, 0): 5, (OTHER, 3): 7})
    memory.remember([("north:1", seen(2))], {(TOPIC, 0): 6})
    memory.close()
    again = RocksMemory(tmp_path / "store")
    assert again.lookup(["é", "nobody", "north:1"]) == [seen(2**31 - 1, SOUTH), None, seen(2)]
    assert (again.offsets, again.topic_ids) == ({(TOPIC, 0): 6, (OTHER, 3): 7}, {TOPIC: "topic-1"})
    again.remember([("south:2", seen(1, SOUTH._replace(retracted=False)))], {})
    assert again.lookup(["é", "south:2"]) == [seen(2**31 - 1, SOUTH), seen(1, SOUTH._replace(retracted=False))]
    again.close()


def test_what_was_let_go_of_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "HELD", 2)
    memory = RocksMemory(tmp_path / "store")
    standings = [NORTH._replace(offence=str(number)) for number in range(7)]
    for _ in range(2):
        memory.remember([(str(number), seen(1, one)) for number, one in enumerate(standings)], {})
        found = memory.lookup([str(number) for number in range(7)])
        assert [one and one.standing for one in found] == standings
    memory.close()


def test_no_id_reaches_what_the_store_notes_for_itself(tmp_path: Path) -> None:
    memory = RocksMemory(tmp_path / "store")
    memory.remember([("place", seen(1)), ("", seen(1)), ("\0\0\0\0", seen(1))], {(TOPIC, 1): 1})
    assert memory.lookup(["place", "", "\0\0\0\0"]) == [seen(1)] * 3
    assert memory.lookup([]) == []
    memory.close()
    assert RocksMemory(tmp_path / "store").offsets == {(TOPIC, 1): 1}


def test_a_cleared_store_has_forgotten(tmp_path: Path) -> None:
    memory = RocksMemory(tmp_path / "store")
    memory.remember([("north:1", seen(1))], {(TOPIC, 0): 5})
    memory.clear({TOPIC: "topic-2"})
    assert (memory.lookup(["north:1"]), memory.offsets, memory.topic_ids) == ([None], {}, {TOPIC: "topic-2"})


def test_a_store_of_another_format_begins_anew(tmp_path: Path) -> None:
    memory = RocksMemory(tmp_path / "store")
    memory.remember([("north:1", seen(1))], {(TOPIC, 0): 5})
    memory._store[store.PLACE] = b'{"topic_id": "topic-1", "offsets": {"0": 5}}'
    memory.close()
    again = RocksMemory(tmp_path / "store")
    assert (again.lookup(["north:1"]), again.offsets, again.topic_ids) == ([None], {}, {})


def test_a_store_belongs_to_one_gate(tmp_path: Path) -> None:
    memory = RocksMemory(tmp_path / "store")
    with pytest.raises(StoreTaken, match="another gate"):
        RocksMemory(tmp_path / "store")
    memory.close()
