"""What a gate needs around it, for benches and tests: districts, topics, subjects, and records to send.

The records are made up, but have the density of a real city: some 20 districts of 5 by 6 km in a grid.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from shapely.geometry import box

from infra import provision
from infra.provision import topics
from infra.provision.subjects import Subjects
from schemas import contracts
from streams import districts
from streams.districts import District
from streams.settings import Settings

Record = dict[str, Any]
FIRST_MS = 1_400_000_000_000
WEST, SOUTH, WIDTH, HEIGHT = -79.6, 43.58, 0.08, 0.06


def join_districts(settings: Settings, names: Iterable[str]) -> list[District]:
    """Let districts join the settings' folder, side by side in a grid five wide."""
    joined = []
    for index, name in enumerate(names):
        west, south = WEST + index % 5 * WIDTH, SOUTH + index // 5 * HEIGHT
        area = box(west, south, west + WIDTH, south + HEIGHT)
        joined.append(districts.join(settings.districts, name, name.title(), area))
    return joined


def make_topics(settings: Settings, names: Iterable[str]) -> None:
    """Make the topics of the gate for these districts, and register its subjects; those that exist stay."""
    topics.Topics(settings).apply(
        [contract.topic("shared") for contract in contracts.all() if "shared" in contract.stages]
    )
    provision.ensure_district(settings, *names)
    Subjects(settings).apply()


def records(names: list[str], count: int, seed: int = 1) -> Iterator[Record]:
    """``count`` valid incidents over the districts, ten minutes apart, each inside its district's square."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    for number in range(count):
        index = chance.randrange(len(names))
        at = FIRST_MS + number * 600_000
        yield {
            "record_id": f"{names[index]}:{number}",
            "district": names[index],
            "revision": 1,
            "recorded_at": at + 3_600_000,
            "occurred_from": at,
            "occurred_to": at,
            "time_precision": "minute",
            "lat": SOUTH + (index // 5 + chance.random()) * HEIGHT,
            "lon": WEST + (index % 5 + chance.random()) * WIDTH,
            "location_precision_m": 50.0,
            "offence": chance.choice(("burglary", "robbery", "motor_vehicle_theft", "simple_assault")),
            "completion": "completed",
            "status": "open",
            "method_of_entry": None,
            "point_of_entry": None,
            "tool": None,
            "location_category": "residence",
            "description": None,
            "grading_source": "reliable",
            "grading_information": "A",
            "statement": "fact",
            "release_to": ["all"],
            "release_purposes": ["prevention", "investigation"],
            "release_conditions": None,
            "release_handling": "P",
            "release_expires_at": None,
        }


def publish(
    settings: Settings, messages: Iterable[tuple[str, bytes | None, bytes | None]], record_type: str = "incident"
) -> int:
    """Send (district, key, value) to the topics of a type; returns how many. Raises when one did not arrive."""
    producer = Producer(settings.kafka.client() | {"linger.ms": "20", "message.max.bytes": "16777216"})
    count, failed = 0, []

    def arrived(error: KafkaError | None, _: object) -> None:
        if error is not None:
            failed.append(error)

    for name, key, value in messages:
        while True:
            try:
                producer.produce(f"{name}.{record_type}.v1", value, key, on_delivery=arrived)
                break
            except BufferError:
                producer.poll(0.1)
        count += 1
        producer.poll(0)
    producer.flush(60)
    if failed:
        raise RuntimeError(f"{len(failed)} of {count} messages did not arrive: {failed[0].str()}")
    return count


def read_committed(settings: Settings, topic: str) -> list[bytes]:
    """The values of a topic's committed messages, up to its end; partition by partition in their order."""
    return [bytes(message.value() or b"") for message in committed_messages(settings, topic)]


def committed_messages(settings: Settings, topic: str) -> list[Message]:
    """A topic's committed messages, as :func:`read_committed`."""
    options = {"group.id": "crossbeat-gate-world", "isolation.level": "read_committed", "enable.partition.eof": "true"}
    consumer = Consumer(settings.kafka.client() | options)
    partitions = consumer.list_topics(topic, 10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    found, ended = list[Message](), 0
    while ended < len(partitions):
        for message in consumer.consume(10_000, 0.2):
            error = message.error()
            if error is None:
                found.append(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                ended += 1
            else:
                raise KafkaException(error)
    consumer.close()
    return found
