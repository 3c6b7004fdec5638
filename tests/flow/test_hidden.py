"""Nothing that a district gets changes when a record that it may not see is there or not, is revised or taken back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from streams.settings import Settings
from tests.flow.hidden_worlds import WITH, WITHOUT, World, records, told
from tests.flow.join_world import publish
from tests.flow.retraction_world import Chain, Post, join

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]


def test_nothing_a_district_gets_depends_on_what_it_may_not_see(
    fresh_stack: Callable[..., Any], tmp_path: Path
) -> None:
    stack: Settings = fresh_stack().start()
    jobs = Chain(stack, tmp_path / "jobs")
    join(stack, jobs, (f"{WITH}-a", f"{WITHOUT}-a"))
    jobs.start()
    post = Post(stack, (f"{WITH}-a", f"{WITHOUT}-a"))
    numbers = count()

    @settings(max_examples=3, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(st.lists(World, min_size=12, max_size=12))
    def alike(worlds: list[Any]) -> None:
        made = [
            records(number, world, side)
            for number, world in zip(numbers, worlds, strict=False)
            for side in (WITH, WITHOUT)
        ]
        for part in (0, 1):  # one after the other, for an alert that is over before it was raised is none
            publish(stack, (record for world in made for record in world[part]), partition=0)
            jobs.caught_up()
            post.until_quiet(jobs)
        got = {side: told(post.of[f"{side}-a"], side) for side in (WITH, WITHOUT)}
        assert got[WITH] == got[WITHOUT]

    try:
        alike()
        kinds = {record["msg_type"] for record in post.of[f"{WITH}-a"].alerts}
        assert kinds >= {"Alert", "Cancel"}, "no world came to an alert and its end"
        assert len(post.of[f"{WITH}-a"].messages["link"]) > 20
    finally:
        post.close()
        code = jobs.stop()
    assert code == 0, (tmp_path / "jobs" / "jobs.log").read_text()[-3000:]
