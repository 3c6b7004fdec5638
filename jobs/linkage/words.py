"""A pair in words, with what each part of the score is worth: "140 m apart, 3 days, both by a rear window"."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from jobs.linkage.crimes import Crimes
from jobs.linkage.features import Pairs, measure
from jobs.linkage.model import Model

PHRASES: Final = Path(__file__).with_name("phrases.toml")
ALIKE_HOURS: Final = 2.0
"""At most so many hours apart by the clock is told as "at the same time of day"."""
UNTOLD: Final = frozenset({"offence"})


@dataclass(frozen=True)
class Explanation:
    """The words, the log odds, and what each part adds to them (the prior is one)."""

    words: str
    score: float
    parts: dict[str, float]


@cache
def phrases() -> dict[str, dict[str, str]]:
    """The phrase of each code of each field."""
    found: dict[str, dict[str, str]] = tomllib.loads(PHRASES.read_text())
    return found


def phrase(name: str, value: str) -> str:
    """What two crimes have in common when both have this value: "both by a rear window"."""
    known = phrases().get(name, {}).get(value)
    return f"same {name.replace('_', ' ')} ({value.replace('_', ' ')})" if known is None else f"both {known}"


def explain(model: Model, crimes: Crimes, one: int, other: int) -> Explanation:
    """Why the two crimes with these row numbers have their score."""
    pair = Pairs(np.array([one], np.int64), np.array([other], np.int64))
    parts = {name: float(values[0]) for name, values in model.parts(crimes, pair).items()}
    apart = {name: float(values[0]) for name, values in measure(crimes, pair, ("metres", "days", "hours")).items()}
    told = [
        "place not known" if math.isnan(apart["metres"]) else f"{_half_up(apart['metres'])} m apart",
        "time not known" if math.isnan(apart["days"]) else days(apart["days"]),
    ]
    if apart["hours"] <= ALIKE_HOURS:
        told.append("at the same time of day")
    for name, values in crimes.done.items():
        if values[one] != "" and values[one] == values[other] and name not in UNTOLD:
            told.append(phrase(name, str(values[one])))
    return Explanation(", ".join(told), model.prior + sum(parts.values()), {"prior": model.prior, **parts})


def days(apart: float) -> str:
    """A difference in whole days, or hours below one day and a half: "3 days", "5 hours", "1 hour"."""
    count, unit = (_half_up(apart * 24), "hour") if apart < 1.5 else (_half_up(apart), "day")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _half_up(value: float) -> int:
    return math.floor(value + 0.5)
