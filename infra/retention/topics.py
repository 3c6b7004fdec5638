"""What is due in Kafka, where the broker deletes by itself, a segment at a time, as each topic's settings say."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # exported without saying so
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from infra import provision
from infra.provision import ProvisionError
from infra.provision import topics as live
from infra.retention.due import Due, Reason
from schemas.contract import Topic
from streams.districts import District
from streams.settings import Settings

RETENTION = "retention.ms"
SETTLING = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.UNKNOWN_TOPIC_OR_PART)


def count_topics(settings: Settings, joined: Mapping[str, District], now: float | None = None) -> Iterator[Due]:
    """Messages that are older than their topic is to keep, by topic; ``now`` in seconds since the epoch.

    Raises:
        ProvisionError: the broker refused or did not answer.
    """
    admin = AdminClient(settings.kafka.client("admin") | {"log_level": live.ERRORS})
    try:
        there = admin.list_topics(timeout=live.TIMEOUT_S).topics
        wanted = [topic for topic in provision.wanted_topics(joined) if topic.name in there]
        places = {
            TopicPartition(topic.name, number): topic
            for topic in wanted
            if int(topic.config[RETENTION]) >= 0 and "delete" in topic.config["cleanup.policy"]
            for number in there[topic.name].partitions
        }
        asking = Retrying(
            retry=retry_if_exception(_passes), wait=wait_fixed(0.2), stop=stop_after_delay(live.TIMEOUT_S), reraise=True
        )
        counts = asking(_older, admin, places, int((time.time() if now is None else now) * 1_000))
    except KafkaException as error:
        raise ProvisionError(f"messages cannot be counted: {error.args[0].str()}") from error
    contracts = {topic.name: topic for district in joined for topic in live.of_district(district)}
    for topic in wanted:
        if count := counts.get(topic.name, 0):
            plain = contracts.get(topic.name)
            sooner = plain is not None and plain.config[RETENTION] != topic.config[RETENTION]
            reason = Reason.DISTRICT if sooner else Reason.CONTRACT
            yield Due("topic", topic.name, live.owner(topic.name) or "", reason, count)


def _passes(error: BaseException) -> bool:
    """Whether it heals by itself: a topic that was just made has no leader for a moment."""
    return isinstance(error, KafkaException) and bool(error.args[0].retriable() or error.args[0].code() in SETTLING)


def _older(admin: AdminClient, places: Mapping[TopicPartition, Topic], now: int) -> dict[str, int]:
    """Messages before the first that is to be kept, by topic. In a compacted one some are gone already."""
    if not places:
        return {}
    cut = {place: OffsetSpec.for_timestamp(now - int(topic.config[RETENTION])) for place, topic in places.items()}
    begin, end = OffsetSpec.earliest(), OffsetSpec.latest()  # type: ignore[no-untyped-call]
    first = admin.list_offsets(dict.fromkeys(places, begin), request_timeout=live.TIMEOUT_S)
    last = admin.list_offsets(dict.fromkeys(places, end), request_timeout=live.TIMEOUT_S)
    kept = admin.list_offsets(cut, request_timeout=live.TIMEOUT_S)
    counts: dict[str, int] = {}
    for place in places:
        until = kept[place].result().offset
        # None is younger than the cut: all of them are older.
        until = last[place].result().offset if until < 0 else until
        counts[place.topic] = counts.get(place.topic, 0) + max(until - first[place].result().offset, 0)
    return counts
