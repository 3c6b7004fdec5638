"""A pattern: one folder under ``jobs/patterns`` with settings, a query, and Java where SQL is not enough.

``pattern.toml`` says what it reads and writes, which functions it brings, and its settings with their defaults;
``query.sql`` is the body of one statement set. Settings appear in the query as ``${name}``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from string import Template
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from streams.settings import Settings

ROOT = Path(__file__).parent / "patterns"
Value = bool | int | float | str


class PatternError(ValueError):
    """A pattern's folder is not as it must be; the message names the file and what to correct."""


class Table(BaseModel):
    """A topic as the query sees it. Columns and formats come from the contract, never from here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contract: str
    stage: str
    topic: str = Field("", description="empty means the contract's own topic for that stage")
    columns: tuple[str, ...] = Field((), description="the columns that are read; empty means all")
    read_uncommitted: bool = Field(False, description="see rows before the checkpoint that commits them")
    exactly_once: bool = Field(True, description="for what is written: committed with the checkpoint, or at least once")
    event_time: str = Field("", description="the column whose time the watermark follows; empty means none")
    disorder: str = Field("0", description="the setting that holds by how many seconds a partition may be out of order")
    idle: str = Field(
        "600", description="the setting, or the seconds, after which a silent partition is not waited for"
    )
    options: dict[str, str] = Field(default_factory=dict, description="more options of the connector")


class Pattern(BaseModel):
    """What a ``pattern.toml`` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    about: str
    delivers: bool = Field(False, description="its tables are those of `jobs/delivery.py`: all that districts receive")
    reads: dict[str, Table] = Field(default_factory=dict)
    writes: dict[str, Table] = Field(default_factory=dict)
    functions: dict[str, str] = Field(default_factory=dict, description="SQL name -> Java class")
    settings: dict[str, Value] = Field(default_factory=dict)
    flink: dict[str, str] = Field(default_factory=dict, description="Flink options of this job only")
    query: str = ""

    def resolved(self, settings: Settings) -> dict[str, Value]:
        """The pattern's settings: its defaults, and over them what the user set under ``patterns.<name>``.

        Raises:
            PatternError: a setting that the pattern does not have, or a value of another type.
        """
        values = dict(self.settings)
        for key, given in settings.patterns.get(self.name, {}).items():
            if key not in values:
                raise PatternError(f"pattern {self.name} has no setting {key!r}: it has {', '.join(sorted(values))}")
            values[key] = _as(values[key], given, f"{self.name}.{key}")
        return values

    def statements(self, settings: Settings) -> list[str]:
        """The statements of the query with the settings put in, in order: views first, then inserts."""
        values = {key: _literal(value) for key, value in self.resolved(settings).items()}
        try:
            text = Template(self.query).substitute(values)
        except (KeyError, ValueError) as error:
            raise PatternError(
                f"patterns/{self.name}/query.sql names a setting that does not exist: {error}"
            ) from error
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
        return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]


def load(name: str, root: Path = ROOT) -> Pattern:
    """Read one pattern: one of ours by its name, another by the path of its folder.

    Raises:
        PatternError: a file is missing or says something that is not understood.
    """
    folder = root / name  # a path stays what it is if it is absolute
    name = folder.name
    try:
        body: dict[str, Any] = tomllib.loads((folder / "pattern.toml").read_text())
        return Pattern.model_validate(body | {"name": name, "query": (folder / "query.sql").read_text()})
    except (OSError, ValueError) as error:
        raise PatternError(f"pattern {name}: {error}") from error


def names(root: Path = ROOT) -> list[str]:
    """All patterns there are."""
    return sorted(file.parent.name for file in root.glob("*/pattern.toml"))


def _as(default: Value, given: Value, where: str) -> Value:
    if isinstance(default, bool):
        if str(given).lower() in ("true", "false"):
            return str(given).lower() == "true"
        raise PatternError(f"{where} must be true or false, not {given!r}")
    try:
        return type(default)(given)
    except ValueError as error:
        raise PatternError(f"{where} must be like {default!r}, not {given!r}") from error


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value.replace("'", "''")
    return repr(value)
