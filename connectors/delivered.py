"""What a district receives: its ``to.<district>.*`` topics, read as itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from schemas import contracts
from streams.codec import Decoder, Defect
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

STAGE = "delivered"
TIMEOUT_S = 20.0


class NothingDelivered(LookupError):
    """The district has no topics to read from, or may not see them; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message: a record, or that one was taken back."""

    kind: str
    """Record type, link, series or alert."""
    key: str
    """Its record id, link id, series id or identifier."""
    record: dict[str, Any] | None
    """None: forget what the key named."""
    defect: str
    """Why the message could not be read; empty where it could."""
    at_ms: int
    """When the broker took it, milliseconds since the epoch."""


class Delivered:
    """A reader of all that a district receives, from the first that is kept or from where its group was."""

    def __init__(
        self,
        settings: Settings,
        district: str,
        *,
        group: str | None = None,
        kinds: Collection[str] | None = None,
        registry: Registry | None = None,
    ) -> None:
        """Make it ready.

        Args:
            settings: where the broker and the registry are, and who reads.
            district: whose topics.
            group: who reads, remembered by the broker, a name that begins with ``<district>.``; none reads from the
                first that is kept, and leaves no trace.
            kinds: record types; none reads all that the district receives.
            registry: asked for schemas, instead of that of the settings.

        Raises:
            NothingDelivered: there is no such topic, or this account may not see it.
        """
        self._registry = registry or ConfluentRegistry(settings)
        self._decoders: dict[str, Decoder] = {}
        self._consumer = Consumer(
            {
                **settings.kafka.client(),
                "group.id": group or f"{district}.look",
                "enable.auto.commit": bool(group),
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 50,
            }
        )
        wanted = {
            contract.topic(STAGE, district).name: contract.name
            for contract in contracts.all()
            if STAGE in contract.stages and (kinds is None or contract.name in kinds)
        }
        try:
            live = self._consumer.list_topics(timeout=TIMEOUT_S).topics
        except KafkaException as error:
            raise NothingDelivered(f"the broker does not answer: {error.args[0].str()}") from error
        self._kinds = {topic: kind for topic, kind in wanted.items() if topic in live}
        if not self._kinds:
            raise NothingDelivered(
                f"nothing is delivered to {district} that this account may read: see `receives` in its district file"
            )
        if group:
            self._consumer.subscribe(list(self._kinds))
        else:
            self._consumer.assign([TopicPartition(t, p, 0) for t in self._kinds for p in live[t].partitions])

    @property
    def kinds(self) -> list[str]:
        """Record types that the district receives, sorted."""
        return sorted(self._kinds.values())

    def take(self, wait_s: float, most: int = 1_000) -> list[Arrival]:
        """What came, at most so many; waits so long for the first.

        Raises:
            KafkaException: the account may not read, or another fault that waiting does not heal.
        """
        found = []
        for message in self._consumer.consume(most, wait_s):
            error = message.error()
            if error is not None:
                if error.fatal() or error.code() in {
                    KafkaError.TOPIC_AUTHORIZATION_FAILED,
                    KafkaError.GROUP_AUTHORIZATION_FAILED,
                }:
                    raise KafkaException(error)
                continue
            kind = self._kinds[str(message.topic())]
            value = message.value()
            record = self._decode(kind, value) if value is not None else None
            defect = record.message if isinstance(record, Defect) else ""
            kept = None if isinstance(record, Defect) else record
            key = (message.key() or b"").decode(errors="replace")
            found.append(Arrival(kind, key, kept, defect, message.timestamp()[1]))
        return found

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _decode(self, kind: str, value: bytes) -> dict[str, Any] | Defect:
        if kind not in self._decoders:
            self._decoders[kind] = Decoder(self._registry, contracts.get(kind).avro(STAGE))
        return self._decoders[kind](value)
