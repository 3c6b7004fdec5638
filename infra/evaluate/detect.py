"""What each pattern says of records in their order of arrival, and when it would have said it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.simulate.send import TICK_MS
from infra.evaluate.gated import Line
from jobs import pattern
from jobs.pattern import CLOCK, Pattern
from jobs.trial import Came, Trial
from jobs.trial_lines import milliseconds
from schemas import contracts
from streams.settings import Settings

NEVER = -(2**62)
TIMES = tuple(field.name for field in contracts.get("alert").fields("result") if field.kind == "timestamp")


@dataclass(frozen=True)
class Raised:
    """One alert with the moment (UTC ms) at which it came, and how many lines its pattern had read by then."""

    alert: dict[str, Any]
    at: int
    read: int


class Runs:
    """Runs patterns over lines with ``arrived_at``; what one of them writes for another is computed once.

    ``until``: time passes up to then (UTC ms), also where no line says so; by default up to the last line.
    """

    def __init__(self, trial: Trial, configured: Settings, given: Sequence[Line], until: int | None = None) -> None:
        self._trial, self._configured, self._given, self._until = trial, configured, given, until
        self._written: dict[str, list[Line]] = {}

    def alerts(self, name: str) -> tuple[list[Raised], list[int]]:
        """The alerts of a pattern, and the arrival of each line that it read (UTC ms, ascending)."""
        loaded = pattern.load(name)
        lines = self._lines(loaded)
        came, stands = self._trial.watch(name, lines)
        arrivals = [int(line["arrived_at"]) for line in lines]
        places = _Places(lines, stands, _late_ms(loaded, self._configured))
        raised = [_raised(one, places, arrivals) for one in came if loaded.writes[one.table].contract == "alert"]
        return raised, arrivals

    def _lines(self, loaded: Pattern) -> list[Line]:
        """The lines that it reads: given ones, what another pattern makes of them, ticks where it reads a clock."""
        kinds = {table.contract for table in loaded.reads.values()}
        mine = [line for line in self._given if (CLOCK if "clock" in line else line["type"]) in kinds]
        for writer in _writers(kinds, loaded.name):
            mine += self._of(writer, kinds)
        mine.sort(key=lambda line: int(line["arrived_at"]))
        return list(_ticking(mine, self._until)) if CLOCK in kinds else mine

    def _of(self, writer: str, kinds: set[str]) -> list[Line]:
        if writer not in self._written:
            loaded = pattern.load(writer)
            lines = self._lines(loaded)
            came, stands = self._trial.watch(writer, lines)
            places = _Places(lines, stands, _late_ms(loaded, self._configured))
            self._written[writer] = [
                {
                    "type": loaded.writes[one.table].contract,
                    "record": one.row,
                    "arrived_at": lines[places.of(one, (one.row["a_record_id"], one.row.get("b_record_id")))][
                        "arrived_at"
                    ],
                }
                for one in came
                if "a_record_id" in one.row
            ]
        return [line for line in self._written[writer] if line["type"] in kinds]


class _Places:
    """Tells after which line a row came, which Flink does not say.

    A row that a record caused came with the last of its evidence; one that a timer caused, when the watermark went past
    what it was as the row came.
    """

    def __init__(self, lines: Sequence[Line], stands: list[int], late_ms: int) -> None:
        self._stands, self._late_ms = stands, late_ms
        self._first: dict[str, int] = {}
        for place, line in enumerate(lines):
            if "record" in line:
                self._first.setdefault(str(line["record"].get("record_id") or line["record"].get("link_id")), place)
                for side in ("a_record_id", "b_record_id"):
                    if side in line["record"]:
                        self._first.setdefault(str(line["record"][side]), place)

    def of(self, came: Came, evidence: Sequence[str | None]) -> int:
        """The place of the line."""
        last = max((self._first[one] for one in evidence if one in self._first), default=0)
        if not NEVER < came.watermark < -NEVER or came.watermark + self._late_ms <= self._stands[last]:
            return last
        return min(bisect_right(self._stands, came.watermark + self._late_ms), len(self._stands) - 1)


def _raised(came: Came, places: _Places, arrivals: list[int]) -> Raised:
    place = places.of(came, came.row["incidents"])
    alert = came.row | {name: milliseconds(came.row[name]) for name in TIMES}
    return Raised(alert, arrivals[place], place)


def _writers(kinds: set[str], reader: str) -> list[str]:
    """Patterns that write what it reads."""
    results = {
        kind for kind in kinds if kind not in {CLOCK, "rejection"} and "shared" not in contracts.get(kind).stages
    }
    loaded = [pattern.load(name) for name in pattern.names() if name != reader]
    return [one.name for one in loaded if results & {table.contract for table in one.writes.values()}]


def _late_ms(loaded: Pattern, configured: Settings) -> int:
    values = loaded.resolved(configured)
    timed = [table for table in loaded.reads.values() if table.event_time]
    return max((1000 * int(values.get(table.disorder, table.disorder)) for table in timed), default=0)


def _ticking(lines: list[Line], until: int | None) -> Iterator[Line]:
    """The lines with a heartbeat whenever some minutes have passed."""
    at = lines[0]["arrived_at"] if lines else 0
    for line in lines:
        yield from _ticks(at, line["arrived_at"])
        at = max(at, at + (line["arrived_at"] - at - 1) // TICK_MS * TICK_MS)
        yield line
    if lines and until is not None:
        yield from _ticks(at, until)


def _ticks(since: int, until: int) -> Iterator[Line]:
    """Heartbeats between two moments, neither of them among them."""
    for at in range(since + TICK_MS, until, TICK_MS):
        yield {"clock": at, "arrived_at": at}
