"""What a key of the join keeps, in Java, against a list: every incident is found as it was put in."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler
from streams import settings
from tests.unit import java_check

CHECK = Path(__file__).parent / "java" / "BucketCheck.java"
TURNS = 400
One = tuple[str, str, int, int, float, float, bool]
"""District, id, revision, time, latitude, longitude, at home."""


def test_a_bucket_is_a_list_in_order_of_latitude() -> None:
    parts.ensure(FLINK_JARS)
    random = np.random.default_rng(3)
    held: list[One] = []
    lines: list[str] = []
    wanted: list[list[One]] = []
    for turn in range(TURNS):
        if held and random.random() < 0.4:
            gone = held.pop(random.integers(len(held)))
            lines.append(" ".join(gone[:2]))
        elif random.random() < 0.1:
            lines.append(f"north nothing-{turn}")
        else:
            district = ("north", "south", "west")[random.integers(3)]
            lat, lon = round(random.uniform(-90, 90), 6), round(random.uniform(-180, 180), 6)
            name = f"{district}:{turn}" + "x" * int(random.integers(20))
            held.append(
                (district, name, 1 + turn % 3, int(random.integers(10**12)), lat, lon, bool(random.random() < 0.5))
            )
            lines.append(" ".join(map(str, held[-1])))
        held.sort(key=lambda one: one[4])
        wanted.append(list(held))
    jar = compiler.jar(settings.load(), [CHECK])
    answer = java_check.run(jar, "crossbeat.linked.BucketCheck", given="\n".join(lines))
    found = [[read(line) for line in block.splitlines()] for block in answer.split("end\n")[:-1]]
    assert max(map(len, wanted)) > 20
    assert found == wanted


def read(line: str) -> One:
    """An incident as the check prints it."""
    district, name, revision, at, lat, lon, home = line.split()
    return district, name, int(revision), int(at), float(lat), float(lon), home == "true"
