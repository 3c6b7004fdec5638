"""What the live view and the summary count: one snapshot of every stage, and the story the snapshots tell."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from streams import metrics

# Stage -> (title, worker whose counters are read, counter). The order is the way of a record.
STAGES: dict[str, tuple[str, str, str]] = {
    "publish": ("districts publish", "backfill", "published"),
    "gate": ("gate shares", "gate", "accepted"),
    "join": ("Flink joins", "jobs", "linked_incidents.records_in"),
    "pairs": ("pairs across borders", "jobs", "linked_incidents.link"),
    "land": ("rows in ClickHouse", "loader", "landed"),
}


def _numbers(worker: str, data: Path) -> dict[str, int]:
    """The newest counters of a worker that are numbers; none if it has not written any yet."""
    read = metrics.read(worker, data)
    return {name: int(value) for name, value in read.items() if isinstance(value, int | float)}


@dataclass
class Stage:
    """One stage's count over time. Times are seconds of the monotonic clock."""

    title: str
    records: int = 0
    started: float | None = None
    changed: float | None = None
    recent: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=12))
    rates: deque[float] = field(default_factory=lambda: deque(maxlen=24))

    def see(self, now: float, records: int) -> None:
        """Take the newest count. A worker that was restarted counts from its own start: a lower count is kept out."""
        if records > self.records:
            self.started = self.started if self.started is not None else now
            self.changed = now
            self.records = records
        self.recent.append((now, self.records))
        self.rates.append(self.rate)

    @property
    def rate(self) -> float:
        """Records a second over the last snapshots."""
        if len(self.recent) < 2:
            return 0.0
        (t0, n0), (t1, n1) = self.recent[0], self.recent[-1]
        return (n1 - n0) / (t1 - t0) if t1 > t0 else 0.0

    @property
    def seconds(self) -> float:
        """From the first record seen to the last; at least one snapshot's length, so that a rate is never infinite."""
        if self.started is None or self.changed is None:
            return 0.0
        return max(self.changed - self.started, 0.25)


@dataclass
class Numbers:
    """All stages, the totals beside them, and the memory of the whole."""

    data: Path
    stages: dict[str, Stage] = field(default_factory=lambda: {k: Stage(v[0]) for k, v in STAGES.items()})
    rejected: int = 0
    late: int = 0
    behind: dict[str, int] = field(default_factory=dict)
    peak_rss_mb: dict[str, float] = field(default_factory=dict)
    peak_total_mb: float = 0.0

    def snapshot(self) -> None:
        """Read every worker's counters once."""
        now = time.monotonic()
        read = {worker: _numbers(worker, self.data) for worker in {v[1] for v in STAGES.values()}}
        for name, (_, worker, counter) in STAGES.items():
            self.stages[name].see(now, read[worker].get(counter, 0))
        self.rejected = read["gate"].get("rejected", 0) + read["backfill"].get("rejected", 0)
        self.late = read["jobs"].get("linked_incidents.late_record", 0)
        publish, gate, join = (self.stages[n].records for n in ("publish", "gate", "join"))
        self.behind = {
            "gate": max(0, publish - gate - read["gate"].get("rejected", 0)),
            "join": max(0, gate - join),
            "land": read["loader"].get("lag", 0),
        }

    def see_memory(self, by_process: dict[str, float]) -> None:
        """Keep the peaks. `by_process`: resident megabytes by the process's name."""
        for name, megabytes in by_process.items():
            self.peak_rss_mb[name] = max(self.peak_rss_mb.get(name, 0.0), megabytes)
        self.peak_total_mb = max(self.peak_total_mb, sum(by_process.values()))
