"""Does a record keep its contract? The gate asks this of every record, so a contract is made into closures once.

A record is a mapping of field names to values as Avro decodes them; a time is UTC milliseconds as an ``int``, or an
aware ``datetime``. Faults are values, not exceptions: bad input is ordinary here. Their messages name what is wrong and
what is allowed, never the value itself, which must not reach a log.

Measured on one core, ``python -m bench checker``: see ``infra/decisions/0021-checks-as-closures.md``.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from schemas import codes, rules
from schemas.contract import Contract, Field
from schemas.fault import Fault

__all__ = ["DEFAULT_SKEW_S", "Checker", "Fault", "system_clock"]

Check = Callable[[Any], "Problem | None"]
Clock = Callable[[], int]

TOO_LARGE = "too_large"
INTEGERS = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
LARGEST = {"float": 3.4028234663852886e38, "double": sys.float_info.max}
DEFAULT_SKEW_S = 300.0
# The last millisecond that every engine on the way can hold.
END_OF_TIME_MS = 253_402_300_799_999
# How many different texts of a field that repeats itself are remembered as good.
REMEMBERED = 4_096


class Problem(NamedTuple):
    """What is wrong with one value: the rejection reason, and words that go on from the field's name."""

    reason: str
    words: str


def system_clock() -> int:
    """UTC milliseconds by this machine."""
    return time.time_ns() // 1_000_000


class Checker:
    """The checks of one contract in one stage.

    Args:
        contract: the record type.
        stage: which of its stages.
        clock: UTC milliseconds; for fields that may not lie in the future.
        skew_s: how far, in seconds, a sender's clock may run ahead of that one.
    """

    def __init__(
        self, contract: Contract, stage: str, *, clock: Clock = system_clock, skew_s: float = DEFAULT_SKEW_S
    ) -> None:
        skew_ms = int(skew_s * 1000)

        def limit() -> int:
            return clock() + skew_ms

        fields = contract.fields(stage)
        self.contract = contract
        self.stage = stage
        self._checks = tuple((field.name, _missing(field), _field(field, limit)) for field in fields)
        self._names = frozenset(field.name for field in fields)
        self._rules = rules.of(contract)

    def check(self, record: Mapping[str, Any]) -> list[Fault]:
        """All faults of a record, in the order of its fields; empty where it keeps the contract."""
        faults: list[Fault] = []
        get = record.get
        for name, missing, check in self._checks:
            value = get(name)
            problem = missing if value is None else check(value)
            if problem is not None:
                faults.append(Fault(problem.reason, name, f"{name} {problem.words}"))
        if not faults:
            for rule in self._rules:
                fault = rule(record)
                if fault is not None:
                    faults.append(fault)
        if not record.keys() <= self._names:
            faults += [
                Fault("bad_value", name, f"{name} is no field of {self.contract.name}: leave it out")
                for name in sorted(map(str, record.keys() - self._names))
            ]
        return faults


def _missing(field: Field) -> Problem | None:
    """What is wrong with no value: nothing, where it may be null."""
    return None if field.nullable else Problem(field.notes.reason, "is missing: it may not be left out or null")


def _field(field: Field, limit: Clock) -> Check:
    return _array(field, limit) if field.array else _value(field, limit)


def _value(field: Field, limit: Clock) -> Check:
    if field.notes.code_list:
        return _coded(field)
    if field.kind in INTEGERS:
        return _integer(field)
    makers: dict[str, Callable[[Field], Check]] = {
        "string": _text,
        "bytes": _bytes,
        "boolean": _boolean,
        "float": _number,
        "double": _number,
        "timestamp": lambda said: _timestamp(said, limit),
    }
    return makers[field.kind](field)


def _array(field: Field, limit: Clock) -> Check:
    item = _value(field, limit)
    least, most = field.notes.min_items or 0, field.notes.max_items or 2**31
    not_array = Problem(field.notes.reason, "must be an array")
    too_few = Problem(field.notes.reason, f"has too few items: at least {least}")
    too_many = Problem(TOO_LARGE, f"has too many items: at most {most:,}")

    def check(values: Any) -> Problem | None:
        if type(values) is not list:
            return not_array
        if not least <= len(values) <= most:
            return too_few if len(values) < least else too_many
        for value in values:
            problem = item(value)
            if problem is not None:
                return Problem(problem.reason, f"has an item that {problem.words}")
        return None

    return check


