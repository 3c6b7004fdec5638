"""Files in TOML that people write, read into closed pydantic models: every mistake at once, with file, line and key."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)
_HEADER = re.compile(r"\s*\[\[?([^\]]+)\]")
_KEY = re.compile(r"\s*([\w.\"' -]+?)\s*=")
SHOWN = 20


class Closed(BaseModel):
    """A table of such a file: an unknown key is an error, and nothing changes once it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class BadFile(ValueError):
    """The file cannot be used; the message has a line for each mistake."""


def read(path: Path, model: type[Model]) -> Model:
    """Read a file.

    Raises:
        BadFile: it cannot be read, is not TOML, or says something that the model does not allow.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadFile(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: not UTF-8: {error.reason} at byte {error.start}: save it as UTF-8") from error
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise BadFile("\n".join(_say(path, text, model, detail) for detail in error.errors())) from error


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean "x"?`` for the likeliest of the known names, or a list of them when none is like it."""
    names = sorted(known)
    folded = {other.casefold(): other for other in names}
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.55)
    if found:
        return f'; did you mean "{folded[found[0]]}"?'
    shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    return f"; known: {shown}" if names else ""


def _say(path: Path, text: str, model: type[BaseModel], detail: ErrorDetails) -> str:
    where = tuple(part for part in detail["loc"] if isinstance(part, str))
    if detail["type"] == "extra_forbidden":
        words = f"unknown key{nearest(where[-1], _keys(model, where[:-1]))}"
    elif detail["type"] == "missing":
        words = "is missing"
    else:
        said = detail["msg"].removeprefix("Value error, ")
        words = said[:1].lower() + said[1:]
    line = line_of(text, where)
    place = f"{path}:{line}" if line else str(path)
    return f"{place}: {'.'.join(where) or 'the file'}: {words}"


def _keys(model: type[BaseModel], where: Sequence[str]) -> list[str]:
    """The keys of the table at that path, as people write them."""
    for part in where:
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                kinds = (field.annotation, *get_args(field.annotation))
                model = next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))
    return [field.alias or name for name, field in model.model_fields.items()]


def line_of(text: str, where: Sequence[str]) -> int | None:
    """The line of a key, or of the nearest table above it, by looking for it: ``tomllib`` keeps no positions."""
    table: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            found = table = _parts(header[1])
        elif key := _KEY.match(line):
            found = (*table, *_parts(key[1]))
        else:
            continue
        if found == tuple(where[: len(found)]) and (best is None or len(found) > best[0]):
            best = (len(found), number)
    return best[1] if best else None


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
