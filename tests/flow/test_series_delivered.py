"""A series as a record: it comes to each district that may see it and to the table, grows there, and is taken back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.landed import connected, rows
from infra.provision import analysts
from streams.settings import Settings
from tests.flow.join_world import BEGAN_MS, DAY_MS, Record, incident, publish
from tests.flow.retraction_world import Chain, Post, join, receipts, stub

pytestmark = [pytest.mark.server, pytest.mark.timeout(240)]
A, B = "ser-a", "ser-b"
DONE = {
    "time_precision": "minute",
    "method_of_entry": "lock_defeated",
    "point_of_entry": "side_window",
    "tool": "lock_pick",
    "location_category": "specialty_store",
}


class Finding(Chain):
    """Series and the router."""

    patterns = ("linked_series", "router")


def deed(name: str, district: str, day: int, **more: Any) -> Record:
    """One of a hand's: 50 m and two days from the next."""
    at = BEGAN_MS + day * DAY_MS
    near = [B if district == A else A]
    given = DONE | {"occurred_to": at, "near_districts": near, "visible_to": [A, B]} | more
    return incident(f"{district}:{name}", district, at, -46.0 + 0.0004 * day, 10.0, **given)


def test_a_series_is_delivered_landed_and_taken_back(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    stack: Settings = fresh_stack(workers=("loader",)).start()
    jobs = Finding(stack, tmp_path / "jobs")
    join(stack, jobs, (A,), ("alert", "series"))
    join(stack, jobs, (B,), ("alert",))
    jobs.start()
    post = Post(stack, (A, B))
    three = [deed("1", A, 1), deed("2", A, 3), deed("3", B, 5)]
    # A third one of B that A may not see: B's series holds it, and nothing that A is given does.
    unseen = deed("4", B, 7, visible_to=[B])
    members = [record["record_id"] for record in three]
    try:
        publish(stack, [*three, unseen])
        post.until(lambda: bool(post.of[A].standing("series")), jobs)
        ((series_id, row),) = post.of[A].standing("series").items()
        assert (row["members"], row["districts"], row["recipient"]) == (members, [A, B], A)
        assert (row["first_occurred_from"], row["last_occurred_from"]) == (
            three[0]["occurred_from"],
            three[2]["occurred_from"],
        )
        # The alert and the row of its series come by two topics: either may be the first.
        post.until(lambda: row["alert"] in {alert["identifier"] for alert in post.of[A].alerts}, jobs)
        landed = until(lambda: now(stack), lambda found: len(found.get(B, {}).get("members", [])) == 4)
        assert landed[B]["members"] == [*members, unseen["record_id"]]
        assert landed[A]["series_id"] == series_id and landed[B]["series_id"] != series_id
        assert landed[A]["members"] == members
        assert analysts.filters(A)["series"] == analysts.filters(A)["alerts"]
        publish(stack, [stub(three[2])])
        post.until(lambda: not post.of[A].standing("series"), jobs)
        assert post.of[A].messages["series"][-1] == (series_id, None)
        post.until(lambda: post.of[A].alerts[-1]["msg_type"] == "Cancel", jobs)
        told = receipts(stack)
        assert told[f"series|{series_id}|1"]["recipients"] == [A]
        assert told[f"series|{series_id}|2"]["withdrawn_from"] == [A]
        after = until(lambda: now(stack), lambda found: A not in found)
        assert after[B]["members"] == [*members[:2], unseen["record_id"]]
        assert not post.of[B].messages["series"], "it does not receive them"
    finally:
        post.close()
        code = jobs.stop()
    assert code == 0, jobs.log_end()


def now(stack: Settings) -> dict[str, dict[str, Any]]:
    """The series that stand in the table, by recipient."""
    with connected(stack) as client:
        return {row["recipient"]: row for row in rows(client, "SELECT * FROM series_now", {})}


def until(ask: Callable[[], Any], well: Callable[[Any], bool], within_s: float = 60) -> Any:
    """Ask until the answer is well."""
    limit = time.monotonic() + within_s
    while not well(found := ask()):
        assert time.monotonic() < limit, found
        time.sleep(0.3)
    return found
