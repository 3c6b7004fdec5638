"""What feed_health remembers, in Java: changed in place, at each word, it is to the byte what plain objects are."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler
from streams import settings
from tests.unit import java_check

JAVA = Path(__file__).parent / "java"
WORDS = 30_000
SILENT = {"feed silent", "camera silent", "refusals judged"}
CLOCK = {"ahead", "behind", "right", "history"}
UNTOUCHED = {"camera untouched", "source untouched"}
MET = SILENT | CLOCK | UNTOUCHED
"""What words at random must have led to, for the comparison to say something."""


@pytest.fixture(scope="module")
def jar() -> Path:
    parts.ensure(FLINK_JARS)
    return compiler.jar(settings.load(), [JAVA / "FeedsCheck.java", JAVA / "PlainFeeds.java"], patterns=["feed_health"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bytes_and_answers_are_those_of_plain_objects_after_each_word(jar: Path, seed: int) -> None:
    answer = java_check.run(jar, "crossbeat.feeds.FeedsCheck", seed, WORDS)
    met = dict(line.rsplit(" ", 1) for line in answer.splitlines())
    assert set(met) >= MET, met
