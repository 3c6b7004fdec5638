"""Whether a record costs the same and state stays as large, as the pairs' job runs on: 20 million records, one city.

The job runs while records are published beside it, so that the figure is processor time a record, not records a
second. ``python -m bench.growth [MILLIONS] [PICTURE.svg]`` starts a stack of its own and draws; some twelve minutes.
``CROSSBEAT_FLINK__STATE_BACKEND=rocksdb`` measures the same with state on disk.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench import jobs_process, join_world, stacks
from bench.filling import fill, paced
from bench.jobs_process import BenchFailed
from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import rest
from streams.settings import Settings

PATTERN = "linked_incidents"
MILLION = 1_000_000
RECORDS_PER_S = 30_000
"""Slower than the job: one that lags reads some districts far ahead of others, and keeps what lies between."""
SOON = '{"linked_incidents": {"idle_s": 5}}'
"""Four partitions have no district, and hold the clock until they count as silent; years pass in that while."""
LOOK_EVERY_S = 0.5
LIMIT_S = 3_600.0


def run(settings: Settings, millions: int = 20) -> dict[str, Any]:
    """Publish and pair so many million incidents of Toronto's density.

    Returns:
        ``millions``, ``seconds``, and a list a million of ``cpu_us_per_record`` (the jobs' JVM), ``state_mb`` (the
        newest checkpoint), ``resident_mb``; ``cost_ratio`` and ``state_ratio``: the last quarter's mean to that of the
        second quarter (the first one warms the JVM).

    Raises:
        BenchFailed: the job ended or came to a stand.
    """
    parts.ensure(FLINK_JARS, settings)
    failed: list[BaseException] = []

    def publish() -> None:
        try:
            fill(settings, paced(join_world.messages(settings, 0, millions * MILLION), RECORDS_PER_S))
        except BaseException as error:  # a thread cannot raise to anyone: the loop below does
            failed.append(error)

    costs, states, resident = [], [], []
    with jobs_process.at_work(settings, [PATTERN], CROSSBEAT_PATTERNS=SOON) as jobs:
        stacks.wait_patterns(settings, jobs.check, [PATTERN])
        (job_id,) = jobs.job_ids().values()
        began = time.monotonic()
        threading.Thread(target=publish, daemon=True).start()
        read, cpu = 0, jobs.cpu_s()
        while len(costs) < millions:
            time.sleep(LOOK_EVERY_S)
            jobs.check()
            if failed:
                raise BenchFailed(f"nothing more is published: {failed[0]}")
            if time.monotonic() - began > LIMIT_S:
                raise BenchFailed(f"only {read:,} records in {LIMIT_S:.0f} s")
            try:
                now, spent = jobs.read(job_id), jobs.cpu_s()
                if now < (len(costs) + 1) * MILLION:
                    continue
                state = jobs.checkpoint(job_id)["bytes"]
            except rest.FlinkUnreachable:
                continue
            costs.append(round((spent - cpu) * 1e6 / (now - read), 2))
            states.append(round(state / 1e6, 1))
            resident.append(jobs.resident_mb())
            read, cpu = now, spent
        seconds = time.monotonic() - began
    return {
        "millions": millions,
        "seconds": round(seconds),
        "cpu_us_per_record": costs,
        "state_mb": states,
        "resident_mb": resident,
        "cost_ratio": _ratio(costs),
        "state_ratio": _ratio(states),
    }


def _ratio(values: list[float]) -> float:
    quarter = max(len(values) // 4, 1)
    early, late = values[quarter : 2 * quarter] or values, values[-quarter:]
    return round(sum(late) / len(late) / (sum(early) / len(early)), 2)


def draw(result: dict[str, Any], path: Path) -> None:
    """Cost and state by million, as one SVG."""
    curves = (("processor µs a record", result["cpu_us_per_record"]), ("checkpoint, MB", result["state_mb"]))
    parts = []
    for number, (title, values) in enumerate(curves):
        top, most = 40 + number * 170, max(values) or 1
        spots = [
            (60 + 600 * index / max(len(values) - 1, 1), top + 120 - 110 * value / most)
            for index, value in enumerate(values)
        ]
        parts.append(f'<text x="60" y="{top - 12}">{title}: {min(values):,} to {max(values):,}</text>')
        parts.append(f'<path d="M60 {top}V{top + 120}H660" fill="none" stroke="#888"/>')
        parts.append(f'<text x="52" y="{top + 14}" text-anchor="end">{most:,}</text>')
        parts.append(f'<text x="52" y="{top + 122}" text-anchor="end">0</text>')
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts.append(f'<polyline points="{points}" fill="none" stroke="#2a78d6" stroke-width="2"/>')
    parts.append(f'<text x="660" y="350" text-anchor="end">{result["millions"]} million records</text>')
    style = "<style>text{font:13px system-ui,sans-serif;fill:#222}</style>"
    back = '<rect width="700" height="365" fill="#fff"/>'
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 365">{style}{back}{"".join(parts)}</svg>\n',
        encoding="utf-8",
    )


def main() -> None:
    """Print the figures of one run, and draw them."""
    from rich import print_json

    with stacks.stack() as (settings, _):
        result = run(settings, int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    print_json(data=result)
    if len(sys.argv) > 2:
        draw(result, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
