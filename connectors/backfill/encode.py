"""Records and rejections to framed Avro, with the topic and key of each."""

from __future__ import annotations

import time
from collections.abc import Iterator

from connectors.backfill.columns import ColumnEncoder
from connectors.mapping import Mapped, Rejection
from schemas import contracts
from streams.codec import Encoder
from streams.registry import Registry
from streams.rejection import record as refused

Message = tuple[str, bytes, bytes]
"""Topic, key, value."""


class Encoding:
    """The encoders of one run."""

    def __init__(
        self,
        registry: Registry,
        source: str,
        constants: dict[str, object],
        record: str = "incident",
        refusals: str = "result",
    ) -> None:
        """Make it ready.

        Args:
            registry: where the schemas' ids are asked for.
            source: what rejections name as their topic.
            constants: fields alike in all records.
            record: the record type.
            refusals: the stage of rejections to which refused rows go.
        """
        self._contract = contracts.get(record)
        self._rejection = contracts.get("rejection")
        self._constants = constants
        self._source = source
        self._refusals = refusals
        schema = self._contract.avro("district")
        self._record = ColumnEncoder(registry.id_of(self._contract.subject("district"), schema), schema)
        self._refusal = Encoder(registry, self._rejection.subject("result"), self._rejection.avro("result"))
        self._topics: dict[str, str] = {}
        self._nulls = {field.name: None for field in self._contract.fields("district") if field.nullable}

    def records(self, mapped: Mapped) -> Iterator[Message]:
        """The records of a chunk."""
        records = mapped.records
        if records.is_empty():
            return
        # A column without a value is a constant.
        empty = [series.name for series in records if series.null_count() == len(series)]
        values = self._record(records.drop(empty), {**self._nulls, **self._constants})
        owners, ids = records["district"].to_list(), records["record_id"].to_list()
        for district, record_id, value in zip(owners, ids, values, strict=True):
            yield self._topic(district), record_id.encode(), value

    def rejections(self, mapped: Mapped) -> Iterator[Message]:
        """The rejections of a chunk."""
        now = int(time.time() * 1000)
        for rejection in mapped.rejected:
            body = self.rejection(rejection, now)
            topic = self._rejection.topic(self._refusals, rejection.district).name
            yield topic, str(body["rejection_id"]).encode(), self._refusal(body)

    def rejection(self, rejection: Rejection, now_ms: int) -> dict[str, object]:
        """The contract's rejection of a row."""
        return refused(
            self._source,
            0,
            rejection.row,
            rejection.raw,
            district=rejection.district,
            reason=rejection.reason,
            message=rejection.message,
            rejected_at=now_ms,
            field=rejection.field,
        )

    def _topic(self, district: str) -> str:
        if district not in self._topics:
            self._topics[district] = self._contract.topic("district", district).name
        return self._topics[district]
