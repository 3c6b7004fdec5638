"""Fits the weights that the job uses, on the planted series of simulated cities; run by hand when fields change.

``python -m bench.linkage_city`` writes ``jobs/linkage/contract.toml`` and the Java that holds it, and prints how well
it tells the pairs of cities that it has not seen. Nothing is fitted on seeds 1 to 5: ``crossbeat evaluate`` uses those.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

import numpy as np

from connectors.simulate import Plan, simulate
from jobs.linkage.assess import figures
from jobs.linkage.crimes import Crimes, said
from jobs.linkage.features import Pairs, pairs_of
from jobs.linkage.fit import Choice, fit
from jobs.linkage.model import CONTRACT, Model, load
from jobs.linkage.render import JAVA, render

FIELDS = ("offence", "method_of_entry", "point_of_entry", "tool", "location_category")
OFFENCES = ("burglary", "motor_vehicle_theft", "robbery")
FITTED = (11, 12, 13, 14, 15, 16, 17, 18)
HELD_OUT = (21, 22)
CHOICE = Choice(("metres", "days", "hours"), straight=True, reach_m=1500.0, reach_days=28.0)
SOUND = (("occurred_from", int), ("occurred_to", int), ("lat", float), ("lon", float))
"""What a record must have to be compared; the damaged copies that a city sends lack it."""
DAY_MS = 86_400_000
METRES_A_DEGREE = 111_195.08


def crimes_of(seeds: Iterable[int]) -> Crimes:
    """The incidents of the cities of these seeds, of offences that have series; each city is a block of its own."""
    rows: list[dict[str, Any]] = []
    series: list[frozenset[str]] = []
    block: list[int] = []
    for seed in seeds:
        city = simulate(Plan(seed=seed, districts=6, days=28))
        of: dict[str, set[str]] = {}
        for item in city.truth["series"]:
            for record in item["records"]:
                of.setdefault(record, set()).add(f"{seed}:{item['id']}")
        seen: dict[str, dict[str, Any]] = {}
        for record in (sent.record for sent in city.sent if sent.kind == "incident"):
            if record.get("offence") in OFFENCES and all(isinstance(record.get(name), kind) for name, kind in SOUND):
                seen.setdefault(record["record_id"], record)
        rows += seen.values()
        series += [frozenset(of.get(name, ())) for name in seen]
        block += [seed] * len(seen)
    lat, lon = (np.array([row[name] for row in rows], float) for name in ("lat", "lon"))
    return Crimes(
        ids=np.array([row["record_id"] for row in rows], dtype=object),
        x_m=lon * METRES_A_DEGREE * np.cos(np.radians(lat.mean())),
        y_m=lat * METRES_A_DEGREE,
        start=np.array([row["occurred_from"] for row in rows], float) / DAY_MS,
        end=np.array([row["occurred_to"] for row in rows], float) / DAY_MS,
        done={name: said([row.get(name) for row in rows]) for name in FIELDS},
        series=tuple(series),
        block=np.array(block, np.int64),
    )


def told(model: Model, crimes: Crimes) -> None:
    """Print how well the model tells the pairs of these crimes, and what each threshold would find."""
    pairs: Pairs = pairs_of(crimes, model.reach_m, model.reach_days)
    linked = crimes.linked(pairs.one, pairs.other)
    scores = model.score(crimes, pairs, alone=True)
    print(figures(scores, linked), f"pairs {len(pairs)}, linked {linked.sum()}")
    for least in (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0):
        above = scores >= least
        print(f"score >= {least:+.0f}: precision {linked[above].mean():.3f}, recall {above[linked].mean():.3f}")


def main() -> None:
    """Fit, write, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    title = f"the planted series of the simulated city, seeds {', '.join(map(str, FITTED))}, 6 districts, 28 days"
    model = fit(crimes_of(FITTED), title, CHOICE)
    if not arguments.dry_run:
        model.save(CONTRACT)
        JAVA.write_text(render(load(CONTRACT)))
    told(model, crimes_of(HELD_OUT))


if __name__ == "__main__":
    main()
