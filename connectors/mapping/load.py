"""Read a mapping file; say of every mistake which key it is, on which line, and what was probably meant."""

from __future__ import annotations

import codecs
import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pydantic
import pyproj
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from connectors.mapping.areas import Areas, read_areas
from connectors.mapping.problems import MappingError, nearest
from connectors.mapping.spec import (
    DistrictFrom,
    Districts,
    FieldFrom,
    Grading,
    Identity,
    Input,
    Moment,
    Place,
    Release,
    Spec,
    Times,
)
from connectors.mapping.targets import Target, targets
from streams.districts import BadDistrict, check_name

Problem = tuple[tuple[str, ...], str]
_HEADER = re.compile(r"\s*\[\[?([^\]]+)\]")
_KEY = re.compile(r"\s*([\w.\"' -]+?)\s*=")
_TABLES: dict[str, type[BaseModel]] = {
    "": Spec,
    "input": Input,
    "districts": Districts,
    "district": DistrictFrom,
    "id": Identity,
    "time": Times,
    "recorded_at": Moment,
    "place": Place,
    "grading": Grading,
    "release": Release,
}


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file that was read and checked, with its areas."""

    path: Path
    spec: Spec
    sha256: str
    """Of the mapping file and of the areas: with either changed it is another mapping."""
    areas: Areas
    districts: dict[str, str]
    """Every district that a row may get, and its title, in the order of the file."""


def load(path: Path, areas: Path | None = None) -> Mapping:
    """Read a mapping. ``areas`` overrides ``districts.areas``. Raises :class:`MappingError`, all mistakes at once."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise MappingError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        text = raw.decode()
        body = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError(f"{path}: not TOML: {error}") from error
    try:
        spec = Spec.model_validate(body)
    except pydantic.ValidationError as error:
        raise MappingError("\n".join(_say(path, text, detail) for detail in error.errors())) from error
    chosen = areas or (path.parent / spec.districts.areas if spec.districts.areas else None)
    found = read_areas(chosen, spec.districts) if chosen else Areas()
    problems = [
        *_check_fields(spec, targets(spec.record)),
        *_check_zone(spec),
        *_check_place(spec),
        *_check_input(spec),
        *_check_districts(spec, found),
    ]
    if problems:
        raise MappingError("\n".join(_at(path, text, key, message) for key, message in problems))
    digest = hashlib.sha256(raw + (chosen.read_bytes() if chosen else b"")).hexdigest()
    return Mapping(path, spec, digest, found, _districts(spec, found))


def _say(path: Path, text: str, detail: ErrorDetails) -> str:
    where = tuple(part for part in detail["loc"] if isinstance(part, str))
    if detail["type"] == "extra_forbidden":
        known = _known_keys(where[:-1])
        return _at(path, text, where, f"unknown key{nearest(where[-1], known)}")
    if detail["type"] == "missing":
        return _at(path, text, where, "is missing")
    return _at(path, text, where, detail["msg"].removeprefix("Value error, ").lower())


def _known_keys(where: Sequence[str]) -> list[str]:
    """The keys of the table at that path."""
    if where[:1] == ("fields",) and len(where) > 1:
        model: type[BaseModel] = FieldFrom
    elif tuple(where) == ("time", "until"):
        model = Moment
    else:
        model = _TABLES["/".join(where)]
    return list(model.model_fields)


def _at(path: Path, text: str, where: Sequence[str], message: str) -> str:
    """``mapping.toml:12: place.lta: message``, with the line of the key, or of the nearest table above it."""
    key = ".".join(where) or "the file"
    line = _line_of(text, where)
    return f"{path.name}:{line}: {key}: {message}" if line else f"{path.name}: {key}: {message}"


def _line_of(text: str, where: Sequence[str]) -> int | None:
    """The line of a key, by looking for it: ``tomllib`` keeps no positions."""
    table: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            found = table
        else:
            key = _KEY.match(line)
            if not key:
                continue
            found = (*table, *(part.strip().strip("\"'") for part in key[1].split(".")))
        if found == tuple(where[: len(found)]) and (best is None or len(found) > best[0]):
            best = (len(found), number)
    return best[1] if best else None


def _check_fields(spec: Spec, known: dict[str, Target]) -> Iterator[Problem]:
    for name, field in spec.fields.items():
        where = ("fields", name)
        target = known.get(name)
        if target is None:
            yield where, f"{spec.record} has no such field to fill here{nearest(name, known)}"
            continue
        if field.unit is not None and target.unit is None:
            yield (*where, "unit"), "the field has no unit"
        if target.codes is None:
            continue
        given = [("constant", field.constant), ("default", field.default), ("empty", field.empty)]
        given += [("codes", code) for code in (field.codes or {}).values()]
        for key, code in given:
            if code is not None and code not in target.codes:
                yield (
                    (*where, key),
                    f'"{code}" is not in the code list {target.code_list}{nearest(str(code), target.codes)}',
                )
    for name, target in known.items():
        if target.required and name not in spec.fields:
            yield ("fields", name), "is missing: every record needs it; give a column or a constant"


def _check_zone(spec: Spec) -> Iterator[Problem]:
    try:
        ZoneInfo(spec.time.zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield ("time", "zone"), f'"{spec.time.zone}" is no time zone{nearest(spec.time.zone, available_timezones())}'


def _check_place(spec: Spec) -> Iterator[Problem]:
    if spec.place.epsg is None:
        return
    try:
        pyproj.CRS.from_epsg(spec.place.epsg)
    except pyproj.exceptions.CRSError:
        yield (
            ("place", "epsg"),
            f"there is no EPSG:{spec.place.epsg}: look the number up where the coordinates are from",
        )


def _check_input(spec: Spec) -> Iterator[Problem]:
    try:
        codecs.lookup(spec.input.encoding)
    except LookupError:
        yield (
            ("input", "encoding"),
            f'"{spec.input.encoding}" is no known encoding; utf-8, cp1252 and latin-1 are usual',
        )


def _check_districts(spec: Spec, areas: Areas) -> Iterator[Problem]:
    known = _districts(spec, areas)
    if spec.district.by_point and not areas.polygons:
        yield (
            ("district", "by_point"),
            "needs areas: give districts.areas, a GeoJSON file with a polygon for each district",
        )
    if spec.district.column is not None and not known:
        yield ("districts",), "names no district: give areas or titles"
    for name in known:
        try:
            check_name(name)
        except BadDistrict as error:
            yield ("districts",), f"{error}; translate it in districts.names"
    for name in (spec.district.codes or {}).values():
        if name not in known:
            yield ("district", "codes"), f'"{name}" is no district of [districts]{nearest(name, known)}'


def _districts(spec: Spec, areas: Areas) -> dict[str, str]:
    """Every district of the mapping with its title: those with an area, with a title, and the fixed one."""
    names = [*areas.titles, *spec.districts.titles, *((spec.district.fixed,) if spec.district.fixed else ())]
    return {name: spec.districts.titles.get(name) or areas.titles.get(name) or name for name in dict.fromkeys(names)}
