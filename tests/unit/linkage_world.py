"""Synthetic crimes with known series, made anew in each test: files of the shape that linkage reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def write(
    folder: Path, seed: int = 0, series: int = 12, single: int = 80, values: str = "abcdefgh"
) -> tuple[Path, Path]:
    """Two CSV files: crimes in a square of 10 km and a year; of a series near each other, days apart, mostly alike."""
    rng = np.random.default_rng(seed)
    crimes, members = ["crime_id,x_m,y_m,dt_from,dt_to,way,tool"], ["crime_id,series_id"]
    number = 0

    def add(x: float, y: float, day: float, way: str, name: str) -> None:
        nonlocal number
        number += 1
        begin = np.datetime64("2020-01-01T00:00:00") + np.timedelta64(int(day * 86_400), "s")
        end = begin + np.timedelta64(int(rng.integers(0, 2)) * 3_600 * 5, "s")
        crimes.append(f"N{number},{x:.1f},{y:.1f},{begin},{end},{way},{rng.choice(list(values))}")
        members.append(f"N{number},{name}")

    for at in range(series):
        x, y, day = rng.uniform(0, 10_000), rng.uniform(0, 10_000), rng.uniform(0, 300)
        way = str(rng.choice(list(values)))
        for _ in range(int(rng.integers(2, 6))):
            done = way if rng.random() < 0.8 else str(rng.choice(list(values)))
            add(x + rng.normal(0, 300), y + rng.normal(0, 300), day + rng.exponential(10), done, f"S{at}")
    for _ in range(single):
        way = str(rng.choice(list(values)))
        add(rng.uniform(0, 10_000), rng.uniform(0, 10_000), rng.uniform(0, 330), way, "")
    paths = folder / f"crimes{seed}.csv", folder / f"series{seed}.csv"
    for path, lines in zip(paths, (crimes, members), strict=True):
        path.write_text("\n".join(lines) + "\n")
    return paths
