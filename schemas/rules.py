"""Rules between the fields of one record, made from what its contract says of them.

Each rule is asked only of a record whose fields are good one by one. It has its words too, for the reference page, so
that what is checked and what is told are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from schemas.contract import DAY_MS, Contract
from schemas.fault import Fault

Record = Mapping[str, Any]


class Rule(Protocol):
    """Tells the fault of a record against it, or None."""

    @property
    def words(self) -> str:
        """The rule in a sentence, in Markdown."""

    def __call__(self, record: Record) -> Fault | None:
        """The fault, if there is one."""


@dataclass(frozen=True, slots=True)
class Order:
    """A time is never later than another; nothing is asked while one of them is null."""

    low: str
    high: str
    reason: str

    @property
    def words(self) -> str:
        """The rule in a sentence."""
        return f"`{self.low}` is never later than `{self.high}`."

    def __call__(self, record: Record) -> Fault | None:
        """A fault of the earlier one."""
        low, high = record.get(self.low), record.get(self.high)
        if low is None or high is None or _ms(low) <= _ms(high):
            return None
        return Fault(self.reason, self.low, f"{self.low} is later than {self.high}: it may be no later")


@dataclass(frozen=True, slots=True)
class Within:
    """A time is at most so many days after another."""

    low: str
    high: str
    days: int
    reason: str

    @property
    def words(self) -> str:
        """The rule in a sentence."""
        return f"`{self.high}` is at most {self.days} days after `{self.low}`."

    def __call__(self, record: Record) -> Fault | None:
        """A fault of the later one."""
        low, high = record.get(self.low), record.get(self.high)
        if low is None or high is None or _ms(high) - _ms(low) <= self.days * DAY_MS:
            return None
        return Fault(self.reason, self.high, f"{self.high} is more than {self.days} days after {self.low}")


@dataclass(frozen=True, slots=True)
class Together:
    """Fields of which either all are given or none."""

    fields: tuple[str, ...]
    reason: str

    @property
    def words(self) -> str:
        """The rule in a sentence."""
        return f"{_and(self.fields)} are given together or not at all."

    def __call__(self, record: Record) -> Fault | None:
        """A fault of the first that is missing."""
        missing = [name for name in self.fields if record.get(name) is None]
        if not missing or len(missing) == len(self.fields):
            return None
        return Fault(
            self.reason, missing[0], f"{missing[0]} is missing: give {', '.join(self.fields)}, or none of them"
        )


@dataclass(frozen=True, slots=True)
class Needed:
    """A field that must be given when a coded field has one of some codes."""

    field: str
    coded: str
    codes: tuple[str, ...]
    reason: str

    @property
    def words(self) -> str:
        """The rule in a sentence."""
        return f"`{self.field}` must be given when `{self.coded}` is {_or(self.codes)}."

    def __call__(self, record: Record) -> Fault | None:
        """A fault of the field that is missing."""
        if record.get(self.field) is not None or record.get(self.coded) not in self.codes:
            return None
        return Fault(self.reason, self.field, f"{self.field} is missing: a {self.coded} of this code needs it")


@dataclass(frozen=True, slots=True)
class Only:
    """A field that may be given only when a coded field has one of some codes."""

    field: str
    coded: str
    codes: tuple[str, ...]
    reason: str

    @property
    def words(self) -> str:
        """The rule in a sentence."""
        return f"`{self.field}` may be given only when `{self.coded}` is {_or(self.codes)}."

    def __call__(self, record: Record) -> Fault | None:
        """A fault of the field that is given."""
        if record.get(self.field) is None or record.get(self.coded) in self.codes:
            return None
        return Fault(
            self.reason, self.field, f"{self.field} goes only with {self.coded} {' or '.join(self.codes)}: leave it out"
        )


def of(contract: Contract) -> tuple[Rule, ...]:
    """All rules of a contract; they hold in each of its stages."""
    reasons = {field.name: field.notes.reason for field in contract.fields(contract.stages[0])}
    notes = contract.notes
    return (
        *(Order(low, high, reasons[low]) for low, high in contract.order),
        *(Within(low, high, days, reasons[high]) for low, high, days in notes.within),
        *(Together(names, reasons[names[0]]) for names in contract.together),
        *(Needed(name, one.field, one.codes, reasons[name]) for one in notes.needed_when for name in one.fields),
        *(Only(name, one.field, one.codes, reasons[name]) for one in notes.only_when for name in one.fields),
    )


def _ms(moment: int | datetime) -> int:
    return moment if isinstance(moment, int) else int(moment.timestamp() * 1000)


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _or(codes: tuple[str, ...]) -> str:
    return " or ".join(f"`{code}`" for code in codes)
