"""The lines of a trial: records as people write them, made whole, with the watermarks that a live run would have.

A line is ``{"type": "incident", "record": {…}}``, in the order of arrival, or ``{"clock": "2025-03-01T12:00:00Z"}``,
which says that time has passed; with ``"settled": true`` nothing after it is read before all is told that was due by
then. Times are ISO 8601 or milliseconds UTC. What a record leaves out is null where it may be, empty for an array, the
default or the example of its contract otherwise; ``visible_to`` is its owner alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.pattern import CLOCK, Pattern, PatternError, Table, Value
from schemas import contracts
from schemas.contract import Field

SOURCE = "trial"
Line = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """A table that a pattern reads, as the lines of its file are made: its columns and its clock."""

    table: Table
    fields: tuple[Field, ...]
    late_ms: int

    @classmethod
    def of(cls, table: Table, values: Mapping[str, Value]) -> Source:
        """The table of a pattern whose settings have these values."""
        fields = contracts.get(table.contract).fields(table.stage)
        chosen = tuple(field for field in fields if not table.columns or field.name in table.columns)
        return cls(table, chosen, 1000 * int(values.get(table.disorder, table.disorder)))

    def row(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """A whole row in the terms of Flink's JSON format."""
        return {field.name: _written(field, record) for field in self.fields}


class Watermarks:
    """The clock of a trial: the least over the districts of the newest that each has sent, lifted by clock lines."""

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}
        self._floor: int | None = None

    def seen(self, district: str, at: int) -> None:
        """A record of a district, with its event time in milliseconds."""
        self._newest[district] = max(at, self._newest.get(district, at))

    def passed(self, at: int) -> None:
        """Time has passed everywhere."""
        self._floor = at if self._floor is None else max(self._floor, at)

    @property
    def now(self) -> int | None:
        """Where it stands; None before the first record. A new district may set it back: Flink keeps the most."""
        least = min(self._newest.values(), default=None)
        return max((each for each in (least, self._floor) if each is not None), default=None)


def render(
    pattern: Pattern, values: Mapping[str, Value], lines: Iterable[Line]
) -> tuple[dict[str, list[str]], list[int]]:
    """The files of a trial by table, and the watermark after each line, less no disorder (the least number before one).

    Raises:
        PatternError: a line that is of no table of the pattern, or not of the form that is asked for.
    """
    sources = {name: Source.of(table, values) for name, table in pattern.reads.items()}
    clock, files, stands = Watermarks(), defaultdict[str, list[str]](list), list[int]()
    before: int | None = None
    for number, line in enumerate(lines):
        for name, source, record in _records(pattern, sources, line, number):
            files[name].append(f"{number}\t{json.dumps(source.row(record))}")
            if source.table.event_time and source.table.contract != CLOCK:
                owner = str(record.get("district") or record.get("a_district") or "")
                clock.seen(owner, milliseconds(record[source.table.event_time]))
        if "clock" in line:
            clock.passed(milliseconds(line["clock"]))
        now = clock.now
        if now is not None and (before is None or now > before):
            before = now
            for name, source in sources.items():
                if source.table.event_time:
                    files[name].append(f"{number}\t@{now - source.late_ms}")
        if line.get("settled") and before is not None:
            _settle(files, sources, number, before)
        stands.append(before if before is not None else -(2**63))
    return {name: files[name] for name in sources}, stands


def _settle(files: dict[str, list[str]], sources: Mapping[str, Source], number: int, now: int) -> None:
    """Have every file wait at this line until the latest of its tables has come to now."""
    untimed = [name for name, source in sources.items() if not source.table.event_time]
    if untimed:
        raise PatternError(f"line {number + 1} cannot be settled: {', '.join(untimed)} has no event time")
    least = now - max(source.late_ms for source in sources.values())
    for name in sources:
        files[name].append(f"{number}\t#{least}")


def _records(
    pattern: Pattern, sources: Mapping[str, Source], line: Line, number: int
) -> Iterator[tuple[str, Source, Mapping[str, Any]]]:
    if "clock" in line:
        record: Mapping[str, Any] = {"at": line["clock"], "source": SOURCE}
        kind = CLOCK
    elif "type" in line and isinstance(line.get("record"), Mapping):
        kind, record = str(line["type"]), line["record"]
    else:
        raise PatternError(f'line {number + 1} must have "type" and "record", or "clock": {json.dumps(line)[:80]}')
    known = [(name, source) for name, source in sources.items() if source.table.contract == kind]
    if not known and kind != CLOCK:
        reads = ", ".join(sorted({source.table.contract for source in sources.values()}))
        raise PatternError(f"line {number + 1} is of type {kind}, but {pattern.name} reads {reads}")
    for name, source in known:
        yield name, source, record


def milliseconds(time: Any) -> int:
    """A time as people or contracts write it, in milliseconds UTC."""
    if isinstance(time, int):
        return time
    said = datetime.fromisoformat(str(time))
    return round((said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp() * 1000)


def iso(time: str) -> str:
    """A time that Flink wrote, as ISO 8601 in UTC."""
    return time.replace(" ", "T").removesuffix("Z") + "Z"


def _written(field: Field, record: Mapping[str, Any]) -> Any:
    value = record[field.name] if field.name in record else _default(field, record)
    if value is None or field.kind != "timestamp":
        return value
    at = datetime.fromtimestamp(milliseconds(value) / 1000, UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"


def _default(field: Field, record: Mapping[str, Any]) -> Any:
    if field.name == "visible_to":
        return [record["district"]] if "district" in record else []
    if field.nullable or field.array:
        return [] if field.array else None
    if "default" in field.avro:
        return field.avro["default"]
    return False if field.kind == "boolean" else field.notes.example


def read(file: Path) -> list[dict[str, Any]]:
    """The lines of a file.

    Raises:
        PatternError: a line that is no JSON object.
    """
    found: list[dict[str, Any]] = []
    for number, text in enumerate(file.read_text().splitlines(), 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError as error:
            raise PatternError(f"{file.name}:{number}: {error}") from error
        if not isinstance(line, dict):
            raise PatternError(f"{file.name}:{number} is no object")
        found.append(line)
    return found
