"""What a mapping may say of a time and of one field, as pydantic models."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Scalar = bool | int | float | str
Leaf = Scalar | tuple[Scalar, ...]
"""A shared value; several where the field holds an array."""
Branch = dict[str, Leaf | dict[str, Leaf]]
Codes = dict[str, Leaf | Branch]
"""Local value -> shared value; for joined columns a table in a table, three deep at most."""
ANY = "*"
"""In a table of codes: every other value of this column."""


class Strict(BaseModel):
    """A table of the file: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(Strict):
    """How a time is told, where it is told at all."""

    column: str | None = None
    columns: tuple[str, ...] | None = None
    separator: str = " "
    hour: str | None = Field(None, description="column with a whole hour, 0-23, added to the date")
    clock: str | None = Field(None, description="column with hours and minutes: 930, 0930, 9:30, 09:30:00")
    format: str | tuple[str, ...] | None = Field(None, description="as of strptime; several are tried in turn")

    @model_validator(mode="after")
    def _either(self) -> Self:
        if self.column is not None and self.columns is not None:
            raise ValueError("give exactly one of: column, columns")
        if self.hour is not None and self.clock is not None:
            raise ValueError("give hour or clock, not both")
        return self

    def told(self) -> bool:
        """Whether it names a column at all."""
        return self.column is not None or self.columns is not None

    def sources(self) -> tuple[str, ...]:
        """Every column it reads."""
        first = self.columns if self.columns is not None else (self.column,)
        return tuple(name for name in (*first, self.hour, self.clock) if name is not None)


class Moment(Told):
    """A point in time from one column, several joined, or a date with an hour or a clock column."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.told():
            raise ValueError("give exactly one of: column, columns")
        return self


class FieldFrom(Strict):
    """One field of the record: from a column, from several joined, made up of them, or constant."""

    column: str | None = None
    columns: tuple[str, ...] | None = None
    separator: str = " "
    template: str | None = Field(None, description="text with columns in braces")
    constant: Leaf | None = None
    plate: str | None = Field(None, description="column with a plate, which becomes the district's keyed token")
    hash_of: tuple[str, ...] | None = Field(None, description="columns that become a keyed number that tells nothing")
    cell_of_place: Literal[True] | None = Field(None, description="the H3 cell in which the row's place lies")
    split: str | None = Field(None, min_length=1, description="what parts the items of an array")
    codes: Codes | None = Field(None, description="local value -> shared value")
    default: Scalar | None = Field(None, description="for values that codes does not name")
    empty: Leaf | None = Field(None, description="for rows where the column is empty")
    unit: Literal["m", "km", "ft", "yd", "mi"] | None = None
    scale: float | None = Field(None, description="the number is multiplied by it: 0.01 for per cent")
    decimal: Literal[".", ","] = "."
    hour: str | None = None
    clock: str | None = None
    format: str | tuple[str, ...] | None = None
    plus_days: float | None = Field(None, description="days added to a time")
    when: dict[str, tuple[str, ...]] | None = Field(None, description="only where other fields have these codes")

    @model_validator(mode="after")
    def _one(self) -> Self:
        ways = (self.column, self.columns, self.template, self.constant, self.plate, self.hash_of, self.cell_of_place)
        if sum(way is not None for way in ways) != 1:
            raise ValueError(
                "give exactly one of: column, columns, template, constant, plate, hash_of, cell_of_place = true"
            )
        if self.default is not None and self.codes is None:
            raise ValueError("default goes with codes; for an empty column say empty = …")
        return self

    def sources(self) -> tuple[str, ...]:
        """Every column it reads."""
        names = (self.column, self.plate, *(self.columns or ()), *(self.hash_of or ()), self.hour, self.clock)
        return (*(name for name in names if name is not None), *template_columns(self.template or ""))

    def secret(self) -> tuple[str, ...]:
        """The columns that must not leave the district as they are."""
        return self.hash_of or (() if self.plate is None else (self.plate,))

    def moment(self) -> Moment:
        """Its keys about time."""
        return Moment(
            column=self.column,
            columns=self.columns,
            separator=self.separator,
            hour=self.hour,
            clock=self.clock,
            format=self.format,
        )

    def shared(self) -> Iterator[tuple[str, Scalar]]:
        """Each value of the record that it names itself, with the key that names it."""
        for key, leaf in (("constant", self.constant), ("default", self.default), ("empty", self.empty)):
            yield from ((key, value) for value in _scalars(leaf))
        yield from (("codes", value) for value in _scalars(self.codes))


def template_columns(template: str) -> tuple[str, ...]:
    """The columns that a template names, the district aside."""
    parts = string.Formatter().parse(template)
    return tuple(name for _, name, _, _ in parts if name and name != "district")


def _scalars(leaf: object) -> Iterator[Scalar]:
    if isinstance(leaf, Mapping):
        for inner in leaf.values():
            yield from _scalars(inner)
    elif isinstance(leaf, tuple):
        yield from leaf
    elif isinstance(leaf, Scalar):
        yield leaf
