"""Batches: their tokens, how they are cut, and how a message that is refused is found among the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.loader.batch import MAX_TOKEN_LENGTH, Batch, Raw, batches
from connectors.loader.landing import Refused, TooManyRefused, land


def raw(offset: int, partition: int = 0, topic: str = "t.v1", value: bytes = b"v") -> Raw:
    return Raw(topic, partition, offset, value)


def test_the_token_of_one_partition_is_its_range_of_offsets() -> None:
    assert Batch("t.v1", [raw(7), raw(8), raw(11)]).token == "t.v1:0:7-11"


def test_the_token_does_not_depend_on_how_partitions_were_interleaved() -> None:
    one = Batch("t.v1", [raw(1), raw(5, 1), raw(2), raw(6, 1)])
    other = Batch("t.v1", [raw(5, 1), raw(6, 1), raw(1), raw(2)])
    assert one.token == other.token == "t.v1:0:1-2;t.v1:1:5-6"


def test_a_long_token_is_cut_to_a_digest_that_still_tells_batches_apart() -> None:
    one, other = (Batch("t.v1", [raw(last, p) for p in range(60)]) for last in (1, 2))
    assert len(one.token) <= MAX_TOKEN_LENGTH
    assert one.token != other.token


def test_batches_are_cut_by_topic_rows_and_bytes() -> None:
    messages = [raw(n) for n in range(5)] + [raw(n, topic="u.v1", value=b"x" * 60) for n in range(3)]
    cut = [(b.topic, [m.offset for m in b.messages]) for b in batches(messages, rows=2, max_bytes=100)]
    assert cut == [("t.v1", [0, 1]), ("t.v1", [2, 3]), ("t.v1", [4]), ("u.v1", [0]), ("u.v1", [1]), ("u.v1", [2])]


@given(st.lists(st.integers(0, 3)), st.integers(1, 7))
def test_cutting_loses_and_repeats_nothing(partitions: list[int], rows: int) -> None:
    messages = [raw(n, p, topic=f"t{p % 2}.v1") for n, p in enumerate(partitions)]
    cut = list(batches(messages, rows))
    assert sorted((m for b in cut for m in b.messages), key=lambda m: m.offset) == messages
    assert all(0 < len(b) <= rows for b in cut)


@given(st.integers(1, 200), st.sets(st.integers(0, 199), max_size=20))
def test_bisection_lands_every_good_message_once_and_names_every_bad_one(size: int, bad: set[int]) -> None:
    table: list[int] = []

    def insert(batch: Batch) -> None:
        offsets = [message.offset for message in batch.messages]
        if bad.intersection(offsets):
            raise Refused("INCORRECT_DATA (117)")
        table.extend(offsets)

    landed = land(Batch("t.v1", [raw(n) for n in range(size)]), insert)
    assert table == [n for n in range(size) if n not in bad]
    assert [message.offset for message, _ in landed.refused] == sorted(n for n in bad if n < size)
    assert landed.rows == len(table)


def test_one_bad_message_among_many_costs_few_inserts() -> None:
    inserts = 0

    def insert(batch: Batch) -> None:
        nonlocal inserts
        inserts += 1
        if any(message.offset == 12_345 for message in batch.messages):
            raise Refused("INCORRECT_DATA (117)")

    land(Batch("t.v1", [raw(n) for n in range(20_000)]), insert)
    assert inserts <= 2 * 15 + 1


def test_a_batch_that_is_wrong_as_a_whole_stops_the_loader() -> None:
    def insert(_: Batch) -> None:
        raise Refused("ILLEGAL_COLUMN (44)")

    with pytest.raises(TooManyRefused, match="crossbeat doctor"):
        land(Batch("t.v1", [raw(n) for n in range(1_000)]), insert)
