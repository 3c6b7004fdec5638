"""The job's score and words, in Java, against those of the model that it was rendered from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler
from jobs.linkage.crimes import Crimes, said
from jobs.linkage.features import Pairs
from jobs.linkage.model import CONTRACT, load
from jobs.linkage.render import JAVA, render
from jobs.linkage.words import explain
from streams import settings
from tests.unit import java_check

CHECK = Path(__file__).parent / "java" / "LikenessCheck.java"
FIELDS = ("offence", "method_of_entry", "point_of_entry", "tool", "location_category")
METRES_A_DEGREE = 111_195.08
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
COUNT = 200


def test_the_java_is_rendered_from_the_weights() -> None:
    assert JAVA.read_text() == render(load(CONTRACT))


def deeds() -> list[dict[str, Any]]:
    """Incidents along one meridian, where sphere and plane agree; every second is near the one before, mostly."""
    rng = np.random.default_rng(7)
    model = load(CONTRACT)
    found: list[dict[str, Any]] = []
    for number in range(COUNT):
        near = found[-1] if number % 2 else None
        lat = 43.6 + rng.uniform(0, 0.012) if near is None else near["lat"] + rng.normal(0, 0.007)
        start = int(rng.integers(0, 20 * DAY_MS)) if near is None else near["from"] + int(rng.normal(0, 10) * DAY_MS)
        row: dict[str, Any] = {"lat": lat, "from": start, "to": start + int(rng.integers(0, 2)) * 9 * HOUR_MS}
        for name in FIELDS:
            codes = [*model.fields[name].counts, "unknown", "", "never_seen"]
            alike = near is not None and rng.random() < 0.6
            row[name] = near[name] if alike and near else str(rng.choice(codes))
        found.append(row)
    return found


@pytest.fixture(scope="module")
def answers() -> list[tuple[float, str]]:
    """What the Java says of each second deed and the one before it."""
    parts.ensure(FLINK_JARS)
    jar = compiler.jar(settings.load(), [CHECK])
    rows = deeds()
    lines = [
        "\t".join(
            "\t".join([repr(row["lat"]), "-79.4", str(row["from"]), str(row["to"]), *(row[name] for name in FIELDS)])
            for row in rows[at : at + 2]
        )
        for at in range(0, COUNT, 2)
    ]
    answer = java_check.run(jar, "LikenessCheck", given="\n".join(lines))
    split = [line.split("\t") for line in answer.splitlines()]
    return [(float(score), words) for score, words in split]


def test_java_and_python_score_and_tell_alike(answers: list[tuple[float, str]]) -> None:
    rows = deeds()
    model = load(CONTRACT)
    crimes = Crimes(
        ids=np.array([str(at) for at in range(COUNT)], dtype=object),
        x_m=np.zeros(COUNT),
        y_m=np.array([row["lat"] for row in rows]) * METRES_A_DEGREE,
        start=np.array([row["from"] for row in rows]) / DAY_MS,
        end=np.array([row["to"] for row in rows]) / DAY_MS,
        done={name: said([row[name] for row in rows]) for name in FIELDS},
        series=(frozenset(),) * COUNT,
        block=np.zeros(COUNT, np.int64),
    )
    one, other = np.arange(0, COUNT, 2), np.arange(1, COUNT, 2)
    apart = np.abs(crimes.y_m[one] - crimes.y_m[other])
    within = (apart <= model.reach_m) & (np.abs(crimes.start[one] - crimes.start[other]) <= model.reach_days)
    expected = np.where(within, model.score(crimes, Pairs(one, other), alone=True), -np.inf)
    assert 0 < within.sum() < COUNT // 2
    # Each of the nine parts is rendered to four digits.
    assert [score for score, _ in answers] == pytest.approx(expected.tolist(), abs=1e-3)
    words = [explain(model, crimes, int(a), int(b)).words for a, b in zip(one, other, strict=True)]
    assert [told for _, told in answers] == words
