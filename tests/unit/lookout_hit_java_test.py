"""Look-outs and reads as they come, in Java, one after the other: what is told, and what takes it back.

The cases of the pattern show what does not hang on the order in which two topics are read; here the order is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler
from streams import settings
from tests.unit import java_check

CHECK = Path(__file__).parent / "java" / "LookoutCheck.java"
BOTH = "north,south"
LOOKOUT = f"L north:l 1000 90000 {BOTH}"
READ = f"R south:r 1 south cam-1 5000 {BOTH} -"
HIT = {f"{one} Alert north:l,south:r" for one in ("north", "south")}
END = {f"{one} Cancel north:l,south:r" for one in ("north", "south")}


@pytest.fixture(scope="module")
def jar() -> Path:
    parts.ensure(FLINK_JARS)
    return compiler.jar(settings.load(), [CHECK], patterns=["lookout_hit"])


def told(jar: Path, *lines: str) -> list[set[str]]:
    """What is told after each line."""
    given = "".join(f"{line}\n" for line in lines)
    return list(_blocks(java_check.run(jar, "crossbeat.lookout.LookoutCheck", given=given)))


def _blocks(answer: str) -> Iterator[set[str]]:
    block: set[str] = set()
    for line in answer.splitlines():
        if line:
            block.add(line)
        else:
            yield block
            block = set()


def test_a_lookout_that_is_taken_back_cancels_its_hits_and_asks_for_nothing_more(jar: Path) -> None:
    later = READ.replace("south:r", "south:r2").replace("5000", "9000")
    assert told(jar, LOOKOUT, READ, READ, "G north:l", "G north:l", later) == [set(), HIT, set(), END, set(), set()]


def test_an_end_takes_back_what_was_read_after_it_and_nothing_before(jar: Path) -> None:
    after, before = LOOKOUT.replace("90000", "6000"), LOOKOUT.replace("90000", "4000")
    assert told(jar, LOOKOUT, READ, after, before, LOOKOUT) == [set(), HIT, set(), END, HIT]


def test_who_may_no_longer_see_the_lookout_is_told_that_the_hit_is_over(jar: Path) -> None:
    near = f"R south:r 1 south cam-1 5000 east,{BOTH} east"
    wide, less = LOOKOUT.replace(BOTH, f"east,{BOTH}"), LOOKOUT
    east = "east {} north:l,south:r".format
    assert told(jar, wide, near, less) == [set(), {*HIT, east("Alert")}, {east("Cancel")}]
    # A camera answers no look-out that its own district does not know of.
    assert told(jar, LOOKOUT, READ, LOOKOUT.replace(BOTH, "north")) == [set(), HIT, END]


def test_a_read_that_is_taken_back_cancels_whichever_word_comes_first(jar: Path) -> None:
    back = f"T south:r 2 {BOTH}"
    assert told(jar, LOOKOUT, READ, back, back) == [set(), HIT, END, set()]
    assert told(jar, LOOKOUT, back, READ) == [set(), set(), set()]


def test_a_read_just_ahead_of_a_lookout_meets_it_and_each_lookout_is_told(jar: Path) -> None:
    other = LOOKOUT.replace("north:l", "south:l")
    # The north has neither the look-out nor the camera.
    second = {"south Alert south:l,south:r"}
    assert told(jar, READ, LOOKOUT, other, LOOKOUT) == [set(), HIT, second, set()]


def test_one_camera_is_told_once_in_ten_minutes_and_each_camera_by_itself(jar: Path) -> None:
    again = READ.replace("south:r", "south:r2").replace("5000", "5050")
    elsewhere = again.replace("south:r2", "south:r3").replace("cam-1", "cam-2")
    third = {line.replace("south:r", "south:r3") for line in HIT}
    assert told(jar, LOOKOUT, READ, again, elsewhere) == [set(), HIT, set(), third]
