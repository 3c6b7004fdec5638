"""Apply a mapping to chunks of rows: columns at a time, so that Python's loop runs over chunks and not over rows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from connectors.mapping import between, fields, identity, places, secret, times, when
from connectors.mapping.draft import DEFECT, ROW, Draft, Rejection
from connectors.mapping.load import Mapping
from connectors.mapping.problems import MappingError
from connectors.mapping.spec import Grading
from connectors.mapping.targets import parts, place_optional, targets
from streams.toml_file import nearest


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of a chunk: the records as columns of the contract, in order of the file, and the rejections."""

    records: pl.DataFrame
    rejected: list[Rejection]
    rows: int
    unchanged: int = 0
    """Rows left out because they were published before and say the same."""
    left_out: int = 0
    """Rows that the mapping leaves out by ``input.only`` and ``input.leave_out``."""


class Mapper:
    """A mapping made ready for one file."""

    def __init__(self, mapping: Mapping, now_ms: int | None = None, keys: secret.Keys = secret.rehearsed) -> None:
        """Make it ready.

        Args:
            mapping: the mapping, as it was read.
            now_ms: the present, UTC milliseconds; later times are rejected. The clock's if not given.
            keys: the districts' secret keys, for plates and hashes; those of a rehearsal if not given.
        """
        self.mapping = mapping
        self._spec = spec = mapping.spec
        self._now = now_ms
        self._keys = keys
        self._targets = targets(spec.record)
        self._parts = parts(spec.record)
        self._names = list(mapping.districts)
        self._secret = spec.secret_columns()
        self._held = between.of(spec.record)
        self._fields = {name: spec.fields.get(name) for name in self._targets}
        self.constants: dict[str, object] = {}
        """Fields that are the same in every record of the file; kept out of the columns."""
        if "grading" in self._parts:
            grading = spec.grading or Grading()
            self.constants |= {
                "grading_source": grading.source,
                "grading_information": grading.information,
                "statement": grading.statement,
            }
        if "release" in self._parts and spec.release is not None:
            self.constants |= {
                "release_to": list(spec.release.to),
                "release_purposes": list(spec.release.purposes),
                "release_handling": spec.release.handling,
                "release_conditions": spec.release.conditions,
            }
        if "time" in self._parts and spec.time is not None:
            self.constants["time_precision"] = spec.time.precision

    @property
    def happens(self) -> bool:
        """Whether its records have a time at which they happened, by which they can be sorted and paced."""
        return "time" in self._parts

    def check_header(self, columns: list[str], file: Path) -> None:
        """Raise :class:`MappingError` for every column of the mapping that the file has not."""
        problems = [
            f'{file.name}: no column "{name}" ({key} of {self.mapping.path.name}){nearest(name, columns)}'
            for name, key in self._spec.columns().items()
            if name not in columns
        ]
        if problems and len(columns) == 1 and self._spec.input.format in (None, "csv"):
            problems.append(
                f"only one column was found: is input.delimiter right? it is {self._spec.input.delimiter!r}"
            )
        if problems:
            raise MappingError("\n".join(problems))

    def __call__(self, rows: pl.DataFrame) -> Mapped:
        """Map a chunk: a frame with the file's columns and :data:`~connectors.mapping.draft.ROW`."""
        count, rows = rows.height, self._taken(rows)
        draft = Draft(rows, self._spec.input.empty, self._secret)
        now = self._now if self._now is not None else int(time.time() * 1000)
        if draft.has(DEFECT):
            broken = rows[DEFECT].is_not_null()
            for message in rows[DEFECT].filter(broken).unique().to_list():
                draft.reject(rows[DEFECT] == message, "bad_value", None, message)
        self._place(draft)
        districts = self._district(draft)
        when.put(draft, self._spec, self.happens, now)
        around = fields.Around(self._spec.time, now, self._keys)
        for name, target in self._targets.items():
            fields.read(draft, target, self._fields[name], around)
        for name, source in self._fields.items():
            if source is not None and source.when is not None:
                fields.only_when(draft, self._targets[name], source.when)
        identity.put(draft, self._spec.id, self._keys)
        between.check(draft, self._held)
        columns = {name: values for name, values in draft.out.items() if self._kept(name)}
        records = pl.DataFrame([rows[ROW], *(values.alias(name) for name, values in columns.items())])

        def owner(index: int) -> str:
            return districts[index] or self._names[0]

        return Mapped(records.filter(draft.good()), draft.rejections(owner), count, left_out=count - rows.height)

    def event_times(self, rows: pl.DataFrame) -> pl.Series:
        """``occurred_from`` of each row, UTC milliseconds; null where it cannot be read. For sorting."""
        clock = self._spec.time or when.UTC
        return times.read(Draft(rows, self._spec.input.empty), clock, clock)[0]

    def _taken(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that the mapping does not leave out. A broken row is kept, to be told of."""
        given = self._spec.input
        if not given.only and not given.leave_out:
            return rows
        draft = Draft(rows, given.empty)
        taken = pl.Series([True], dtype=pl.Boolean).new_from_index(0, rows.height)
        for column, values in given.only.items():
            taken = taken & draft.text(column).fill_null("").is_in(list(values))
        for column, values in given.leave_out.items():
            taken = taken & ~draft.text(column).fill_null("").is_in(list(values))
        return rows.filter(taken | rows[DEFECT].is_not_null() if DEFECT in rows.columns else taken)

    def _kept(self, name: str) -> bool:
        """Whether a field of the draft is a column of the record: a duty has a place only to work its cells out."""
        return name not in self.constants and (name not in {"lat", "lon"} or "place" in self._parts)

    def _place(self, draft: Draft) -> None:
        if self._spec.place is not None:
            places.read(draft, self._spec.place, place_optional(self._spec.record))
        elif "place" in self._parts:
            places.nowhere(draft)

    def _district(self, draft: Draft) -> pl.Series:
        way = self._spec.district
        if way.fixed is not None:
            found = pl.Series([way.fixed], dtype=pl.String).new_from_index(0, len(draft))
        elif way.column is not None:
            found = self._district_by_column(draft, way.column)
        else:
            found = self._district_by_point(draft)
        draft.out["district"] = found
        return found

    def _district_by_column(self, draft: Draft, column: str) -> pl.Series:
        text = draft.text(column)
        codes = self._spec.district.codes
        known = codes if codes is not None else {**{name: name for name in self._names}, **self._spec.districts.names}
        found = text.replace_strict(known, default=None, return_dtype=pl.String)
        draft.reject(text.is_null(), "wrong_district", "district", f"column {column} is empty: mend the row")
        message = f"the value of column {column} is no district: add it to district.codes or to [districts]"
        draft.reject(text.is_not_null() & found.is_null(), "wrong_district", "district", message, text)
        return found

    def _district_by_point(self, draft: Draft) -> pl.Series:
        polygons = list(self.mapping.areas.polygons)
        lon, lat = (draft.out[name].fill_null(np.nan).to_numpy() for name in ("lon", "lat"))
        index = pl.Series(self.mapping.areas.find(lon, lat))
        found = index.replace_strict(dict(enumerate(polygons)), default=None, return_dtype=pl.String)
        message = "the point lies in no district's area: mend the point, or widen the areas"
        draft.reject(found.is_null(), "wrong_district", "district", message)
        return found
