"""What a check found, as records of the contract `quality_run`: to the topic, from which the loader lands them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from confluent_kafka import Producer

from connectors.quality.window import Span
from schemas import contracts
from streams.codec import Encoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings

WHOLE = "batch"
IDS_KEPT = 1_000
FLUSH_S = 30


def records(
    record_type: str, span: Span, rows: int, failures: Iterable[Any], failed_ids: frozenset[str], now: int
) -> Iterator[dict[str, Any]]:
    """One record for the whole batch, then one for each :class:`connectors.quality.suite.Failure`."""
    failures = list(failures)
    shared = {
        "run_id": run_id(record_type, span),
        "record_type": record_type,
        "rows": rows,
        "landed_from": span.start,
        "landed_to": span.end,
        "checked_at": now,
    }
    ids = sorted(failed_ids)[:IDS_KEPT]
    yield shared | {
        "expectation": WHOLE,
        "field": None,
        "passed": not failures,
        "failed_rows": len(failed_ids),
        "record_ids": ids,
    }
    for failure in failures:
        yield shared | {
            "expectation": failure.expectation,
            "field": failure.field,
            "passed": False,
            "failed_rows": failure.failed_rows,
            "record_ids": list(failure.record_ids),
        }


def run_id(record_type: str, span: Span) -> str:
    """The name of a run: the same whenever the same rows are checked."""
    return f"{record_type}:{span.start}-{span.end}"


class Publisher:
    """Writes the records to their topic."""

    def __init__(self, settings: Settings) -> None:
        contract = contracts.get("quality_run")
        self._contract = contract
        self._topic = contract.topic("result").name
        self._encode = Encoder(ConfluentRegistry(settings), contract.subject("result"), contract.avro("result"))
        self._producer = Producer(settings.kafka.client("quality") | {"enable.idempotence": True, "linger.ms": 5})

    def publish(self, found: Iterable[dict[str, Any]]) -> None:
        """Write and wait until the broker has them; raises OSError when it does not take them in time."""
        refused: list[str] = []
        for record in found:
            self._producer.produce(
                self._topic,
                self._encode(record),
                key=self._contract.key(record, "result"),
                on_delivery=lambda error, _: refused.append(error.str()) if error else None,
            )
        if self._producer.flush(FLUSH_S) or refused:
            raise OSError(f"quality runs were not written to {self._topic}: {refused[0] if refused else 'no answer'}")
