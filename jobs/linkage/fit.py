"""Fits a model to crimes whose series are known.

The features enter a logistic regression with a ridge, each as ``log(x + offset)`` (and, where there are pairs enough to
tell, as ``x`` too): with a hundred linked pairs from two dozen series, bins of each feature were worse on series that
the fit had not seen (infra/decisions/0165). How it was done enters as one feature, the sum of the fields' agreement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.linkage.agreement import Field, compare, consistency
from jobs.linkage.crimes import Crimes, Floats
from jobs.linkage.features import Pairs, measure, pairs_of
from jobs.linkage.model import Curve, Model

FEATURES: Final = ("nearer", "sooner")
RIDGE: Final = 1.0
STEPS: Final = 50
UNLINKED: Final = 200_000
"""So many pairs of different hands are enough; more are drawn from."""
OFFSETS: Final = {"metres": 100.0, "nearer": 0.05, "days": 10.0, "sooner": 0.05, "hours": 1.0}
KNOTS: Final = {
    "metres": (0, 50, 100, 200, 300, 400, 600, 800, 1000, 1250, 1500, 2500, 5000, 10000, 20000, 50000),
    "nearer": (0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1),
    "days": (0, 1, 2, 4, 7, 14, 21, 28, 60, 120, 240, 480, 1000),
    "sooner": (0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1),
    "hours": (0, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 12),
}


class TooFewSeries(ValueError):
    """Nothing can be learned: fewer than two series with two crimes or more."""


@dataclass(frozen=True)
class Choice:
    """What a fit uses: the features, their offsets, whether each enters straight too, and how far pairs reach."""

    features: Sequence[str] = FEATURES
    offsets: dict[str, float] | None = None
    straight: bool = False
    reach_m: float = np.inf
    reach_days: float = np.inf

    def offset(self, name: str) -> float:
        """The offset of a feature."""
        return (self.offsets or OFFSETS).get(name, OFFSETS[name])


def fit(crimes: Crimes, title: str, choice: Choice | None = None) -> Model:
    """Fit a model to all pairs within reach.

    Raises:
        TooFewSeries: there are fewer than two series of two crimes or more.
    """
    choice = choice or Choice()
    pairs = pairs_of(crimes, choice.reach_m, choice.reach_days)
    linked = crimes.linked(pairs.one, pairs.other)
    groups = crimes.groups()
    series = len(np.unique(groups[pairs.one[linked]]))
    if series < 2:
        raise TooFewSeries(f"{series} series with two crimes or more within reach: a fit needs at least two")
    measured = measure(crimes, pairs, choice.features)
    counts = {"crimes": len(crimes), "series": series, "pairs": len(pairs), "linked_pairs": int(linked.sum())}
    return fit_pairs(crimes, pairs, measured, linked, title, choice, counts)


def fit_pairs(
    crimes: Crimes,
    pairs: Pairs,
    measured: dict[str, Floats],
    linked: NDArray[np.bool_],
    title: str,
    choice: Choice,
    counts: dict[str, int] | None = None,
) -> Model:
    """Fit a model to these pairs, of which the features are measured already."""
    each, other = consistency(crimes.done, pairs, linked)
    fields = {
        name: Field(each[name], dict(sorted(Counter(str(value) for value in values if value != "").items())))
        for name, values in crimes.done.items()
    }
    kept, odds = _drawn(linked)
    some = Pairs(pairs.one[kept], pairs.other[kept])
    agreement = np.sum([np.zeros(len(some)), *(compare(fields[n], v, some) for n, v in crimes.done.items())], axis=0)
    columns, centres = [agreement], [0.0]
    for name in choice.features:
        for column in _terms(measured[name][kept], name, choice):
            centre = float(np.nanmean(column[~linked[kept]])) if not np.isnan(column).all() else 0.0
            columns.append(np.where(np.isnan(column), 0.0, column - centre))
            centres.append(centre)
    weights = logistic(np.column_stack(columns), linked[kept])
    curves, at = {}, 2
    for name in choice.features:
        knots = np.asarray(KNOTS[name], float)
        knots = knots[: int(np.searchsorted(knots, _reach(name, choice), "right"))]
        terms = _terms(knots, name, choice)
        values = sum(weights[at + n] * (term - centres[at - 1 + n]) for n, term in enumerate(terms))
        curves[name] = Curve(choice.offset(name), tuple(knots), tuple(np.asarray(values).tolist()))
        at += len(terms)
    return Model(
        title=title,
        prior=float(weights[0] + odds),
        curves=curves,
        trust=max(0.0, float(weights[1])),
        fields=fields,
        other=other,
        reach_m=choice.reach_m,
        reach_days=choice.reach_days,
        fitted=dict(counts or {}),
    )


def logistic(columns: Floats, linked: NDArray[np.bool_]) -> Floats:
    """The intercept and the weights of columns (pairs x features), by Newton's method; the ridge is on their scale."""
    scale = np.where((spread := columns.std(axis=0)) < 1e-9, 1.0, spread)
    design = np.column_stack([np.ones(len(columns)), columns / scale])
    ridge = np.diag([0.0, *np.full(columns.shape[1], RIDGE)])
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(max(linked.mean(), 1e-9))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (chance - linked) + ridge @ weights
        bend = (design * (chance * (1 - chance) + 1e-12)[:, None]).T @ design + ridge
        step = np.clip(np.linalg.solve(bend, slope), -3, 3)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    result: Floats = weights / np.concatenate([[1.0], scale])
    return result


def _terms(values: Floats, name: str, choice: Choice) -> list[Floats]:
    logs = np.log(values + choice.offset(name))
    return [logs, values] if choice.straight else [logs]


def _reach(name: str, choice: Choice) -> float:
    return {"metres": choice.reach_m, "days": choice.reach_days}.get(name, np.inf)


def _drawn(linked: NDArray[np.bool_]) -> tuple[NDArray[np.int64], float]:
    """All linked pairs and enough of the others; and what that adds to the log odds."""
    unlinked = np.flatnonzero(~linked)
    if len(unlinked) <= UNLINKED:
        return np.arange(len(linked), dtype=np.int64), 0.0
    some = np.random.default_rng(0).choice(unlinked, UNLINKED, replace=False)
    return np.sort(np.concatenate([np.flatnonzero(linked), some])), float(np.log(UNLINKED / len(unlinked)))
