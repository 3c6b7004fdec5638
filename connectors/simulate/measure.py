"""Measure the real sample and print the parameters that the simulation is built on, for a person to review.

    python -m connectors.simulate.measure toronto_mci_2018.parquet > connectors/simulate/toronto.toml

The file has ``event_id``, ``occurred_at`` (local clock), ``category``, ``premise_type``, ``district``, ``lat`` and
``lon``.
Only the figures are kept: the product does not need the data. Homicides are left out, they are too few to measure.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl

from connectors.simulate import statistics

# The sample's categories, and the offence of ours that each is.
OFFENCES = {
    "assault": "simple_assault",
    "auto-theft": "motor_vehicle_theft",
    "break-and-enter": "burglary",
    "robbery": "robbery",
    "theft-over": "other_larceny",
}
DAYS = 365
HEAD = """# Figures of 2018 in Toronto, by `python -m connectors.simulate.measure`; do not edit by hand.
# Source: City of Toronto open data, major crime indicators (Open Government Licence - Toronto).
# Times are shares of events on the local clock. near_repeat_ratio is pairs within 400 m and 14 days over
# those of shuffled times; near_repeat_share is the share of events with an earlier one so near.
# busiest: share of events at the busiest 1, 5, 10 and 20 percent of the places that have any.
"""


def measured(path: Path) -> str:
    """The parameters as TOML."""
    # One row an event: the file has one for each victim or offence.
    events = pl.read_parquet(path).unique("event_id", keep="first", maintain_order=True)
    events = events.filter(pl.col("category").is_in(list(OFFENCES)))
    events = events.with_columns(pl.col("occurred_at").str.to_datetime(time_unit="ms").dt.epoch("ms").alias("at"))
    districts = events["district"].n_unique()
    lines = [HEAD, f"districts = {districts}", f"events = {events.height}"]
    places = events.select(pl.col("lat", "lon").round(5)).unique().height
    lines += [f"places = {places}", *_figures(events)]
    for category, offence in OFFENCES.items():
        of = events.filter(pl.col("category") == category)
        premises = of["premise_type"].value_counts(sort=True)
        mix = ", ".join(f"{name.lower()} = {count / of.height:.3f}" for name, count in premises.iter_rows())
        lines += [
            "",
            f"[offences.{offence}]",
            f"per_district_day = {of.height / DAYS / districts:.4f}",
            *_figures(of),
            f"premises = {{ {mix} }}",
        ]
    return "\n".join(lines) + "\n"


def _figures(events: pl.DataFrame) -> list[str]:
    at, lat, lon = (events[name].to_numpy() for name in ("at", "lat", "lon"))
    kind = events["category"].rank("dense").cast(pl.Int64).to_numpy()
    repeats = statistics.near_repeats(at, lat, lon, kind)
    full, half, five = statistics.minute_shares(at)
    midnight = float(np.mean(at % statistics.DAY_MS < 2 * 60_000))
    return [
        f"hours = {_list(statistics.hour_profile(at))}",
        f"weekdays = {_list(statistics.weekday_profile(at))}",
        f"full_hour = {full:.3f}",
        f"half_hour = {half:.3f}",
        f"five_minutes = {five:.3f}",
        f"midnight = {midnight:.4f}",
        f"near_repeat_ratio = {repeats.ratio:.3f}",
        f"near_repeat_share = {repeats.share:.3f}",
        f"busiest = {_list(statistics.concentration(lat, lon))}",
    ]


def _list(values: Iterable[float]) -> str:
    return "[" + ", ".join(f"{value:.4f}" for value in values) + "]"


if __name__ == "__main__":
    sys.stdout.write(measured(Path(sys.argv[1])))
