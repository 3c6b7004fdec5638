"""How far a file was published, kept in the broker in the same transaction as what was published."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from confluent_kafka import Consumer, KafkaError, TopicPartition

from connectors.backfill.account import Account
from connectors.backfill.encode import Message
from connectors.backfill.errors import BackfillError
from schemas import contracts
from streams.codec import Decoder, Defect, Encoder
from streams.registry import Registry
from streams.settings import Settings

READ_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of one file under one mapping; the fields of contract ``backfill_progress``."""

    file_sha256: str
    mapping_sha256: str
    file_name: str
    rows_total: int | None = None
    rows_done: int = 0
    published: int = 0
    rejected: int = 0
    finished: bool = False

    def after(self, rows: int, published: int, rejected: int) -> Progress:
        """The state when a chunk more is published."""
        return replace(
            self,
            rows_done=self.rows_done + rows,
            published=self.published + published,
            rejected=self.rejected + rejected,
        )


class Ledger:
    """Reads and writes :class:`Progress`."""

    def __init__(self, settings: Settings, registry: Registry, account: Account) -> None:
        self._settings = settings
        contract = contracts.get("backfill_progress")
        self._account = account
        self.topic = account.ledgers[-1]
        self._contract = contract
        self._encode = Encoder(registry, contract.subject("result"), contract.avro("result"))
        self._decode = Decoder(registry, contract.avro("result"))

    def message(self, progress: Progress) -> Message:
        """The state as a message."""
        body = self._body(progress)
        return self.topic, self._contract.key(body, "result"), self._encode(body)

    def read(self, fresh: Progress, *others: Progress) -> list[Progress]:
        """The last committed state of each, or as given where there is none.

        Waits until every transaction on the topics that was open at the call has ended, so that a state behind one
        of another file is seen too.
        """
        wanted = {self._contract.key(self._body(one), "result"): one for one in (fresh, *others)}
        for topic in self._account.ledgers:
            self._update(wanted, topic)
        return list(wanted.values())

    def _update(self, wanted: dict[bytes, Progress], topic: str) -> None:
        """Replace each by its last state in one topic, where there is one."""
        consumer = Consumer(
            self._settings.kafka.client()
            | {
                "group.id": self._account.group,
                "isolation.level": "read_committed",
                "enable.auto.commit": "false",
                "enable.partition.eof": "true",
            }
        )
        try:
            partition = TopicPartition(topic, 0, 0)
            end = self._end(partition)
            consumer.assign([partition])
            for raw_key, value in self._messages(consumer, topic, end):
                if raw_key in wanted:
                    wanted[raw_key] = self._progress(value, wanted[raw_key])
        finally:
            consumer.close()

    def _end(self, partition: TopicPartition) -> int:
        """The end of the topic, open transactions included."""
        options = {"group.id": self._account.group, "isolation.level": "read_uncommitted"}
        consumer = Consumer(self._settings.kafka.client() | options)
        try:
            return int(consumer.get_watermark_offsets(partition, timeout=30)[1])
        finally:
            consumer.close()

    def _messages(self, consumer: Consumer, topic: str, end: int) -> Any:
        give_up = time.monotonic() + READ_TIMEOUT_S
        while time.monotonic() < give_up:
            message = consumer.poll(1.0)
            if message is None:
                continue
            error = message.error()
            if error is None:
                yield message.key(), message.value()
            elif error.code() == KafkaError._PARTITION_EOF:
                if (message.offset() or 0) >= end:
                    return
            elif error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise BackfillError(f"topic {topic} does not exist: is this the right broker? see `crossbeat up`")
            elif error.fatal():
                raise BackfillError(f"reading {topic}: {error.str()}")
        raise BackfillError(f"{topic} could not be read to its end in {READ_TIMEOUT_S:.0f} s: is the broker well?")

    def _body(self, progress: Progress) -> dict[str, Any]:
        return {
            "file_sha256": progress.file_sha256,
            "mapping_sha256": progress.mapping_sha256,
            "file_name": progress.file_name,
            "rows_total": progress.rows_total,
            "rows_done": progress.rows_done,
            "published": progress.published,
            "rejected": progress.rejected,
            "finished": progress.finished,
            "updated_at": int(time.time() * 1000),
        }

    def _progress(self, value: bytes | None, fresh: Progress) -> Progress:
        record = self._decode(value)
        if isinstance(record, Defect):
            raise BackfillError(f"{self.topic}: a state cannot be read: {record.message}")
        return replace(
            fresh,
            rows_total=record["rows_total"],
            rows_done=record["rows_done"],
            published=record["published"],
            rejected=record["rejected"],
            finished=record["finished"],
        )
