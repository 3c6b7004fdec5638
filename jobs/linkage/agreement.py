"""How much it says that two crimes were done alike: a value shared by chance says little, a rare one much.

A hand keeps to its way in a share ``k`` of its pairs (its consistency), and otherwise does as anybody. Two crimes of
one hand then agree in a value of share ``p`` with probability ``p (k + (1 - k) p)``, two of different hands with
``p * p``: the log Bayes factor is ``log(k / p + 1 - k)``. Where they differ it is ``log(1 - k)``; what is not known
says nothing.
The form is that of Fellegi and Sunter, "A Theory for Record Linkage" (1969), with value-specific weights.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.linkage.crimes import Floats, Texts
from jobs.linkage.features import Pairs

LEAST: Final = 0.0
MOST: Final = 0.95
"""Never certain: a hand may always do otherwise, and a clerk may always write otherwise."""
RAREST: Final = 0.02
"""A share is not told more finely: a value seen once in a file is not as rare as that says."""
TRUST: Final = 20.0
"""A field's own consistency counts as much as what all fields say once it rests on so many linked pairs."""


@dataclass(frozen=True)
class Field:
    """One field: its consistency, and how often each value came among so many crimes."""

    consistency: float
    counts: dict[str, int] = field(default_factory=dict)

    def same(self, share: float) -> float:
        """Log Bayes factor of agreeing in a value of this share."""
        return float(np.log(self.consistency / share + 1 - self.consistency))

    def differs(self) -> float:
        """Log Bayes factor of differing."""
        return float(np.log(1 - self.consistency))

    def unseen(self) -> float:
        """Agreeing in a value of which no share is known: as little as agreeing in any says, 0 if none is known."""
        return min((self.same(self.share(value)) for value in self.counts), default=0.0)

    def share(self, value: str, here: Counter[str] | None = None) -> float:
        """The share of a value among the crimes of the fit and those at hand, ``RAREST`` at least."""
        count = self.counts.get(value, 0) + (here or Counter())[value]
        total = sum(self.counts.values()) + (0 if here is None else here.total())
        return max(count / max(total, 1), RAREST)


def agreed(values: Texts, pairs: Pairs) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which pairs have the field on both sides, and which of them agree."""
    one, other = values[pairs.one], values[pairs.other]
    known = np.asarray((one != "") & (other != ""), np.bool_)
    return known, known & np.asarray(one == other, np.bool_)


def compare(field_: Field, values: Texts, pairs: Pairs, *, alone: bool = False) -> Floats:
    """The log Bayes factor of each pair in one field; ``alone`` takes the shares of the fit without those at hand."""
    known, same = agreed(values, pairs)
    here = Counter(value for value in values if value != "")
    weight = {
        value: field_.unseen()
        if alone and value not in field_.counts
        else field_.same(field_.share(value, None if alone else here))
        for value in here
    }
    result = np.where(known, field_.differs(), 0.0)
    result[same] = [weight[value] for value in values[pairs.one[same]]]
    return result


def consistency(values: dict[str, Texts], pairs: Pairs, linked: NDArray[np.bool_]) -> tuple[dict[str, float], float]:
    """The consistency of each field, drawn towards that of all fields together, and the latter."""
    sums: dict[str, tuple[float, float]] = {}
    for name, column in values.items():
        known, same = agreed(column, pairs)
        chance = float(same[known & ~linked].mean()) if (known & ~linked).any() else 0.0
        both = known & linked
        sums[name] = (float(same[both].sum()) - chance * both.sum(), (1 - chance) * float(both.sum()))
    above, room = (sum(part) for part in zip(*sums.values(), strict=True)) if sums else (0.0, 0.0)
    all_fields = float(np.clip(above / room if room else LEAST, LEAST, MOST))
    each = {
        name: float(np.clip((own + TRUST * all_fields) / (of + TRUST), LEAST, MOST)) for name, (own, of) in sums.items()
    }
    return each, all_fields
