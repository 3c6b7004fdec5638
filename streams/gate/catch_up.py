"""Bring the memory up to the shared topic: read what was committed there since the store was last written."""

from __future__ import annotations

from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.contract import Contract
from streams.codec import Decoder, Defect
from streams.gate.memory import RocksMemory, Seen
from streams.registry import Registry

NEEDED = ("record_id", "district", "revision")
TIMEOUT_S = 10.0
log = structlog.get_logger("gate")


def catch_up(client: dict[str, Any], topic: str, contract: Contract, registry: Registry, memory: RocksMemory) -> int:
    """Read the shared topic from the memory's offsets to its end; returns how many records that were.

    A memory of another topic of the same name, one that was deleted and made anew, is forgotten first. Raises
    KafkaException when the broker does not answer, RuntimeError when the shared topic holds what we cannot read.
    """
    topic_id = _topic_id(client, topic)
    if memory.topic_id != topic_id:
        if memory.topic_id:
            log.warning("the shared topic was made anew: the memory of what was let through begins anew too")
        memory.clear(topic_id)
    schema = contract.avro("shared")
    decode = Decoder(registry, schema | {"fields": [one for one in schema["fields"] if one["name"] in NEEDED]})
    consumer = Consumer(
        client
        | {
            "group.id": "crossbeat-gate-memory",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
        }
    )
    try:
        return _read(consumer, topic, decode, memory)
    finally:
        consumer.close()


def _read(consumer: Consumer, topic: str, decode: Decoder, memory: RocksMemory) -> int:
    partitions = consumer.list_topics(topic, TIMEOUT_S).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, memory.offsets.get(number, 0)) for number in partitions])
    open_partitions, count = set(partitions), 0
    while open_partitions:
        records: list[tuple[str, Seen]] = []
        offsets: dict[int, int] = {}
        for message in consumer.consume(10_000, 0.2):
            error, partition, offset = message.error(), int(message.partition() or 0), int(message.offset() or 0)
            if error is not None and error.code() == KafkaError._PARTITION_EOF:
                open_partitions.discard(partition)
            elif error is not None:
                raise KafkaException(error)
            else:
                record = decode(message.value())
                if isinstance(record, Defect):
                    raise RuntimeError(f"{topic}:{partition}:{offset}: {record.message}: only the gate may write there")
                records.append((record["record_id"], Seen(record["revision"], record["district"])))
                offsets[partition] = offset + 1
        if records:
            memory.remember(records, offsets)
            count += len(records)
    return count


def _topic_id(client: dict[str, Any], topic: str) -> str:
    admin = AdminClient(client)  # kept in a name: without one it would be gone before it answers
    described = admin.describe_topics(TopicCollection([topic]), request_timeout=TIMEOUT_S)
    return str(described[topic].result().topic_id)
