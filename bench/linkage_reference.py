"""Checks near repeats and linkage against published files that are not ours to ship.

``CROSSBEAT_EVALUATION_DATA=FOLDER python -m bench.linkage_reference``: every band of ``near_repeat_ref_*`` must have
the reference's count; linkage on ``linkage_train_*`` must reach an AUC of 0.90 on groups held out, above each baseline.
Exits 1 when one does not hold.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import numpy as np

from jobs.linkage import assess, events, knox
from jobs.linkage.crimes import read
from jobs.linkage.knox import DAYS, METRES
from jobs.linkage.model import SHIPPED, load

LEAST_AUC = 0.90


def counts(path: Path) -> list[list[int]]:
    """The observed counts of the output of the Near Repeat Calculator: one section for each row and column."""
    found = np.full((len(METRES), len(DAYS)), -1)
    sections = re.findall(r"Row (\d+) Column (\d+)\s.*?Observed, (\d+)", path.read_text(), re.DOTALL)
    for row, column, count in sections:
        found[int(row) - 1, int(column) - 1] = int(count)
    return [[int(count) for count in row] for row in found]


def main() -> int:
    """Print each check; 0 when all hold."""
    folder = Path(os.environ["CROSSBEAT_EVALUATION_DATA"])
    reference = counts(folder / "near_repeat_ref_nrc13_output.csv")
    observed = knox.knox(events.read(folder / "near_repeat_ref_input.csv"), runs=19).observed.tolist()
    wrong = sum(a != b for one, two in zip(reference, observed, strict=True) for a, b in zip(one, two, strict=True))
    print(f"near repeats: {len(METRES) * len(DAYS) - wrong} of {len(METRES) * len(DAYS)} bands equal the reference")
    crimes = read(folder / "linkage_train_crimes.csv", folder / "linkage_train_series.csv")
    held_out = [assess.evaluate(crimes, seed=seed) for seed in range(5)]
    for report in held_out:
        print(f"held out: {report.figures}")
    print(f"shipped model, on what it was fitted on: {assess.evaluate(crimes, load(SHIPPED)).figures}")
    least = max(LEAST_AUC, *(base.auc for base in held_out[0].baselines.values()))
    return int(wrong > 0 or any(report.figures.auc < least for report in held_out))


if __name__ == "__main__":
    sys.exit(main())
