"""What feed_health tells hangs on when things happened, not on which of its topics was read first."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.trial import Trial

pytestmark = [pytest.mark.server, pytest.mark.timeout(120)]
TRIES = ("feed_health",)
START = datetime(2025, 3, 3, tzinfo=UTC)
DAYS = 7
AHEAD_MINUTES = 9
"""Within the ten minutes by which records may be out of order."""
STAMPS = ("sent", "effective")
Line = dict[str, Any]


def iso(minute: float) -> str:
    return (START + timedelta(minutes=minute)).isoformat()


def lines() -> list[tuple[float, Line]]:
    """A week of two cameras by events and counts of reads, each with its minute; one camera dies on the sixth day."""
    chance, made = random.Random(5), list[tuple[float, Line]]()
    last, dies = DAYS * 1_440, 5.5 * 1_440
    for camera in ("cam-1", "cam-2"):
        minute = 0.0
        while (minute := minute + chance.expovariate(1 / 40)) < (dies if camera == "cam-2" else last):
            event = {
                "record_id": f"north:{camera}-{len(made)}", "district": "north", "visible_to": ["north"],
                "camera": camera, "lat": 43.6, "lon": -79.4,
                "recorded_at": iso(minute), "gated_at": iso(minute + 0.1),
            }  # fmt: skip
            made.append((minute, {"type": "camera_event", "record": event}))
    for minute in range(5, last, 5):
        seen = [
            camera for camera in ("cam-1", "cam-2") if chance.random() < 0.2 and (camera == "cam-1" or minute < dies)
        ]
        if seen:
            hour = START + timedelta(hours=minute // 60)
            count = {
                "district": "north", "hour": hour.isoformat(), "gate": "gate-1",
                "since": START.isoformat(), "counted_at": iso(minute),
                "reads": 9, "asked_for": 0, "cameras": seen, "let_go": len(seen), "quickest_s": 4,
            }  # fmt: skip
            made.append((minute, {"type": "read_count", "record": count}))
    return made


def told(trial: Trial, ahead: str | None) -> list[str]:
    """The alerts, where the lines of one type come so many minutes before those of the other."""
    order = sorted(lines(), key=lambda each: each[0] - (AHEAD_MINUTES if each[1]["type"] == ahead else 0))
    rows = trial.run("feed_health", [*(line for _, line in order), {"clock": iso(DAYS * 1_440 + 60), "settled": True}])
    return sorted(json.dumps({k: v for k, v in row.items() if k not in STAMPS}, sort_keys=True) for _, row in rows)


def test_which_topic_is_read_first_changes_nothing(trial: Trial) -> None:
    expected = told(trial, None)
    assert any("Camera cam-2 of north has told nothing for" in row for row in expected), expected
    assert not any("cam-1" in json.loads(row)["headline"] for row in expected)
    assert told(trial, "read_count") == expected
    assert told(trial, "camera_event") == expected
