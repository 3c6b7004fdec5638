"""A pattern: one folder under ``jobs/patterns`` with settings, a query, and Java where SQL is not enough.

``pattern.toml`` says what it finds, whom it tells and what they should do, what it reads and writes, which functions it
brings, and its settings with their bounds; ``query.sql`` is the body of one statement set. Settings appear in the query
as ``${name}``, what the alert says in the terms of CAP as ``${alert_event}`` and the like.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from string import Template
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from jobs import pattern_settings
from jobs.pattern_settings import Pair, PatternError, Setting, Value
from schemas import codes, contracts
from streams.settings import Settings

__all__ = ["CLOCK", "Alert", "Pattern", "PatternError", "Setting", "Table", "Value", "load", "names"]

ROOT = Path(__file__).parent / "patterns"
CLOCK = "heartbeat"
"""The contract of the topic that tells how late it is."""


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


class Alert(BaseModel):
    """What every alert of a pattern says, in the terms of CAP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: str = Field(min_length=1, max_length=100)
    severity: str
    urgency: str
    certainty: str
    category: str = Field("", description="a code of the list `category`; empty where the rows bring their own")

    @field_validator("severity", "urgency", "certainty", "category")
    @classmethod
    def _coded(cls, value: str, field: ValidationInfo) -> str:
        listed = codes.get("category" if field.field_name == "category" else f"alert_{field.field_name}")
        if value not in listed and not (field.field_name == "category" and value == ""):
            raise ValueError(f"{value!r} is none of {', '.join(listed.codes)}")
        return value


class Pattern(BaseModel):
    """What a ``pattern.toml`` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    finds: str = Field(min_length=1, description="what it finds, in a paragraph for people")
    recipients: str = Field(min_length=1, description="who is told, in a sentence")
    runbook: str = Field(min_length=1, description="what the night operator and the district do with it")
    alert: Alert | None = None
    first: bool = Field(False, description="records need it to flow: it starts before those that are not")
    apart_h: int = Field(
        0,
        ge=0,
        description="no topic is read further ahead of another than so many hours of their time; 0: as it comes",
    )
    delivers: bool = Field(False, description="its tables are those of `jobs/delivery.py`: all that districts receive")
    reads: dict[str, Table] = Field(default_factory=dict)
    writes: dict[str, Table] = Field(default_factory=dict)
    functions: dict[str, str] = Field(default_factory=dict, description="SQL name -> Java class")
    settings: dict[str, Setting] = Field(default_factory=dict)
    flink: dict[str, str] = Field(default_factory=dict, description="Flink options of this job only")
    query: str = ""

    @model_validator(mode="after")
    def _says_its_alert(self) -> Self:
        if any(table.contract == "alert" for table in self.writes.values()) and self.alert is None:
            raise ValueError("it writes alerts: say in [alert] what they are")
        return self

    def resolved(self, settings: Settings) -> dict[str, Value]:
        """The pattern's settings: its defaults, and over them what the user set under ``patterns.<name>``.

        Raises:
            PatternError: a setting that the pattern does not have, or a value that it does not allow.
        """
        return pattern_settings.resolve(self.name, self.settings, settings.patterns.get(self.name, {}))

    def by_pair(self, settings: Settings) -> dict[Pair, dict[str, Value]]:
        """What the user set for pairs of districts. Raises as :meth:`resolved`."""
        return pattern_settings.by_pair(self.name, self.settings, settings.patterns.get(self.name, {}))

    def laid_out_by(self, settings: Settings) -> dict[str, Value]:
        """The values of the settings by which state is laid out. Raises as :meth:`resolved`."""
        return pattern_settings.laid_out_by(self.settings, self.resolved(settings), self.by_pair(settings))

    def statements(self, settings: Settings) -> list[str]:
        """The statements of the query with the settings put in, in order: views first, then inserts."""
        values = pattern_settings.texts(self.settings, self.resolved(settings), self.by_pair(settings))
        try:
            text = Template(self.query).substitute(values | self._alert_texts())
        except (KeyError, ValueError) as error:
            raise PatternError(
                f"patterns/{self.name}/query.sql names a setting that does not exist: {error}"
            ) from error
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
        return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]

    def _alert_texts(self) -> dict[str, str]:
        """What the query may name of the alert; ``alert_columns`` are those of its contract, in their order.

        They are made of the row of ``crossbeat.alert.Alert`` and the column ``recipient`` that stands before it.
        """
        if self.alert is None:
            return {}
        said = {f"alert_{key}": value.replace("'", "''") for key, value in self.alert.model_dump().items()}
        made = {
            "sender": "'crossbeat'",
            "status": "'Actual'",
            "scope": "'Restricted'",
            "references": "earlier",
            "effective": "sent",
            "visible_to": "ARRAY[recipient]",
            **{name: f"'{said[f'alert_{name}']}'" for name in ("urgency", "severity", "certainty", "event")},
            **({"category": f"'{said['alert_category']}'"} if self.alert.category else {}),
        }
        names = [field.name for field in contracts.get("alert").fields("result")]
        columns = ", ".join(f"{made[name]} AS `{name}`" if name in made else f"`{name}`" for name in names)
        return said | {"alert_columns": columns}


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
