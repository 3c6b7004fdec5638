"""The quality worker: every few seconds, check what has landed since the last look, and report.

On a schedule rather than on each landed batch: a check costs a quarter of a second however few rows it has, the loader
lands several batches a second, and nobody waits for the answer (decision 0073).
"""

from __future__ import annotations

import threading
import time

import structlog

from connectors.loader.store import connect
from connectors.quality.docs import Docs
from connectors.quality.report import Publisher, records, run_id
from connectors.quality.suite import Suite, context
from connectors.quality.window import Landed, Span
from schemas import contracts
from schemas.contract import Contract
from streams.metrics import Meter
from streams.settings import Settings

log = structlog.get_logger()
OWN = "quality_run"


class Worker:
    """Checks the table of every contract but its own. Imports of the library are done once it exists."""

    def __init__(self, settings: Settings, stopping: threading.Event, meter: Meter | None = None) -> None:
        self._settings = settings
        self._stopping = stopping
        self._meter = meter or Meter("quality", settings.data)
        self._client = connect(settings)
        self._publisher = Publisher(settings)
        made = context()
        self._checked = [contract for contract in contracts.all() if contract.storage and contract.name != OWN]
        self._suites = {contract.name: Suite(made, contract) for contract in self._checked}
        self._docs = Docs(made, settings.data / "quality" / "docs")
        self._reached = self._resume()
        self._meter.set(batches=0, rows=0, failed_batches=0, failed_rows=0, docs=str(self._docs.index), last_error=None)

    def run(self) -> None:
        """Look again and again until told to stop. A server that does not answer is waited for."""
        while not self._stopping.is_set():
            try:
                self.once()
            except Exception as error:  # the next look may find the servers back; what it missed is still to be checked
                log.warning("could not check what has landed: trying again", reason=type(error).__name__)
                self._meter.set(last_error=type(error).__name__)
            self._wait()
        self._meter.flush()

    def once(self) -> int:
        """Check everything that has landed and settled since the last look; how many batches failed."""
        failed = checked = 0
        for contract in self._checked:
            landed = Landed(self._client, contract)
            for span in landed.since(self._reached[contract.name], self._settings.quality.batch_rows):
                if self._stopping.is_set():
                    break
                failed += not self._check(contract, landed, span)
                checked += 1
                self._reached[contract.name] = span.end
        if checked:
            self._docs.build()
        self._meter.set(last_error=None, looked_at=time.time())
        return failed

    @property
    def index(self) -> str:
        """Path of the data docs' first page."""
        return str(self._docs.index)

    def _check(self, contract: Contract, landed: Landed, span: Span) -> bool:
        """Check one span and report; whether it passed."""
        frame = landed.frame(span)
        outcome = self._suites[contract.name].check(frame)
        now = time.time_ns() // 1_000_000
        found = records(contract.name, span, len(frame), outcome.failures, outcome.failed_ids, now)
        self._publisher.publish(found)
        self._docs.add(self._suites[contract.name].name, run_id(contract.name, span), outcome.result)
        for failure in outcome.failures:
            log.warning(
                "landed rows failed a check: their ids are in quality_runs",
                run=run_id(contract.name, span),
                expectation=failure.expectation,
                failed_rows=failure.failed_rows,
            )
        self._meter.add(
            batches=1,
            rows=len(frame),
            failed_batches=1 if outcome.failures else 0,
            failed_rows=len(outcome.failed_ids),
        )
        return not outcome.failures

    def _resume(self) -> dict[str, int]:
        """Where each record type was checked up to, as landed by earlier runs."""
        rows = self._client.query(
            "SELECT record_type, max(toUnixTimestamp64Milli(landed_to)) FROM quality_runs GROUP BY record_type"
        ).result_rows
        reached = {str(name): int(end) for name, end in rows}
        return {contract.name: reached.get(contract.name, 0) for contract in self._checked}

    def _wait(self) -> None:
        """Wait for the next look, and show every second that the worker lives."""
        until = time.monotonic() + self._settings.quality.every_s
        while not self._stopping.wait(min(1.0, max(0.0, until - time.monotonic()))) and time.monotonic() < until:
            self._meter.set()
