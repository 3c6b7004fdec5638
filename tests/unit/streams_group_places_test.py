"""The places of a group are asked until its coordinator is found, and no longer."""

from __future__ import annotations

from typing import cast

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams import group_places

HERE = [TopicPartition("shared.incident.v1", 0)]


class Asked:
    """A consumer whose first answers are these errors."""

    def __init__(self, *errors: int) -> None:
        self.errors, self.calls = list(errors), 0

    def committed(self, partitions: list[TopicPartition], timeout: float) -> list[TopicPartition]:
        self.calls += 1
        if self.errors:
            raise KafkaException(KafkaError(self.errors.pop(0)))
        return [TopicPartition(one.topic, one.partition, 7) for one in partitions]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_places, "PAUSE_S", 0.01)


@pytest.mark.parametrize("error", group_places.MOVING)
def test_a_coordinator_that_moves_is_asked_again(error: int) -> None:
    asked = Asked(error, error)
    assert [place.offset for place in group_places.committed_places(cast(Consumer, asked), HERE)] == [7]
    assert asked.calls == 3


def test_a_refusal_is_told_at_once() -> None:
    asked = Asked(KafkaError.GROUP_AUTHORIZATION_FAILED)
    with pytest.raises(KafkaException, match="GROUP_AUTHORIZATION_FAILED"):
        group_places.committed_places(cast(Consumer, asked), HERE)
    assert asked.calls == 1


def test_a_coordinator_that_never_comes_is_an_error() -> None:
    asked = Asked(*[KafkaError.NOT_COORDINATOR] * 10_000)
    with pytest.raises(KafkaException, match="NOT_COORDINATOR"):
        group_places.committed_places(cast(Consumer, asked), HERE, timeout_s=0.1)
    assert asked.calls > 1
