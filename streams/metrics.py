"""Counters of a worker, for `crossbeat status` and the live view: a small JSON file, written at most once a second.

A file rather than a port: it needs no server, survives its writer (a dead worker is seen by its pid and by the age
of `updated_at`), and is read by any process that knows the data folder.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from streams import settings

Value = int | float | str | None | Mapping[str, int] | Mapping[str, float]
INTERVAL_S = 1.0


class Meter:
    """The counters of one worker in ``<data>/run/<worker>.json``.

    The file holds ``name``, ``pid``, ``updated_at`` (seconds since the epoch) and whatever was set. It is replaced
    whole by a rename, so a reader never sees half of it.
    """

    def __init__(self, name: str, data: Path | None = None) -> None:
        self.name = name
        self.path = (data or settings.load().data) / "run" / f"{name}.json"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._values: dict[str, Value] = {}
        self._written = 0.0

    def set(self, **numbers: Value) -> None:
        """Keep these values, and write the file if the last write is a second old."""
        self._values.update(numbers)
        if time.monotonic() - self._written >= INTERVAL_S:
            self.flush()

    def add(self, **numbers: float) -> None:
        """Add to counters; those not yet there begin at nought. Written as by :meth:`set`."""
        for name, number in numbers.items():
            before = self._values.get(name, 0)
            self._values[name] = (before if isinstance(before, int | float) else 0) + number
        self.set()

    def flush(self) -> None:
        """Write now; a worker calls it last, so that its final counts are the ones seen."""
        self._written = time.monotonic()
        body = {"name": self.name, "pid": os.getpid(), "updated_at": time.time(), **self._values}
        temporary = self.path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps(body))
        temporary.replace(self.path)


def read(name: str, data: Path) -> dict[str, object]:
    """What a worker last wrote; empty when it never did."""
    try:
        found = json.loads((data / "run" / f"{name}.json").read_text())
    except FileNotFoundError:
        return {}
    return dict(found)
