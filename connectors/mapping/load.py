"""Read a mapping file; say of every mistake which key it is, on which line, and what was probably meant."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pydantic
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from connectors.mapping.areas import Areas, read_areas
from connectors.mapping.beside import with_release
from connectors.mapping.field_spec import FieldFrom, Moment
from connectors.mapping.judge import districts_of, problems_of
from connectors.mapping.problems import MappingError
from connectors.mapping.spec import (
    DistrictFrom,
    Districts,
    Grading,
    Identity,
    Input,
    Place,
    Release,
    Source,
    Spec,
    Times,
)
from streams.toml_file import line_of, nearest

_TABLES: dict[str, type[BaseModel]] = {
    "": Spec,
    "input": Input,
    "source": Source,
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
    """Of the mapping file, of the areas, and of a release that it takes from its district: with any it is another."""
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
    spec, release = with_release(path, spec)
    chosen = areas or (path.parent / spec.districts.areas if spec.districts.areas else None)
    found = read_areas(chosen, spec.districts) if chosen else Areas()
    problems = list(problems_of(spec, found))
    if problems:
        raise MappingError("\n".join(_at(path, text, key, message) for key, message in problems))
    digest = hashlib.sha256(raw + (chosen.read_bytes() if chosen else b"") + release).hexdigest()
    return Mapping(path, spec, digest, found, districts_of(spec, found))


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
    line = line_of(text, where)
    return f"{path.name}:{line}: {key}: {message}" if line else f"{path.name}: {key}: {message}"
