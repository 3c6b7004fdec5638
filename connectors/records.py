"""Publish one record as its district: what a command sends that a person typed."""

from __future__ import annotations

import time
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas import contracts
from schemas.check import Checker
from streams.codec import Encoder
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

TIMEOUT_S = 30.0
SKEW_S = 60.0


class NotTaken(ValueError):
    """A record is not as its contract says, or the broker did not take it; the text says what to change."""


def checked(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    """The record, if it is as the contract of its type says for a district.

    Raises:
        NotTaken: naming each field that is not as it must be.
    """
    faults = Checker(contracts.get(kind), "district", clock=now_ms, skew_s=SKEW_S).check(record)
    if faults:
        raise NotTaken("; ".join(f"{fault.field} {fault.message}" for fault in faults))
    return record


def publish(settings: Settings, kind: str, record: dict[str, Any], registry: Registry | None = None) -> str:
    """Publish a record to its district's topic; returns when the broker has it, with topic:partition:offset.

    Raises:
        NotTaken: the broker did not take it.
    """
    contract = contracts.get(kind)
    topic = contract.topic("district", record["district"]).name
    encode = Encoder(registry or ConfluentRegistry(settings), contract.subject("district"), contract.avro("district"))
    options = {"enable.idempotence": "true", "message.timeout.ms": str(int(TIMEOUT_S * 1000))}
    producer = Producer(settings.kafka.client() | options)
    landed: list[str] = []
    refused: list[str] = []

    def told(error: KafkaError | None, message: Message) -> None:
        if error is None:
            landed.append(f"{message.topic()}:{message.partition()}:{message.offset()}")
        else:
            refused.append(str(error.str()))

    try:
        producer.produce(topic, encode(record), record["record_id"].encode(), on_delivery=told)
        producer.flush(TIMEOUT_S)
    except KafkaException as error:
        raise NotTaken(f"{topic} did not take it: {error.args[0].str()}") from error
    if not landed:
        reason = refused[0] if refused else "no answer"
        raise NotTaken(f"{topic} did not take it: {reason}; see `crossbeat status`, then run the same again")
    return landed[0]


def owner_of(record_id: str) -> str:
    """The district that a record id begins with.

    Raises:
        NotTaken: it does not begin with a name and a colon.
    """
    district, colon, _ = record_id.partition(":")
    if not colon:
        raise NotTaken(f"{record_id} does not begin with a district's name and a colon")
    return district


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return int(time.time() * 1000)
