"""The counts at the end, each from the store that users read, and the pairs once more by brute force."""

from __future__ import annotations

from typing import Any

from connectors.loader.store import connect
from infra.demo.numbers import Numbers
from jobs.patterns.linked_incidents import catchup
from jobs.patterns.linked_incidents.reference import pairs
from jobs.patterns.linked_incidents.shared import read_shared
from streams import metrics
from streams.settings import Settings

# FINAL and uniqExact: what a replay wrote twice counts once.
COUNTS = {
    "landed": "SELECT uniqExact(record_id) FROM incidents",
    "rejected": "SELECT uniqExact(rejection_id) FROM rejections",
    "pairs": "SELECT uniqExact(link_id) FROM links",
    "alerts": "SELECT uniqExact(identifier) FROM alerts",
}


def counts(settings: Settings) -> dict[str, int]:
    """What ClickHouse holds now, by name."""
    client = connect(settings)
    try:
        return {name: int(client.query(sql).result_rows[0][0]) for name, sql in COUNTS.items()}
    finally:
        client.close()


def measure(settings: Settings, numbers: Numbers) -> dict[str, Any]:
    """The result of a demo, but for the time of its first alert; see docs/operators.md for each name."""
    late = catchup.run(settings)
    found = counts(settings)
    published = metrics.read("backfill", settings.data)
    return {
        "records_in": int(str(published.get("rows", 0))),
        **found,
        "pairs_brute_force": len(pairs(read_shared(settings))),
        "peak_rss_mb": round(numbers.peak_total_mb, 1),
        "peak_rss_mb_by_process": {name: round(value, 1) for name, value in sorted(numbers.peak_rss_mb.items())},
        "late": numbers.late,
        "pairs_by_catch_up": late.written,
        "stages": [
            {
                "name": name,
                "records": stage.records,
                "seconds": round(stage.seconds, 2),
                "records_per_s": round(stage.records / stage.seconds) if stage.seconds else 0,
            }
            for name, stage in numbers.stages.items()
        ],
    }
