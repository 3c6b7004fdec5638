"""Which vehicle reads somebody asks for: a read that no live look-out asks for is let go here, and kept nowhere.

The gate is the last that sees such a read. It goes into no topic, no memory and no table; only how many there were is
counted (:mod:`streams.gate.read_counts`). What is let through is for those alone who may see a look-out that asks for
it. It is held against the look-outs again by the pattern ``lookout_hit``, which tells each recipient; its settings can
narrow the rule, and nothing can widen it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import structlog
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from streams.codec import Decoder, Defect, Record
from streams.gate.aside import Aside
from streams.gate.kinds import SHARED, Kind
from streams.gate.shared_reader import shared_reader
from streams.registry import Registry

LOOKOUT = "lookout"
CAMERA_EVENT, VEHICLE_READ = "camera_event", "vehicle_read"
TIMEOUT_S = 10.0
AT_ONCE = 1_000
KEPT_MS = 35 * 86_400_000
"""As long as the topic keeps them: a read of a look-out's time may come days after its end."""
FIELDS = {
    "record_id", "revision", "vehicle_token", "authorised_at", "expires_at", "visible_to", "retracted", "gated_at",
}  # fmt: skip
log = structlog.get_logger("gate")


class Wanted(NamedTuple):
    """When a vehicle is looked for, milliseconds since the epoch, both included, and who may see that."""

    since: int
    until: int
    visible_to: frozenset[str]


class Lookouts:
    """The look-outs that were let through, by vehicle token."""

    def __init__(self) -> None:
        self._by_token: dict[str, dict[str, Wanted]] = {}
        self._known: dict[str, tuple[int, str]] = {}

    def __len__(self) -> int:
        """How many vehicles are looked for, or were lately."""
        return len(self._by_token)

    def learn(self, record: Record) -> None:
        """Take in a shared look-out: its newest revision counts, and one that was taken back asks for nothing."""
        record_id, revision = record["record_id"], record["revision"]
        before, token = self._known.get(record_id, (0, ""))
        if revision <= before:
            return
        self._drop(record_id, token)
        # What is left of one that was taken back has another token, which says nothing: only its revision counts.
        token = "" if record["retracted"] else record["vehicle_token"]
        self._known[record_id] = revision, token
        if token:
            wanted = Wanted(record["authorised_at"], record["expires_at"], frozenset(record["visible_to"]))
            self._by_token.setdefault(token, {})[record_id] = wanted
        self._forget(record["gated_at"] - KEPT_MS)

    def end(self, record_id: str) -> None:
        """One whose record is gone from the topic asks for nothing more."""
        self._drop(record_id, self._known.pop(record_id, (0, ""))[1])

    def asked_by(self, record: Record) -> set[str]:
        """Who may know that somebody asks for a read; none where nobody does.

        Those who may see a look-out that lasts while it was read, and that the camera's own district may see as well.
        """
        return {
            name
            for wanted in self._by_token.get(record["vehicle_token"], {}).values()
            if wanted.since <= record["occurred_from"]
            and record["occurred_to"] <= wanted.until
            and record["district"] in wanted.visible_to
            for name in wanted.visible_to
        }

    def _forget(self, before: int) -> None:
        ended = [
            (record_id, token)
            for token, wanted in self._by_token.items()
            for record_id, one in wanted.items()
            if one.until < before
        ]
        for record_id, token in ended:
            self._drop(record_id, token)

    def _drop(self, record_id: str, token: str) -> None:
        wanted = self._by_token.get(token, {})
        wanted.pop(record_id, None)
        if not wanted:
            self._by_token.pop(token, None)


def vehicle_read(record_type: str, record: Record) -> bool:
    """Whether it is a camera's read of a vehicle."""
    return record_type == CAMERA_EVENT and record["kind"] == VEHICLE_READ


class Follower:
    """Reads the shared topic of look-outs: those that other gates let through count as well, and those of before."""

    def __init__(
        self, client: dict[str, Any], kind: Kind, registry: Registry, lookouts: Lookouts, aside: Aside
    ) -> None:
        self._lookouts = lookouts
        self._aside = aside
        self._topic = kind.contract.topic(SHARED).name
        needed = [dict(field.avro) for field in kind.contract.fields(SHARED) if field.name in FIELDS]
        self._decode = Decoder(registry, kind.contract.avro(SHARED) | {"fields": needed})
        self._consumer = shared_reader(client)

    def start(self) -> None:
        """Read all that is there; raises as :meth:`follow`."""
        known = self._consumer.list_topics(self._topic, TIMEOUT_S).topics[self._topic]
        self._consumer.assign([TopicPartition(self._topic, number, 0) for number in known.partitions])
        behind = set(known.partitions)
        while behind:
            behind -= self.follow(0.2)
        log.info("look-outs are known", vehicles=len(self._lookouts))

    def follow(self, timeout_s: float = 0.0) -> set[int]:
        """Take in what is new; the partitions whose end was reached.

        What cannot be read is set aside. Raises KafkaException when the broker refuses.
        """
        self._decode.forget_unknown()
        ended: set[int] = set()
        for message in self._consumer.consume(AT_ONCE, timeout_s):
            error, number = message.error(), int(message.partition() or 0)
            if error is not None and error.code() == KafkaError._PARTITION_EOF:
                ended.add(number)
            elif error is not None:
                raise KafkaException(error)
            elif message.value() is None:  # a tombstone
                self._lookouts.end((message.key() or b"").decode())
            else:
                record = self._decode(message.value())
                if isinstance(record, Defect):
                    self._aside.put(self._topic, number, int(message.offset() or 0), record)
                else:
                    self._lookouts.learn(record)
        return ended

    def close(self) -> None:
        """Leave."""
        self._consumer.close()
