"""The score of a pair: the natural log of the odds that one hand did both, a sum of parts that each can be read.

Each part is a log Bayes factor: a curve of one feature, given at a few points and straight between them on the scale
``log(x + offset)``, or the agreement of the fields of how it was done. What is not known adds nothing.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import tomli_w

from jobs.linkage.agreement import Field, compare
from jobs.linkage.crimes import Crimes, Floats
from jobs.linkage.features import NAMES, Pairs, measure

HERE: Final = Path(__file__).parent
SHIPPED: Final = HERE / "model.toml"
"""Fitted on the published example of solved series; for any file of crimes."""
CONTRACT: Final = HERE / "contract.toml"
"""Fitted on the simulated city, for the fields of the incident contract; what the job uses."""
METHOD: Final = "method"


class NotAModel(ValueError):
    """A file is no linkage model; the message names the file and what is wrong."""


@dataclass(frozen=True)
class Curve:
    """The log Bayes factor of one feature: ``weight[n]`` at ``at[n]``, flat outside."""

    offset: float
    at: tuple[float, ...]
    weight: tuple[float, ...]

    def __call__(self, values: Floats) -> Floats:
        """The log Bayes factors of the values, 0 for NaN."""
        x = np.log(values + self.offset)
        found = np.interp(x, np.log(np.asarray(self.at) + self.offset), self.weight)
        return np.where(np.isnan(values), 0.0, found)


@dataclass(frozen=True)
class Model:
    """A fitted model. ``prior`` are the log odds of a pair of which nothing is known; a reach of infinity is none."""

    title: str
    prior: float
    curves: dict[str, Curve]
    trust: float
    """What the agreement of all fields counts for: below 1, for the fields repeat each other."""
    fields: dict[str, Field]
    other: float
    """Consistency of a field that the fit has not seen."""
    reach_m: float = np.inf
    reach_days: float = np.inf
    fitted: dict[str, Any] = field(default_factory=dict)
    """What it was fitted on: text and counts, for whoever reviews it."""

    def parts(self, crimes: Crimes, pairs: Pairs, *, alone: bool = False) -> dict[str, Floats]:
        """The parts of the score of each pair, without the prior: one for each curve, one for each field."""
        return self._parts(crimes, pairs, measure(crimes, pairs, self.curves), alone=alone)

    def _parts(self, crimes: Crimes, pairs: Pairs, measured: dict[str, Floats], *, alone: bool) -> dict[str, Floats]:
        found = {name: curve(measured[name]) for name, curve in self.curves.items()}
        for name, values in crimes.done.items():
            known = self.fields.get(name, Field(self.other))
            found[name] = self.trust * compare(known, values, pairs, alone=alone)
        return found

    def score(self, crimes: Crimes, pairs: Pairs, *, alone: bool = False) -> Floats:
        """The log odds of each pair. ``alone`` leaves the shares of values among these crimes out of it."""
        return self.prior + self.evidence(crimes, pairs, measure(crimes, pairs, self.curves), alone=alone)

    def evidence(self, crimes: Crimes, pairs: Pairs, measured: dict[str, Floats], *, alone: bool = False) -> Floats:
        """The score without the prior, a log Bayes factor, of pairs of which the features are measured already."""
        parts = self._parts(crimes, pairs, measured, alone=alone)
        result: Floats = np.sum([np.zeros(len(pairs)), *parts.values()], axis=0)
        return result

    def save(self, path: Path) -> None:
        """Write it as TOML, to be read and reviewed."""
        path.write_text(tomli_w.dumps(_plain(self)))


def _plain(model: Model) -> dict[str, Any]:
    reach = {"reach_m": model.reach_m, "reach_days": model.reach_days}
    return {
        "title": model.title,
        "prior_log_odds": round(model.prior, 4),
        **{name: value for name, value in reach.items() if np.isfinite(value)},
        "fitted": model.fitted,
        "curves": {
            name: {
                "offset": curve.offset,
                "at": list(curve.at),
                "log_bayes_factor": [round(value, 4) for value in curve.weight],
            }
            for name, curve in model.curves.items()
        },
        METHOD: {
            "trust": round(model.trust, 4),
            "other_consistency": round(model.other, 4),
            "fields": {
                name: {"consistency": round(known.consistency, 4), "counts": known.counts}
                for name, known in model.fields.items()
            },
        },
    }


def load(path: Path) -> Model:
    """Read a model.

    Raises:
        NotAModel: it cannot be read, or a part is missing, unknown, or not in order.
    """
    try:
        raw = tomllib.loads(path.read_text())
        method = raw[METHOD]
        model = Model(
            title=raw["title"],
            prior=float(raw["prior_log_odds"]),
            curves={name: _curve(name, curve) for name, curve in raw["curves"].items()},
            trust=float(method["trust"]),
            fields={name: _field(known) for name, known in method["fields"].items()},
            other=float(method["other_consistency"]),
            reach_m=float(raw.get("reach_m", np.inf)),
            reach_days=float(raw.get("reach_days", np.inf)),
            fitted=raw["fitted"],
        )
    except KeyError as error:
        raise NotAModel(f"{path}: no {error.args[0]}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, AttributeError, ValueError) as error:
        raise NotAModel(f"{path}: {error}") from error
    return model


def _curve(name: str, raw: dict[str, Any]) -> Curve:
    at, weight = tuple(map(float, raw["at"])), tuple(map(float, raw["log_bayes_factor"]))
    if name not in NAMES:
        raise ValueError(f"curves.{name} is none of {', '.join(NAMES)}")
    if not at or len(at) != len(weight) or list(at) != sorted(set(at)) or at[0] + float(raw["offset"]) <= 0:
        raise ValueError(f"curves.{name}: `at` must rise from above -offset, and have a log_bayes_factor for each")
    return Curve(float(raw["offset"]), at, weight)


def _field(raw: dict[str, Any]) -> Field:
    consistency = float(raw["consistency"])
    if not 0 <= consistency < 1:
        raise ValueError(f"a consistency of {consistency} is not at least 0 and below 1")
    return Field(consistency, {value: int(count) for value, count in raw["counts"].items()})
