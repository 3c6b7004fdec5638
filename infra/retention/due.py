"""Rows or messages that have been kept long enough."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """By what it is due."""

    CONTRACT = "contract"
    DISTRICT = "district's file"
    RELEASE = "release or agreement over"
    AGE = "days of a backup"
    SHORTENED = "retention shortened since"
    UNFINISHED = "never finished"


@dataclass(frozen=True, slots=True)
class Due:
    """So many rows of a table or backup, or messages of a topic, of a district (empty where nobody's own), and why."""

    store: str
    """``table``, ``topic`` or ``backup``."""
    name: str
    district: str
    reason: Reason
    count: int
    withdrawn: bool = False
    """Not deleted but taken from all but the owner, who may see it still."""


@dataclass(frozen=True, slots=True)
class Gone:
    """So many rows of a table that went, by what rule; ``withdrawn`` are those taken from all but their owners."""

    name: str
    reason: Reason
    count: int
    withdrawn: bool = False

    def __str__(self) -> str:
        if self.withdrawn:
            return f"took {self.count:,} rows of {self.name} from all but their owners: {self.reason}"
        return f"deleted {self.count:,} rows of {self.name}: {self.reason}"
