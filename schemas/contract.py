"""A contract: everything that is said about one record type, in one place.

Fields, units, docs, topics, tables and retention all come from one Avro file; see ``schemas/README.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from schemas.annotations import FieldNotes, RecordNotes, StageNotes, StorageNotes
from schemas.errors import ContractError

DAY_MS = 86_400_000
SHORT_DAYS = 7


@dataclass(frozen=True)
class Field:
    """One field of a record.

    ``kind`` is the bare type: string, int, long, float, double, boolean, bytes or timestamp; for an array it is that
    of its items, and ``array`` is set. ``part`` names the shared block it comes from.
    """

    name: str
    doc: str
    kind: str
    nullable: bool
    array: bool
    notes: FieldNotes
    avro: Mapping[str, Any]
    part: str | None = None


@dataclass(frozen=True)
class Topic:
    """A Kafka topic as it must be: its name, the count of partitions, and the settings that matter to us."""

    name: str
    partitions: int
    config: dict[str, str]


@dataclass(frozen=True)
class Contract:
    """One record type. Stages are the states in which it travels: ``district`` and ``shared``, or ``result``."""

    name: str
    namespace: str
    avro_name: str
    doc: str
    notes: RecordNotes
    stage_fields: Mapping[str, tuple[Field, ...]]
    order: tuple[tuple[str, str], ...]
    together: tuple[tuple[str, ...], ...]
    part_titles: Mapping[str, str]

    @property
    def title(self) -> str:
        """Name of the record type for people."""
        return self.notes.title

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of its stages, in the order of the way."""
        return tuple(self.notes.stages)

    @property
    def storage(self) -> StorageNotes | None:
        """Its ClickHouse table; None where it is not landed."""
        return self.notes.storage

    def stage(self, stage: str) -> StageNotes:
        """What is said of one stage.

        Raises:
            ContractError: the record has no such stage.
        """
        try:
            return self.notes.stages[stage]
        except KeyError:
            raise ContractError(f"{self.name} has no stage {stage}: its stages are {', '.join(self.stages)}") from None

    def fields(self, stage: str) -> tuple[Field, ...]:
        """Its fields in that stage, in the order of the Avro record."""
        self.stage(stage)
        return self.stage_fields[stage]

    @property
    def stored_fields(self) -> tuple[Field, ...]:
        """The fields that are landed, in order; none where it has no table."""
        storage = self.storage
        if storage is None:
            return ()
        return tuple(field for field in self.fields(storage.stage) if field.name not in storage.leave_out)

    def avro(self, stage: str) -> dict[str, Any]:
        """Its Avro schema in that stage: pure Avro, with docs, without annotations."""
        return {
            "type": "record",
            "name": self.avro_name,
            "namespace": self.namespace,
            "doc": self.doc,
            "fields": [dict(field.avro) for field in self.fields(stage)],
        }

    def avro_json(self, stage: str) -> str:
        """The text of that schema that is registered, always the same for the same contract."""
        return json.dumps(self.avro(stage), ensure_ascii=False, separators=(",", ":"))

    def subject(self, stage: str) -> str:
        """Subject in the registry."""
        return self.stage(stage).subject

    def topic(self, stage: str, district: str | None = None, sooner_days: int | None = None) -> Topic:
        """The topic of that stage.

        Args:
            stage: a stage of this record.
            district: name of the district, for a topic that each district has of its own.
            sooner_days: days to keep it, where that is less than the contract says.

        Raises:
            ContractError: the topic is a district's own and none was named.
        """
        notes = self.stage(stage)
        if "{district}" in notes.topic and district is None:
            raise ContractError(f"{notes.topic} is a district's own topic: name the district")
        days = notes.retention_days
        if days and sooner_days:
            days = min(days, sooner_days)
        config = {
            "cleanup.policy": notes.cleanup,
            "retention.ms": str(days * DAY_MS if days else -1),
            "max.message.bytes": str(notes.max_message_bytes),
            # Event time is in the record. A broker that took it for its own would delete replayed history at once.
            "message.timestamp.type": "LogAppendTime",
        }
        if days and days <= SHORT_DAYS:
            # The broker deletes whole segments, which it closes after a week unless told otherwise.
            config["segment.ms"] = str(days * DAY_MS // 4)
        return Topic(notes.topic.replace("{district}", district or ""), notes.partitions, config)

    def key(self, record: Mapping[str, Any], stage: str) -> bytes:
        """The Kafka key of a record in that stage."""
        return ":".join(str(record[name]) for name in self.stage(stage).key).encode()

    @cached_property
    def code_lists(self) -> frozenset[str]:
        """Names of the code lists that its fields use, in any stage."""
        fields = (field for stage in self.stages for field in self.stage_fields[stage])
        return frozenset(field.notes.code_list for field in fields if field.notes.code_list)
