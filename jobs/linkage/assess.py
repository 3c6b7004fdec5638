"""How well scores tell linked pairs from others, with ties counted fairly, and the baselines to beat."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jobs.linkage.crimes import Crimes, Floats, Ints
from jobs.linkage.features import Pairs, measure, pairs_of
from jobs.linkage.fit import FEATURES, Choice, TooFewSeries, fit_pairs
from jobs.linkage.model import Model

FALSE_POSITIVES: Final = 0.05
FIRST: Final = 50
FOLDS: Final = 10
THRESHOLD_M: Final = 400.0
THRESHOLD_DAYS: Final = 14.0


class NothingLinked(ValueError):
    """No pair of the file is known to be linked, or none not to be: there is nothing to measure against."""


@dataclass(frozen=True)
class Figures:
    """Area under the ROC curve; true positives at 5% false positives; share of links among the 50 highest scores."""

    auc: float
    tpr_at_5_fpr: float
    precision_at_50: float


@dataclass(frozen=True)
class Report:
    """The figures of a model over ``pairs`` pairs, of which ``linked`` are, and those of each baseline."""

    figures: Figures
    pairs: int
    linked: int
    baselines: dict[str, Figures]

    def plain(self) -> dict[str, Any]:
        """As one JSON object."""
        named = {name: asdict(figures) for name, figures in self.baselines.items()}
        return {**asdict(self.figures), "pairs": self.pairs, "linked": self.linked, "baselines": named}


def figures(scores: Floats, linked: NDArray[np.bool_]) -> Figures:
    """The figures of scores. Of pairs with the same score, each counts as their mean.

    Raises:
        NothingLinked: all pairs are linked, or none.
    """
    if linked.all() or not linked.any():
        raise NothingLinked(f"of {len(linked)} pairs {int(linked.sum())} are linked: give crimes of several series")
    values, at = np.unique(-scores, return_inverse=True)
    hits = np.bincount(at, linked, len(values))
    all_ = np.bincount(at, minlength=len(values))
    true = np.concatenate([[0], np.cumsum(hits)]) / linked.sum()
    false = np.concatenate([[0], np.cumsum(all_ - hits)]) / (~linked).sum()
    first = min(FIRST, len(scores))
    found = float(np.interp(first, np.concatenate([[0], np.cumsum(all_)]), np.concatenate([[0], np.cumsum(hits)])))
    at_most = int(np.searchsorted(false, FALSE_POSITIVES, "right"))
    true_there = float(np.interp(FALSE_POSITIVES, false[at_most - 1 : at_most + 1], true[at_most - 1 : at_most + 1]))
    return Figures(float(np.trapezoid(true, false)), true_there, found / first)


def evaluate(crimes: Crimes, model: Model | None = None, seed: int = 0) -> Report:
    """The figures over every pair of the crimes: with a model by that, else by cross-validation between groups.

    Crimes of no series are each a group of their own, and so linked to none.
    """
    pairs = pairs_of(crimes)
    linked = crimes.linked(pairs.one, pairs.other)
    if not linked.any():
        raise NothingLinked(f"of {len(linked)} pairs none is linked: give crimes of several series")
    scores = held_out(crimes, pairs, linked, seed) if model is None else model.score(crimes, pairs)
    return Report(figures(scores, linked), len(pairs), int(linked.sum()), baselines(crimes, pairs, linked))


def held_out(crimes: Crimes, pairs: Pairs, linked: NDArray[np.bool_], seed: int = 0) -> Floats:
    """The score of every pair by a model that has seen no crime of the two groups, nor of the others of their folds.

    Groups are dealt to folds. A pair within a fold is scored by a model of the other folds, a pair of two folds by one
    of all but both: no crime of a series, and no crime of the pair, is ever on both sides. What is compared is the
    evidence without the prior, for the prior of a model falls when a long series is held out, and would tell on it.
    """
    groups = crimes.groups()
    fold = _folds(groups, seed)
    one, other = fold[pairs.one], fold[pairs.other]
    measured = measure(crimes, pairs, FEATURES)
    scores = np.empty(len(pairs))
    for first in range(fold.max() + 1):
        for second in range(first, fold.max() + 1):
            tested = np.minimum(one, other) == first
            tested &= np.maximum(one, other) == second
            if not tested.any():
                continue
            learned = ~np.isin(one, (first, second)) & ~np.isin(other, (first, second))
            if not linked[learned].any():
                raise TooFewSeries("too few series with two crimes or more to hold some out: at least four are needed")
            seen = Pairs(pairs.one[learned], pairs.other[learned])
            known = {name: values[learned] for name, values in measured.items()}
            model = fit_pairs(crimes, seen, known, linked[learned], "", Choice())
            asked = Pairs(pairs.one[tested], pairs.other[tested])
            there = {name: values[tested] for name, values in measured.items()}
            scores[tested] = model.evidence(crimes, asked, there)
    return scores


def _folds(groups: Ints, seed: int) -> Ints:
    """The fold of each crime: groups of two or more are dealt evenly, then the single ones."""
    rng = np.random.default_rng(seed)
    sizes = np.bincount(groups)
    several, single = (rng.permutation(np.flatnonzero(wanted)) for wanted in (sizes > 1, sizes == 1))
    count = min(FOLDS, max(len(several) - 1, 1))
    fold = np.empty(len(sizes), np.int64)
    fold[several] = np.arange(len(several)) % count
    fold[single] = np.arange(len(single)) % count
    result: Ints = fold[groups]
    return result


def baselines(crimes: Crimes, pairs: Pairs, linked: NDArray[np.bool_]) -> dict[str, Figures]:
    """Distance alone, time alone, and "at most 400 m and 14 days apart"; what is not known counts as far."""
    measured = {
        name: np.where(np.isnan(values), np.inf, values)
        for name, values in measure(crimes, pairs, ("metres", "days")).items()
    }
    near = (measured["metres"] <= THRESHOLD_M) & (measured["days"] <= THRESHOLD_DAYS)
    return {
        "distance_only": figures(-measured["metres"], linked),
        "time_only": figures(-measured["days"], linked),
        "fixed_threshold": figures(near.astype(np.float64), linked),
    }
