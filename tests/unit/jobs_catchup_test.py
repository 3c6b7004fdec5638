"""What catch-up writes of a pair that a link said before, in another state."""

from __future__ import annotations

from typing import Any

import polars as pl

from jobs.patterns.linked_incidents.catchup import new_links, standing_links


def state(
    a_revision: int, b_revision: int, *readers: str, b: str = "south:1", retracted: bool = False
) -> dict[str, Any]:
    """A state of the link between north's incident and one of south's."""
    return {
        "link_id": f"north:1~{b}",
        "a_record_id": "north:1",
        "b_record_id": b,
        "a_revision": a_revision,
        "b_revision": b_revision,
        "visible_to": list(readers),
        "retracted": retracted,
    }


def written(known: list[dict[str, Any]], *there: dict[str, Any]) -> list[dict[str, Any]]:
    frame = pl.DataFrame(known)
    return new_links(frame, standing_links(frame, {"south:1"}), list(there))


def test_who_could_see_the_pair_before_is_told_to_forget_it() -> None:
    known = [state(1, 1, "north", "south"), state(1, 2, "east", "north", "south")]
    (row,) = written(known, state(1, 3, "south"))
    assert (row["visible_to"], row["prior_visible_to"]) == (["south"], ["east", "north", "south"])


def test_what_a_link_says_already_is_not_written() -> None:
    assert written([state(1, 1, "north", "south")], state(1, 1, "north", "south")) == []


def test_a_pair_that_had_no_link_or_none_that_stands_was_seen_by_nobody() -> None:
    ended = [state(1, 1, "north", "south"), state(1, 2, "north", "south", retracted=True)]
    rows = written(ended, state(1, 3, "south"), state(1, 1, "north", b="south:2"))
    assert [row["prior_visible_to"] for row in rows] == [[], []]
