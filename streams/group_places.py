"""Where a consumer group stands in its topics, asked so that a change of its coordinator passes unseen."""

from __future__ import annotations

from collections.abc import Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

# The broker that keeps a group's places is chosen anew when one starts or ends; the client gives these errors for that
# moment, as they are, and does not count them among those that heal by themselves.
MOVING = (
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.NOT_COORDINATOR,
    KafkaError._WAIT_COORD,
)
TIMEOUT_S = 10.0
PAUSE_S = 0.2


def committed_places(
    consumer: Consumer, partitions: Sequence[TopicPartition], timeout_s: float = TIMEOUT_S
) -> list[TopicPartition]:
    """The places that the group of ``consumer`` has committed; the offset is negative where it has none.

    Raises:
        KafkaException: the broker refused, or no coordinator was found for ``timeout_s`` seconds.
    """
    asking = Retrying(
        retry=retry_if_exception(_moving), wait=wait_fixed(PAUSE_S), stop=stop_after_delay(timeout_s), reraise=True
    )
    places: list[TopicPartition] = asking(consumer.committed, list(partitions), timeout_s)
    return places


def _moving(error: BaseException) -> bool:
    return isinstance(error, KafkaException) and error.args[0].code() in MOVING
