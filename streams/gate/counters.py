"""What the gate counts, for `crossbeat status`, and for Prometheus where a port is set."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import prometheus_client
import structlog

from streams.gate.messages import Verdict
from streams.metrics import Meter

log = structlog.get_logger("gate")
RATE_OVER_S = 5.0


class Counters:
    """Counts since the process began."""

    def __init__(self, data: Path | None, rejections_in_a_row: int, metrics_port: int) -> None:
        self._meter = Meter("gate", data)
        self._limit = rejections_in_a_row
        self.records_in = self.accepted = self.rejected = self.let_go = self.taken_back = self.transactions = 0
        self.releases_ended = 0
        self._reasons: Counter[str] = Counter()
        self._types: Counter[str] = Counter()
        self._in_a_row: Counter[str] = Counter()
        self._last_event_ms: dict[str, int] = {}
        self._window: list[tuple[float, int]] = []
        registry = prometheus_client.CollectorRegistry()
        self._records = prometheus_client.Counter(
            "crossbeat_gate_records", "records judged", ["district", "outcome"], registry=registry
        )
        self._seconds = prometheus_client.Histogram(
            "crossbeat_gate_batch_seconds", "seconds from a batch read to its commit", registry=registry
        )
        if metrics_port:
            prometheus_client.start_http_server(metrics_port, "127.0.0.1", registry)

    def judged(self, verdict: Verdict, seconds: float) -> None:
        """Count a batch that is through."""
        outcomes: Counter[tuple[str, str]] = Counter()
        now = time.time() * 1000
        for accepted in verdict.accepted:
            owner = accepted.message.district
            outcomes[owner, "accepted"] += 1
            self._types[accepted.message.record_type] += 1
            event = accepted.seen.event_at
            # What is planned lies ahead, and has not happened.
            if now >= event > self._last_event_ms.get(owner, 0):
                self._last_event_ms[owner] = event
        for rejected in verdict.rejected:
            outcomes[rejected.message.district, rejected.reason] += 1
            self._reasons[rejected.reason] += 1
        for one in verdict.let_go:
            outcomes[one.message.district, "let_go"] += 1
        for (owner, outcome), count in outcomes.items():
            self._records.labels(owner, outcome).inc(count)
        self._seconds.observe(seconds)
        self.accepted += len(verdict.accepted)
        self.taken_back += sum(accepted.stub is not None for accepted in verdict.accepted)
        self.rejected += len(verdict.rejected)
        self.let_go += len(verdict.let_go)
        self.transactions += 1
        self.records_in = self.accepted + self.rejected + self.let_go
        self._watch(verdict)
        self._meter.set(batch_seconds=round(seconds, 4), batch_records=sum(outcomes.values()))

    def ended(self, count: int) -> None:
        """Count records whose release was ended."""
        self.releases_ended += count
        self.transactions += 1

    def show(self, lag: dict[str, int], districts: int, held: int, undecodable: int) -> None:
        """Write the file, if it is time."""
        now = time.monotonic()
        self._window = [(at, count) for at, count in self._window if now - at <= RATE_OVER_S]
        since, count = self._window[0] if self._window else (now, self.records_in)
        rate = (self.records_in - count) / (now - since) if now > since else 0.0
        self._window.append((now, self.records_in))
        self._meter.set(
            records_in=self.records_in,
            accepted=self.accepted,
            accepted_by_type=dict(self._types),
            taken_back=self.taken_back,
            releases_ended=self.releases_ended,
            rejected=self.rejected,
            rejected_by_reason=dict(self._reasons),
            let_go=self.let_go,
            transactions=self.transactions,
            records_per_s=round(rate, 1),
            lag=sum(lag.values()),
            lag_by_district=lag,
            held=held,
            undecodable=undecodable,
            districts=districts,
            last_event_ms=dict(self._last_event_ms),
            broken_feeds=",".join(sorted(name for name, row in self._in_a_row.items() if row >= self._limit)),
        )

    def close(self) -> None:
        """Write the last counts."""
        self._meter.flush()

    def _watch(self, verdict: Verdict) -> None:
        """Say loudly, once each time, that a district's feed is broken; and that it works again."""
        mended = {accepted.message.district for accepted in verdict.accepted}
        mended |= {one.message.district for one in verdict.let_go}
        for name in mended:
            if self._in_a_row.pop(name, 0) >= self._limit:
                log.warning("a district's records go through again", district=name)
        for rejected in verdict.rejected:
            name = rejected.message.district
            if name in mended:
                continue
            self._in_a_row[name] += 1
            if self._in_a_row[name] == self._limit:
                log.error(
                    "a district's feed is broken: every record is rejected, see its rejected topic",
                    district=name,
                    rejected_in_a_row=self._limit,
                    reason=rejected.reason,
                )
