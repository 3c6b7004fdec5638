"""The loader's loop: collect, insert, commit. In that order, so that a crash anywhere only repeats an insert."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from connectors.loader.batch import MAX_BATCH_BYTES, Batch, batches
from connectors.loader.dead import TABLE, rejection
from connectors.loader.intake import Intake, Source
from connectors.loader.landing import Landed, land
from connectors.loader.routes import Routes, from_contracts
from connectors.loader.store import Stopped, Store
from streams.metrics import Meter
from streams.settings import Settings

log = structlog.get_logger()


class Loader:
    """Moves topics to tables until it is told to stop."""

    def __init__(
        self,
        settings: Settings,
        stopping: threading.Event,
        routes: Routes | None = None,
        source: Source | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._settings = settings.loader
        self._stopping = stopping
        self._routes = routes or from_contracts()
        self._meter = meter or Meter("loader", settings.data)
        self._store = Store(settings, stopping, self._trouble)
        self._source = source or Source(settings, self._routes.subscription())
        self._inserts = ThreadPoolExecutor(self._settings.inserts_at_once, thread_name_prefix="insert")
        self._rows: Counter[str] = Counter()
        self._refused = 0
        self._tombstones = 0
        self._rate = Rate()

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Land until told to stop, or until `until` says so.

        Raises:
            TooManyRefused: a batch is wrong as a whole; nothing of it is committed.
        """
        try:
            while not self._stopping.is_set() and not until():
                self.step()
        except Stopped as stop:
            log.info(str(stop))
        finally:
            self._inserts.shutdown()
            self._source.close()
            self._meter.flush()

    def step(self) -> int:
        """Collect once, land it and commit; how many rows landed."""
        rows = self._settings.batch_rows * self._settings.inserts_at_once
        intake = self._source.collect(rows, MAX_BATCH_BYTES, self._settings.flush_ms / 1_000)
        landed = self._land(intake)
        self._source.commit(intake)
        self._tombstones += intake.tombstones.total()
        self._meter.set(
            rows=dict(self._rows),
            landed=self._rows.total(),
            refused=self._refused,
            tombstones=self._tombstones,
            rows_per_s=self._rate.after(landed),
            lag=self._source.lag(),
        )
        return landed

    def rows(self) -> dict[str, int]:
        """Rows landed by table since the start."""
        return dict(self._rows)

    def _land(self, intake: Intake) -> int:
        found = list(batches(intake.messages, self._settings.batch_rows))
        results = self._inserts.map(self._land_batch, found)
        total = 0
        for batch, landed in zip(found, results, strict=True):
            self._rows[self._routes.of(batch.topic).table] += landed.rows
            self._refused += len(landed.refused)
            total += landed.rows
        return total

    def _land_batch(self, batch: Batch) -> Landed:
        route = self._routes.of(batch.topic)
        landed = land(batch, lambda part: self._store.insert(part, route))
        if landed.refused:
            for message, reason in landed.refused:
                log.warning("a message could not be landed: it is in rejections", at=message.at, reason=reason)
            rows = [rejection(message, reason) for message, reason in landed.refused]
            self._store.add(TABLE, rows, token=f"refused:{batch.token}")
        return landed

    def _trouble(self, reason: str) -> None:
        # Called from the threads that insert, while the loop waits for them: so the wait is seen from outside.
        self._meter.set(last_error=reason or None)


class Rate:
    """Rows a second over the last ten seconds or so."""

    def __init__(self, span_s: float = 10.0) -> None:
        self._span_s = span_s
        self._marks: list[tuple[float, int]] = [(time.monotonic(), 0)]

    def after(self, rows: int) -> float:
        """Count these rows now; the rate, rounded to 0.1."""
        now, total = time.monotonic(), self._marks[-1][1] + rows
        self._marks.append((now, total))
        while len(self._marks) > 2 and now - self._marks[0][0] > self._span_s:
            self._marks.pop(0)
        (since, before), passed = self._marks[0], now - self._marks[0][0]
        return round((total - before) / passed, 1) if since < now else 0.0
