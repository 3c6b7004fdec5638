"""The store of what was let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.gate.memory import RocksMemory, Seen, StoreTaken


def test_what_is_remembered_survives_with_its_offsets(tmp_path: Path) -> None:
    memory = RocksMemory(tmp_path / "store")
    memory.clear("topic-1")
    memory.remember([("north:1", Seen(1, "north")), ("é", Seen(2**40, "south"))], {0: 5, 3: 7})
    memory.remember([("north:1", Seen(2, "north"))], {0: 6})
    memory.close()
    again = RocksMemory(tmp_path / "store")
    assert again.lookup(["é", "nobody", "north:1"]) == [Seen(2**40, "south"), None, Seen(2, "north")]
    assert (again.offsets, again.topic_id) == ({0: 6, 3: 7}, "topic-1")
    again.close()


def test_no_id_reaches_what_the_store_notes_for_itself(tmp_path: Path) -> None:
    memory = RocksMemory(tmp_path / "store")
    memory.remember([("place", Seen(1, "north")), ("", Seen(1, "north"))], {1: 1})
    assert memory.lookup(["place", ""]) == [Seen(1, "north")] * 2
    assert memory.lookup([]) == []
    memory.close()
    assert RocksMemory(tmp_path / "store").offsets == {1: 1}


def test_a_cleared_store_has_forgotten(tmp_path: Path) -> None:
    memory = RocksMemory(tmp_path / "store")
    memory.remember([("north:1", Seen(1, "north"))], {0: 5})
    memory.clear("topic-2")
    assert (memory.lookup(["north:1"]), memory.offsets, memory.topic_id) == ([None], {}, "topic-2")


def test_a_store_belongs_to_one_gate(tmp_path: Path) -> None:
    memory = RocksMemory(tmp_path / "store")
    with pytest.raises(StoreTaken, match="another gate"):
        RocksMemory(tmp_path / "store")
    memory.close()