def _coded(field: Field) -> Check:
    name = field.notes.code_list or ""
    known = frozenset(codes.get(name).codes)
    shown = ", ".join(sorted(known)) if len(known) <= 8 else f"schemas/codes/{name}.toml lists them"
    unknown = Problem(field.notes.reason, f"is no code of the list {name}: {shown}")

    def check(value: Any) -> Problem | None:
        return None if type(value) is str and value in known else unknown

    return check


def _text(field: Field) -> Check:
    notes = field.notes
    least, most = notes.min_length or 0, notes.max_length or 2**31
    match = re.compile(notes.pattern).fullmatch if notes.pattern else None
    not_text = Problem(notes.reason, "must be text")
    too_short = Problem(notes.reason, f"is too short: at least {least} characters")
    too_long = Problem(TOO_LARGE, f"is too long: at most {most:,} characters")
    unlike = Problem(notes.reason, f"is not written as it must be: {notes.pattern}")

    def check(value: Any) -> Problem | None:
        if type(value) is not str:
            return not_text
        if not least <= len(value) <= most:
            return too_short if len(value) < least else too_long
        return None if match is None or match(value) else unlike

    return _remembering(check) if match and notes.repeats else check


def _remembering(check: Check) -> Check:
    """The same check, which looks twice only at texts that it has not found good before."""
    good: set[str] = set()

    def remembering(value: Any) -> Problem | None:
        if type(value) is str and value in good:
            return None
        problem = check(value)
        if problem is None and len(good) < REMEMBERED:
            good.add(value)
        return problem

    return remembering


def _bytes(field: Field) -> Check:
    most = field.notes.max_length or 2**31
    not_bytes = Problem(field.notes.reason, "must be bytes")
    too_long = Problem(TOO_LARGE, f"is too long: at most {most:,} bytes")

    def check(value: Any) -> Problem | None:
        if type(value) is not bytes:
            return not_bytes
        return None if len(value) <= most else too_long

    return check


def _boolean(field: Field) -> Check:
    neither = Problem(field.notes.reason, "must be true or false")

    def check(value: Any) -> Problem | None:
        return None if type(value) is bool else neither

    return check


def _integer(field: Field) -> Check:
    notes = field.notes
    smallest, largest = INTEGERS[field.kind]
    least = smallest if notes.minimum is None else int(notes.minimum)
    most = largest if notes.maximum is None else int(notes.maximum)
    wrong = Problem(notes.reason, f"must be a whole number from {least:,} to {most:,}")

    def check(value: Any) -> Problem | None:
        return None if type(value) is int and least <= value <= most else wrong

    return check


def _number(field: Field) -> Check:
    notes = field.notes
    # NaN compares with nothing and infinity lies beyond these, so one comparison finds them all.
    least = -LARGEST[field.kind] if notes.minimum is None else notes.minimum
    most = LARGEST[field.kind] if notes.maximum is None else notes.maximum
    unit = f" {notes.unit}" if notes.unit else ""
    wrong = Problem(notes.reason, f"must be a finite number between {least:g} and {most:g}{unit}")

    def check(value: Any) -> Problem | None:
        return None if (type(value) is float or type(value) is int) and least <= value <= most else wrong

    return check


def _timestamp(field: Field, limit: Clock) -> Check:
    notes = field.notes
    earliest = -(2**63) if notes.earliest is None else int(notes.earliest.timestamp() * 1000)
    not_time = Problem(notes.reason, "must be a time: UTC milliseconds")
    too_early = Problem(notes.reason, f"is too early: none before {notes.earliest:%Y-%m-%d}" if notes.earliest else "")
    in_future = Problem(notes.reason, "lies in the future: check the sender's clock and time zone")
    too_late = Problem(notes.reason, "is later than the year 9999")
    no_future = notes.latest == "now"
    last = limit() if no_future else END_OF_TIME_MS

    def check(value: Any) -> Problem | None:
        nonlocal last
        if type(value) is not int:
            if not isinstance(value, datetime) or value.tzinfo is None:
                return not_time
            value = int(value.timestamp() * 1000)
        if earliest <= value <= last:
            return None
        if value < earliest:
            return too_early
        if not no_future:
            return too_late
        # The clock is asked only here: what was not in the future a moment ago is not so now.
        last = limit()
        return in_future if value > last else None

    return check
