"""A release that ends by time: one more revision, narrowed to the owner, whose own numbers go on as if it were none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import KafkaError
from gate_parts import KINDS, NOW, REGISTRY, Remembered, good, judge, message

from schemas.check import Checker
from streams.codec import Decoder, Record
from streams.flat import FlatEncoder
from streams.gate import endings, shared_reader
from streams.gate.endings import Endings, SharedStream
from streams.gate.kinds import SHARED
from streams.gate.memory import LAST_REVISION, Ending, Release, Seen, Standing
from streams.gate.messages import Ended, Verdict
from streams.gate.store import RocksMemory

SOON, LATER = NOW + 1_000, NOW + 5_000
RELEASED = sorted(name for name, kind in KINDS.items() if kind.released)
TOPIC = "shared.incident.v1"


def as_read(record_type: str, record: Record) -> Record:
    """A shared record after Avro."""
    contract = KINDS[record_type].contract
    found = Decoder(REGISTRY, contract.avro(SHARED))(FlatEncoder(REGISTRY, contract, SHARED)(record))
    assert isinstance(found, dict)
    return found


def until(at: int, revision: int = 1, record_type: str = "incident") -> Verdict:
    """North's record, released until then."""
    return judge(message(record_type, good(record_type, release_expires_at=at, revision=revision)))


def ended(record: Record, memory: Remembered, record_type: str = "incident") -> Record:
    """It once its release is over, remembered as the gate does."""
    (seen,) = memory.lookup([record["record_id"]])
    assert seen is not None
    made = KINDS[record_type].ended(as_read(record_type, record), seen, LATER)
    memory.seen[record["record_id"]] = KINDS[record_type].seen(made)
    return made


def one(memory: Remembered, **changes: Any) -> Record:
    """What is shared of the owner's next revision."""
    verdict = judge(message("incident", good("incident", **changes), 1), memory=memory)
    memory.keep(verdict)
    assert verdict.rejected == []
    return verdict.accepted[0].record


def taking_back(memory: Remembered, revision: int) -> Verdict:
    body = good("retraction", record_id=f"north:back-{revision}", target_revision=revision)
    return judge(message("retraction", body | {"target_record_type": "incident"}, 9), memory=memory)


@pytest.fixture
def after_an_end() -> Remembered:
    """What is known of an incident of which revision 1 was released and its release has ended."""
    memory = Remembered(first := until(SOON))
    ended(first.accepted[0].record, memory)
    return memory


@pytest.mark.parametrize("record_type", RELEASED)
def test_an_end_narrows_a_record_of_each_type_and_leaves_the_rest(record_type: str) -> None:
    first = until(SOON, 3, record_type)
    memory = Remembered(first)
    before = as_read(record_type, first.accepted[0].record)
    after = as_read(record_type, ended(before, memory, record_type))
    assert Checker(KINDS[record_type].contract, SHARED, clock=lambda: LATER).check(after) == []
    told = {"revision": 4, "owner_revision": 3, "visible_to": ["north"], "gated_at": LATER}
    told |= {"prior_revision": 3, "prior_visible_to": ["north", "south"]}
    assert {name: after[name] for name in told} == told
    same = {name for name in before if name not in told and not name.startswith("prior_")}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    if record_type == "incident":
        for name in ("occurred_from", "lat", "lon", "category", "offence"):
            assert after[f"prior_{name}"] == before[name]
    assert KINDS[record_type].ends(after) is None, "it ends once"


def test_only_what_others_may_see_has_an_end() -> None:
    incident = KINDS["incident"]

    def ends(verdict: Verdict) -> Release | None:
        return incident.ends(verdict.accepted[0].record)

    assert ends(until(SOON, 2)) == Release(SOON, "north:incident-1", 2)
    assert ends(judge(message("incident", good("incident")))) is None
    assert ends(judge(message("incident", good("incident", release_to=[], release_expires_at=SOON)))) is None
    over = until(NOW - 1)
    assert (over.accepted[0].record["visible_to"], ends(over)) == (("north",), None)


def test_the_owners_next_revision_goes_on_from_its_own_number(after_an_end: Remembered) -> None:
    record = one(after_an_end, revision=2)
    assert (record["revision"], record["owner_revision"], record["prior_revision"]) == (3, 2, 2)
    assert (record["visible_to"], record["prior_visible_to"]) == (("north", "south"), ("north",))
    record = one(after_an_end, revision=7)
    assert (record["revision"], record["owner_revision"]) == (7, None), "the numbers meet again where there is room"
    assert one(after_an_end, revision=8)["revision"] == 8


