"""Make a retraction and publish it to the district's own topic."""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas import contracts
from schemas.check import Checker
from streams.codec import Encoder
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

TIMEOUT_S = 30.0


class RetractError(ValueError):
    """The retraction cannot be made or was not taken; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be taken back, and why."""

    record_type: str
    record_id: str
    revision: int
    reason: str
    note: str | None = None

    @property
    def district(self) -> str:
        """The owner, by the id: whatever stands before its first colon.

        Raises:
            RetractError: the id does not begin with a district's name.
        """
        district, colon, _ = self.record_id.partition(":")
        if not colon:
            raise RetractError(f"{self.record_id} does not begin with a district's name and a colon: name --district")
        return district


def record(wish: Wish, district: str, now_ms: int) -> dict[str, Any]:
    """The retraction as its contract says, checked. The same wish gives the same id, so asking twice is harmless.

    Args:
        wish: what is taken back.
        district: its owner.
        now_ms: milliseconds since the epoch.

    Raises:
        RetractError: naming each field that is not as it must be.
    """
    contract = contracts.get("retraction")
    said = f"{wish.record_type}|{wish.record_id}|{wish.revision}"
    made = {
        "record_id": f"{district}:retraction-{sha256(said.encode()).hexdigest()[:16]}",
        "district": district,
        "revision": 1,
        "recorded_at": now_ms,
        "target_record_type": wish.record_type,
        "target_record_id": wish.record_id,
        "target_revision": wish.revision,
        "reason": wish.reason,
        "note": wish.note,
    }
    faults = Checker(contract, "district", clock=lambda: now_ms, skew_s=60).check(made)
    if faults:
        raise RetractError("; ".join(f"{fault.field} {fault.message}" for fault in faults))
    return made


def publish(settings: Settings, made: dict[str, Any], registry: Registry | None = None) -> str:
    """Publish it as its district; returns when the broker has it, with topic, partition and offset joined by colons.

    Raises:
        RetractError: the broker did not take it.
    """
    contract = contracts.get("retraction")
    topic = contract.topic("district", made["district"]).name
    encode = Encoder(registry or ConfluentRegistry(settings), contract.subject("district"), contract.avro("district"))
    producer = Producer(
        settings.kafka.client() | {"enable.idempotence": True, "message.timeout.ms": int(TIMEOUT_S * 1000)}
    )
    landed: list[str] = []
    refused: list[str] = []

    def told(error: KafkaError | None, message: Message) -> None:
        if error is None:
            landed.append(f"{message.topic()}:{message.partition()}:{message.offset()}")
        else:
            refused.append(str(error.str()))

    try:
        producer.produce(topic, encode(made), made["record_id"].encode(), on_delivery=told)
        producer.flush(TIMEOUT_S)
    except KafkaException as error:
        raise RetractError(f"{topic} did not take it: {error.args[0].str()}") from error
    if not landed:
        reason = refused[0] if refused else "no answer"
        raise RetractError(f"{topic} did not take it: {reason}; see `crossbeat status`, then run the same again")
    return landed[0]


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return int(time.time() * 1000)
