"""Read a written city back, in the order of arrival: what a replay sends and an evaluation compares."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import fastavro

from connectors.simulate.world import Record, Sent


def records(folder: Path) -> Iterator[Sent]:
    """All records in the order of arrival, one at a time; memory stays constant.

    Raises:
        OSError: the folder holds no written city.
    """
    with ExitStack() as stack:
        order = csv.reader(stack.enter_context((folder / "arrivals.csv").open(encoding="utf-8")))
        next(order)
        files: dict[tuple[str, str], Iterator[Record]] = {}
        for arrived_at, district, kind in order:
            if (district, kind) not in files:
                files[district, kind] = _open(stack, folder / "records" / district / kind)
            yield Sent(int(arrived_at), district, kind, next(files[district, kind]))


def truth(folder: Path) -> dict[str, Any]:
    """The truth of a written city."""
    found: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return found


def _open(stack: ExitStack, path: Path) -> Iterator[Record]:
    lines = path.with_suffix(".jsonl")
    if lines.exists():
        return map(json.loads, stack.enter_context(lines.open(encoding="utf-8")))
    return map(_in_milliseconds, fastavro.reader(stack.enter_context(path.with_suffix(".avro").open("rb"))))


def _in_milliseconds(record: Any) -> Record:
    """A record with its times as in JSON lines: UTC ms."""
    return {
        name: round(value.timestamp() * 1_000) if isinstance(value, datetime) else value
        for name, value in record.items()
    }
