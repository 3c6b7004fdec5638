"""What a district receives: its ``to.<district>.*`` topics, read as itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from schemas import contracts
from streams.codec import Decoder, Defect
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

STAGE = "delivered"
TIMEOUT_S = 20.0
TAKEN_OVER = frozenset({KafkaError.REBALANCE_IN_PROGRESS, KafkaError.ILLEGAL_GENERATION, KafkaError.UNKNOWN_MEMBER_ID})


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
    topic: str
    partition: int
    offset: int

    @property
    def place(self) -> str:
        """Where it stands: topic:partition:offset."""
        return f"{self.topic}:{self.partition}:{self.offset}"


class Delivered:
    """A reader of all that a district receives, from the first that is kept or from where its group was."""

    def __init__(
        self,
        settings: Settings,
        district: str,
        *,
        group: str | None = None,
        kinds: Collection[str] | None = None,
        ends: bool = False,
        registry: Registry | None = None,
    ) -> None:
        """Make it ready.

        Args:
            settings: where the broker and the registry are, and who reads.
            district: whose topics.
            group: who reads, a name that begins with ``<district>.``; the broker remembers what was :meth:`done`. None
                reads from the first that is kept, and leaves no trace.
            kinds: record types; none reads all that the district receives.
            ends: notice the end, for :attr:`at_end`; then :meth:`take` may give nothing though more is there.
            registry: asked for schemas, instead of that of the settings.

        Raises:
            NothingDelivered: there is no such topic, or this account may not see it.
        """
        self._registry = registry or ConfluentRegistry(settings)
        self._decoders: dict[str, Decoder] = {}
        self._group = group
        self._ended: set[tuple[str, int]] = set()
        self._consumer = Consumer(
            {
                **settings.kafka.client(),
                "group.id": group or f"{district}.look",
                "enable.auto.commit": False,
                "enable.partition.eof": ends,
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

    @property
    def assigned(self) -> bool:
        """Whether it has a share of the topics to read."""
        return bool(self._consumer.assignment())

    @property
    def at_end(self) -> bool:
        """Whether it has come to the end of all that it has to read; only of one that was made to notice."""
        places = {(place.topic, place.partition) for place in self._consumer.assignment()}
        return bool(places) and places <= self._ended

    def done(self, arrival: Arrival) -> None:
        """Let the group go on behind this one; nothing for a reader without a group.

        Raises:
            KafkaException: the account may not, or another fault than that others of the group have taken over.
        """
        if not self._group:
            return
        behind = TopicPartition(arrival.topic, arrival.partition, arrival.offset + 1)
        try:
            self._consumer.commit(offsets=[behind], asynchronous=False)
        except KafkaException as error:
            if error.args[0].code() not in TAKEN_OVER:
                raise

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
                if error.code() == KafkaError._PARTITION_EOF:
                    self._ended.add(_place(message)[:2])
                continue
            topic, partition, offset = _place(message)
            self._ended.discard((topic, partition))
            kind = self._kinds[topic]
            value = message.value()
            record = self._decode(kind, value) if value is not None else None
            defect = record.message if isinstance(record, Defect) else ""
            kept = None if isinstance(record, Defect) else record
            key = (message.key() or b"").decode(errors="replace")
            found.append(Arrival(kind, key, kept, defect, message.timestamp()[1], topic, partition, offset))
        return found

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _decode(self, kind: str, value: bytes) -> dict[str, Any] | Defect:
        if kind not in self._decoders:
            self._decoders[kind] = Decoder(self._registry, contracts.get(kind).avro(STAGE))
        return self._decoders[kind](value)


def _place(message: Message) -> tuple[str, int, int]:
    """Topic, partition and offset, which a consumed message always has; its type allows for one not yet sent."""
    return str(message.topic()), int(message.partition() or 0), int(message.offset() or 0)