def test_what_the_owner_sent_before_is_known(after_an_end: Remembered) -> None:
    one(after_an_end, revision=4)
    tried = [message("incident", good("incident", revision=revision), revision) for revision in (3, 4)]
    assert [one.reason for one in judge(*tried, memory=after_an_end).rejected] == ["stale_revision", "duplicate"]


def test_a_repeat_does_not_open_what_has_ended(after_an_end: Remembered) -> None:
    (rejected,) = judge(message("incident", good("incident", release_expires_at=LATER)), memory=after_an_end).rejected
    assert (rejected.reason, "revision 1 was let through" in rejected.text) == ("duplicate", True)


def test_a_release_that_was_renewed_ends_again(after_an_end: Remembered) -> None:
    renewed = one(after_an_end, revision=2, release_expires_at=LATER)
    assert KINDS["incident"].ends(renewed) == Release(LATER, "north:incident-1", 3)
    after = ended(renewed, after_an_end)
    assert (after["revision"], after["owner_revision"]) == (4, 2)
    assert one(after_an_end, revision=3)["revision"] == 5


@pytest.mark.parametrize("named", [1, 2])
def test_it_can_be_taken_back_by_its_own_number_and_by_the_shared_one(after_an_end: Remembered, named: int) -> None:
    (accepted,) = (verdict := taking_back(after_an_end, named)).accepted
    assert accepted.stub is not None
    stub = as_read("incident", accepted.stub.record)
    assert Checker(KINDS["incident"].contract, SHARED, clock=lambda: LATER).check(stub) == []
    assert (stub["revision"], stub["owner_revision"], stub["visible_to"]) == (3, 2, ["north"])
    after_an_end.keep(verdict)
    (rejected,) = judge(message("incident", good("incident", revision=2)), memory=after_an_end).rejected
    assert (rejected.reason, "which is revision 2" in rejected.text) == ("duplicate", True)
    assert one(after_an_end, revision=3)["revision"] == 4


def test_taking_back_an_older_number_or_a_coming_one_is_as_ever(after_an_end: Remembered) -> None:
    one(after_an_end, revision=2)
    (rejected,) = taking_back(after_an_end, 1).rejected
    assert (rejected.reason, "revision 2 stands" in rejected.text) == ("stale_revision", True)
    (accepted,) = taking_back(after_an_end, 9).accepted
    assert accepted.stub is not None
    assert (accepted.stub.record["revision"], accepted.stub.record["owner_revision"]) == (10, None)


def test_there_is_a_number_for_every_end() -> None:
    assert until(SOON, LAST_REVISION).rejected[0].reason == "bad_value"
    memory = Remembered(last := until(SOON, LAST_REVISION - 1))
    assert ended(last.accepted[0].record, memory)["revision"] == LAST_REVISION
    (rejected,) = judge(message("incident", good("incident", revision=LAST_REVISION)), memory=memory).rejected
    assert (rejected.reason, rejected.field) == ("bad_value", "revision")
    assert taking_back(memory, LAST_REVISION - 1).rejected[0].reason == "bad_value"


# What is due, by the store.

STANDING = Standing("incident", "north", False, ("north", "south"))


def ending(name: str, at: int, offset: int, revision: int = 1, topic: str = TOPIC) -> Ending:
    return Ending(Release(at, f"north:{name}", revision), topic, 3, offset)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[RocksMemory]:
    store = RocksMemory(tmp_path / "store")
    yield store
    store.close()


def test_the_store_gives_what_is_due_in_order_and_keeps_it_until_it_is_over(tmp_path: Path) -> None:
    store = RocksMemory(tmp_path / "store")
    all_of_them = [
        ending("late", SOON + 1, 1),
        ending("b", SOON, 300),
        ending("a", SOON, 7),
        ending("é", 0, 9, 2**31 - 2, "shared.duty.v1"),
    ]
    store.remember([("north:a", Seen(1, STANDING, 0))], {(TOPIC, 3): 301}, all_of_them)
    store.close()
    again = RocksMemory(tmp_path / "store")
    due = list(again.due(SOON))
    assert due == [all_of_them[3], all_of_them[2], all_of_them[1]]
    assert again.lookup(["north:a"]) == [Seen(1, STANDING, 0)], "what is due is no record"
    again.remember([], {}, over=due[:2])
    assert list(again.due(SOON)) == due[2:]
    again.clear({TOPIC: "made anew"})
    assert list(again.due(SOON + 1)) == []
    again.close()


class Stream:
    """Stands for the shared topics: the values by offset; what is not there is gone."""

    def __init__(self, values: dict[int, bytes], unreadable: frozenset[int] = frozenset()) -> None:
        self.values, self.unreadable = values, unreadable

    def read(self, wanted: Any) -> Iterator[tuple[Ending, bytes | None]]:
        for each in wanted:
            if each.offset not in self.unreadable:
                yield each, self.values.get(each.offset)


