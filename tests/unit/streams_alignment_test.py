"""A backlog goes in event-time order; what is live never waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.gate.alignment import BLOCK, DAY_MS, Alignment
from streams.gate.messages import Message
from streams.gate.waits import Partition

A, B = Partition("a.incident.v1", 0), Partition("b.incident.v1", 0)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def messages(partition: Partition, days: list[int], offset: int = 0) -> list[Message]:
    """Messages whose bytes are the day they happened."""
    return [
        Message(partition.topic[0], "incident", partition.topic, 0, offset + index, None, str(day).encode())
        for index, day in enumerate(days)
    ]


def day_of(message: Message) -> int | None:
    return int(message.raw or b"0") * DAY_MS if message.raw != b"garbage" else None


def alignment(clock: Clock | None = None, hold: int = 1_000) -> Alignment:
    made = Alignment(
        day_of, drift_days=30, behind_records=100, patience_s=10, hold_records=hold, clock=clock or Clock()
    )
    made.assign([A, B])
    return made


def days(taken: list[Message]) -> list[int]:
    return [int(message.raw or b"0") for message in taken]


def test_blocks_go_by_event_time_whatever_the_order_of_arrival() -> None:
    aligned = alignment()
    aligned.add(A, messages(A, list(range(200))))
    aligned.add(B, messages(B, list(range(0, 400, 2))))
    aligned.end(A, 0)
    aligned.end(B, 0)
    taken = days(aligned.take(10_000))
    assert len(taken) == 400
    latest = 0
    for day in taken:
        assert day >= latest - 2 * BLOCK
        latest = max(latest, day)


def test_nobody_runs_ahead_of_one_that_is_behind_and_silent() -> None:
    clock = Clock()
    aligned = alignment(clock)
    aligned.add(A, messages(A, list(range(200))))
    assert aligned.take(1_000) == []
    aligned.add(B, messages(B, list(range(50))))
    # B came to day 49, so A may come to day 79: its blocks end on days 49, 99, …
    assert max(days(aligned.take(1_000))) == 49
    aligned.end(B, 0)
    assert len(aligned.take(1_000)) == 150


def test_a_silent_one_is_waited_for_only_so_long() -> None:
    clock = Clock()
    aligned = alignment(clock)
    aligned.add(A, messages(A, [500] * 10))
    assert aligned.take(100) == []
    clock.now = 11.0
    assert len(aligned.take(100)) == 10


def test_what_is_live_does_not_wait_for_history() -> None:
    aligned = alignment()
    aligned.end(A, 0)
    aligned.add(A, messages(A, [3_000]))
    assert days(aligned.take(100)) == [3_000]
    assert aligned.behind == [B]


def test_a_new_backlog_puts_a_partition_behind_again() -> None:
    aligned = alignment()
    aligned.end(A, 0)
    aligned.end(B, 0)
    assert aligned.behind == []
    aligned.add(A, messages(A, list(range(101))))
    assert aligned.behind == [A]


def test_garbage_has_no_time_and_stops_nothing() -> None:
    aligned = alignment()
    garbage = [Message("a", "incident", A.topic, 0, offset, None, b"garbage") for offset in range(120)]
    aligned.add(A, garbage)
    aligned.add(B, messages(B, [5] * 10))
    aligned.end(A, 0)
    aligned.end(B, 0)
    assert len(aligned.take(1_000)) == 130


def test_partitions_are_paused_when_enough_is_held_and_resumed_when_little_is_left() -> None:
    aligned = alignment(hold=100)
    aligned.add(A, messages(A, list(range(150))))
    assert (aligned.to_pause(), aligned.to_pause()) == ([A], [])
    aligned.add(B, messages(B, [1_000] * 10))
    assert len(aligned.take(1_000)) == 150
    assert (aligned.to_resume(), aligned.to_resume()) == ([A], [])


def test_what_is_revoked_is_dropped() -> None:
    aligned = alignment()
    aligned.add(A, messages(A, [1, 2]))
    aligned.revoke([A, B])
    assert (aligned.take(10), aligned.held, aligned.behind) == ([], 0, [])
    aligned.add(A, messages(A, [3]))
    assert aligned.held == 0


@given(st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 900), max_size=120), st.booleans()), max_size=12))
def test_everything_goes_once_and_in_the_order_of_its_partition(arrivals: list[tuple[bool, list[int], bool]]) -> None:
    aligned, offsets = alignment(), {A: 0, B: 0}
    taken: list[Message] = []
    for is_a, happened, ends in arrivals:
        partition = A if is_a else B
        aligned.add(partition, messages(partition, happened, offsets[partition]))
        offsets[partition] += len(happened)
        if ends:
            aligned.end(partition, 0)
        taken += aligned.take(70)
    for partition in (A, B):
        aligned.end(partition, 0)
    taken += aligned.take(100_000)
    for partition in (A, B):
        seen = [message.offset for message in taken if message.topic == partition.topic]
        assert seen == list(range(offsets[partition]))
    assert aligned.held == 0


def test_what_waits_goes_after_what_it_waits_for_however_late_that_comes() -> None:
    aligned = alignment()
    aligned.end(B, 0)
    aligned.wait(B, 0, {A: 120})
    aligned.add(B, messages(B, [1, 1]))
    assert aligned.take(1_000) == []
    aligned.add(A, messages(A, list(range(100))))
    assert {message.topic for message in aligned.take(1_000)} == {A.topic}
    aligned.add(A, messages(A, list(range(100, 110)), 100))
    aligned.wait(B, 2, {A: 300})
    aligned.add(B, messages(B, [1], 2))
    aligned.end(A, 110)
    assert {message.topic for message in aligned.take(1_000)} == {A.topic}
    # What ends a transaction takes an offset and is no message: the end alone tells that it was reached.
    aligned.end(A, 120)
    assert [(message.topic, message.offset) for message in aligned.take(1_000)] == [(B.topic, 0), (B.topic, 1)]
    aligned.revoke([A])
    assert [message.offset for message in aligned.take(1_000)] == [2]


def test_of_one_take_what_is_waited_for_comes_first() -> None:
    aligned = alignment()
    aligned.wait(B, 0, {A: 150})
    aligned.add(B, messages(B, [0] * 60))
    aligned.end(B, 60)
    aligned.add(A, messages(A, [500] * 150))
    aligned.end(A, 150)
    assert [message.topic for message in aligned.take(1_000)] == [A.topic] * 150 + [B.topic] * 60


def test_what_is_read_again_waits_for_what_it_is_told_then() -> None:
    aligned = alignment()
    aligned.wait(B, 0, {A: 1_000})
    aligned.add(B, messages(B, [1]))
    aligned.assign([A, B])
    aligned.wait(B, 0, {A: 0})
    aligned.add(B, messages(B, [1]))
    aligned.end(A, 0)
    aligned.end(B, 1)
    assert len(aligned.take(10)) == 1
