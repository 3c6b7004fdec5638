"""What a mapping file may say, as pydantic models. Each key is explained, with an example, in ``docs/districts.md``."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from connectors.mapping.field_spec import FieldFrom, Moment, Strict, Told, template_columns

SINCE = re.compile(r"(?<![:\w]):since\b")


class Input(Strict):
    """How the file is written."""

    format: Literal["csv", "parquet", "jsonl"] | None = Field(None, description="by the file's ending if not given")
    delimiter: str = Field(",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    empty: tuple[str, ...] = Field(("",), description="texts that mean: no value")
    only: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="column -> values: rows with another are left out"
    )
    leave_out: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="column -> values: rows with one of them are left out"
    )


class Districts(Strict):
    """Who takes part by this mapping, and the ground each covers."""

    areas: Path | None = Field(None, description="GeoJSON, relative to the mapping file; EPSG:4326")
    property: str = Field("district", description="the property of a feature that names its district")
    title_property: str | None = None
    names: dict[str, str] = Field(default_factory=dict, description="value of the property -> district name")
    titles: dict[str, str] = Field(default_factory=dict, description="district name -> title for people")


class DistrictFrom(Strict):
    """Whose record a row is: exactly one of ``fixed``, ``column`` and ``by_point``."""

    fixed: str | None = None
    column: str | None = None
    codes: dict[str, str] | None = None
    by_point: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(way is not None for way in (self.fixed, self.column, self.by_point)) != 1:
            raise ValueError('give exactly one of: fixed = "name", column = "…", by_point = true')
        if self.codes is not None and self.column is None:
            raise ValueError("codes go with column: they translate its values to district names")
        return self


class Identity(Strict):
    """The record's id: a template over columns, or a hash of columns when the file has no id."""

    template: str | None = None
    hash_of: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.template is None) == (self.hash_of is None):
            raise ValueError('give exactly one of: template = "{district}:{number}", hash_of = ["column", …]')
        if self.hash_of is not None and not self.hash_of:
            raise ValueError("hash_of names no column")
        if self.template is not None and not self.template_columns():
            raise ValueError('template names no column but the district: "{district}:{your id column}"')
        return self

    def template_columns(self) -> tuple[str, ...]:
        """The columns that the template names, the district aside."""
        return template_columns(self.template or "")


class Times(Told):
    """The clock of all times of the file, and when it happened, for records that happen."""

    zone: str = Field(description="IANA name of the clock that the file's times are read on, such as America/Toronto")
    offset: Literal["keep", "ignore"] = Field("keep", description="ignore: the file says Z or +00 but means local time")
    gap: Literal["forward", "reject"] = "forward"
    overlap: Literal["earlier", "later", "reject"] = "earlier"
    precision: Literal["minute", "hour", "day", "window", "unknown"] = "minute"
    until: Moment | None = Field(None, description="the end of the window, for precision = window")

    @model_validator(mode="after")
    def _window(self) -> Self:
        if (self.precision == "window") != (self.until is not None):
            raise ValueError('precision = "window" and a [time.until] table go together')
        return self


class Place(Strict):
    """Where it happened: degrees, or projected coordinates with their EPSG number."""

    lat: str | None = None
    lon: str | None = None
    x: str | None = None
    y: str | None = None
    epsg: int | None = None
    decimal: Literal[".", ","] = "."

    @model_validator(mode="after")
    def _pair(self) -> Self:
        degrees = self.lat is not None and self.lon is not None
        projected = self.x is not None and self.y is not None and self.epsg is not None
        mixed = any(v is not None for v in ((self.x, self.y, self.epsg) if degrees else (self.lat, self.lon)))
        if degrees == projected or mixed:
            raise ValueError("give either lat and lon, or x, y and epsg")
        return self


class Grading(Strict):
    """How much the source is to be trusted (3x5x2 grading)."""

    source: Literal["reliable", "untested", "not_reliable"] = "untested"
    information: Literal["A", "B", "C", "D", "E"] = "D"
    statement: Literal["fact", "assessment"] = "fact"


class Release(Strict):
    """Who may have the records, and for what. There is no default: sharing is a decision."""

    to: tuple[str, ...] = Field(min_length=1, description='district names, "group:<name>", or "all"')
    purposes: tuple[str, ...] = Field(min_length=1)
    handling: Literal["P", "C"] = "P"
    conditions: str | None = None
    expires_after_days: int | None = Field(None, ge=1, description="counted from recorded_at")


class Source(Strict):
    """A database that is asked again and again (``crossbeat poll``)."""

    database: str = Field(pattern=r"[a-z][a-z0-9_]{0,30}", description="its name in the settings: sources.<name>")
    query: str = Field(description="SQL with :since in it, in order of the cursor")
    cursor: str = Field(description="the column of the query by which a row is newer than another")
    start: datetime | date | int | float | str = Field(description="the first :since")
    overlap: float = Field(60, ge=0, description="how far each pass goes back: seconds, or numbers of the cursor")
    batch_rows: int = Field(5_000, ge=1, le=100_000, description="rows held at once")
    every_s: float = Field(10, gt=0, description="seconds between passes")

    @model_validator(mode="after")
    def _since(self) -> Self:
        if not SINCE.search(self.query):
            raise ValueError("the query must compare its cursor with :since, or each pass would read all rows")
        return self


class Spec(Strict):
    """The whole file."""

    title: str
    record: str = Field("incident", description="the record type that its rows become")
    input: Input = Input()
    source: Source | None = None
    districts: Districts = Districts()
    district: DistrictFrom
    id: Identity
    time: Times | None = None
    recorded_at: Moment | None = None
    place: Place | None = None
    fields: dict[str, FieldFrom] = Field(default_factory=dict)
    grading: Grading | None = None
    release: Release | None = None

    def columns(self) -> dict[str, str]:
        """Each column that is read, with the key of the mapping that names it first."""
        found: dict[str, str] = {}

        def note(key: str, *names: str | None) -> None:
            for name in names:
                if name is not None:
                    found.setdefault(name, key)

        note("input.only", *self.input.only)
        note("input.leave_out", *self.input.leave_out)
        note("district.column", self.district.column)
        note("id.hash_of", *(self.id.hash_of or ()))
        note("id.template", *self.id.template_columns())
        if self.time is not None:
            note("time", *self.time.sources())
            note("time.until", *(self.time.until.sources() if self.time.until else ()))
        note("recorded_at", *(self.recorded_at.sources() if self.recorded_at else ()))
        if self.place is not None:
            note("place", self.place.lat, self.place.lon, self.place.x, self.place.y)
        for name, field in self.fields.items():
            note(f"fields.{name}", *field.sources())
        return found

    def secret_columns(self) -> frozenset[str]:
        """Columns whose values never leave the district: plates, and what is hashed by its key."""
        return frozenset(name for field in self.fields.values() for name in field.secret())