def due_of(store: RocksMemory, stream: Stream, reading: set[str] | None = None) -> tuple[list[Ended], list[Ending]]:
    found = Endings({}, KINDS, REGISTRY)
    found.close()
    found._stream = stream  # type: ignore[assignment]
    topics = {"north.incident.v1"} if reading is None else reading
    return found(found.due(store, LATER, 100, {"north", "south"}, topics), store, LATER)


def test_what_a_later_revision_replaced_or_the_stream_lost_is_over_without_a_word(memory: RocksMemory) -> None:
    record = until(SOON).accepted[0].record
    raw = FlatEncoder(REGISTRY, KINDS["incident"].contract, SHARED)(record)
    names = ["stands", "renewed", "retracted", "lost", "unreadable", "unknown", "old"]
    entries = {name: ending(name, SOON, offset) for offset, name in enumerate(names)}
    entries["old"] = ending("old", SOON, 6, LAST_REVISION)
    seen = {name: Seen(1, STANDING, 0) for name in names if name != "unknown"}
    seen["renewed"] = Seen(2, STANDING, 0)
    seen["retracted"] = Seen(1, STANDING._replace(retracted=True), 0)
    seen["old"] = Seen(LAST_REVISION, STANDING, 0)
    memory.remember([(f"north:{name}", one) for name, one in seen.items()], {}, entries.values())
    stream = Stream(dict.fromkeys((0, 1, 2, 4, 5, 6), raw), frozenset({4}))
    done, over = due_of(memory, stream)
    assert [(one.ending, one.record["visible_to"]) for one in done] == [(entries["stands"], ("north",))]
    assert set(over) == set(entries.values()) - {entries["unreadable"]}


def test_what_another_gate_reads_is_left_to_it_and_what_a_leaver_released_ends(memory: RocksMemory) -> None:
    raw = FlatEncoder(REGISTRY, KINDS["incident"].contract, SHARED)(until(SOON).accepted[0].record)
    gone = Ending(Release(SOON, "harbour:1", 1), TOPIC, 3, 1)
    of_gone = STANDING._replace(district="harbour", visible_to=("harbour", "north"))
    seen = [("north:a", Seen(1, STANDING, 0)), ("harbour:1", Seen(1, of_gone, 0))]
    memory.remember(seen, {}, [ending("a", SOON, 0), gone])
    done, over = due_of(memory, Stream({0: raw, 1: raw}), {"south.incident.v1"})
    assert ([one.ending for one in done], over) == ([gone], [gone])


# What is read, by place.


class Said:
    """A message, or the end of a partition."""

    def __init__(self, offset: int, end: bool = False) -> None:
        self._offset, self._end = offset, end

    def offset(self) -> int:
        return self._offset

    def value(self) -> bytes:
        return b"end" if self._end else str(self._offset).encode()

    def error(self) -> KafkaError | None:
        return KafkaError(KafkaError._PARTITION_EOF) if self._end else None


class Partition:
    """A consumer of one partition that has these offsets and ends before ``end``."""

    def __init__(self, offsets: list[int], end: int) -> None:
        self.offsets, self.end, self.at, self.sought = offsets, end, 0, list[int]()

    def assign(self, places: list[Any]) -> None:
        self.at = places[0].offset
        self.sought.append(self.at)

    def unassign(self) -> None:
        self.at = -1

    def consume(self, count: int, timeout: float) -> list[Said]:
        found = [offset for offset in self.offsets if offset >= self.at][:count]
        self.at = found[-1] + 1 if found else self.end
        return [Said(offset) for offset in found] or [Said(self.end, end=True)]


def read(monkeypatch: pytest.MonkeyPatch, partition: Partition, *offsets: int) -> dict[int, bytes | None]:
    monkeypatch.setattr(shared_reader, "Consumer", lambda _: partition)
    wanted = [ending(str(offset), SOON, offset) for offset in offsets]
    return {one.offset: raw for one, raw in SharedStream({}).read(wanted)}


def test_messages_are_found_by_offset_and_what_is_far_is_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    far = 3 * endings.NEAR
    there = Partition([*range(0, 3 * endings.AT_ONCE, 2), far, far + 1], far + 2)
    assert read(monkeypatch, there, far, 4, 20) == {4: b"4", 20: b"20", far: str(far).encode()}
    assert there.sought == [4, far]


def test_what_was_taken_away_by_age_is_told_from_what_cannot_be_read_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Partition([10, 12], 14)
    assert read(monkeypatch, there, 3, 11, 12, 13, 14, 15) == {3: None, 11: None, 12: b"12", 13: None}
    assert read(monkeypatch, Partition([], 14), 13, 14) == {13: None}, "all of it is gone"
