"""A record that is taken back, moved or released to fewer: links, alerts and each district's own topics follow."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from streams.settings import Settings
from tests.flow.join_world import BEGAN_MS, incident, links, publish
from tests.flow.retraction_world import Chain, Post, after, join, receipts, stub

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]
HOUR_MS = 3_600_000
A, B, C = "back-a", "back-b", "back-c"


def test_what_was_made_of_a_record_follows_it(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    stack: Settings = fresh_stack().start()
    jobs = Chain(stack, tmp_path / "jobs")
    join(stack, jobs, (A, B))
    jobs.start()
    post = Post(stack, (A, B))
    try:
        a_retraction_cancels(stack, jobs, post)
        other_evidence_updates(stack, jobs, post)
        a_move_ends_a_pair(stack, jobs, post)
        a_narrower_release_is_forgotten(stack, jobs)
    finally:
        post.close()
        code = jobs.stop()
    assert code == 0, (tmp_path / "jobs" / "jobs.log").read_text()[-3000:]


def at(name: str, district: str, lat: float, hours: float, lon: float = 10.0, **more: Any) -> dict[str, Any]:
    """An incident at a place of its own latitude, seen by both districts unless it is said otherwise."""
    given = {"visible_to": [A, B], "location_precision_m": 10.0} | more
    return incident(f"{district}:{name}", district, BEGAN_MS + int(hours * HOUR_MS), lat, lon, **given)


def a_retraction_cancels(stack: Settings, jobs: Chain, post: Post) -> None:
    three = [at("1", A, -40.0, 1), at("1", B, -40.0, 2), at("2", A, -40.0, 3)]
    publish(stack, three)
    post.until(lambda: all(box.alerts for box in post.of.values()), jobs)
    a, b = post.of[A].alerts[0], post.of[B].alerts[0]
    assert (a["msg_type"], a["recipient"], a["visible_to"]) == ("Alert", A, [A])
    assert a["identifier"] != b["identifier"]
    assert a["description"] == b["description"]

    publish(stack, [stub(three[1])])
    post.until(lambda: all(len(box.alerts) == 2 and not box.standing("link") for box in post.of.values()), jobs)
    for name, alert in ((A, a), (B, b)):
        cancel = post.of[name].alerts[1]
        assert (cancel["msg_type"], cancel["references"]) == ("Cancel", [alert["identifier"]])
        assert not any(record["record_id"] in cancel["headline"] + cancel["description"] for record in three)
    assert post.of[A].messages["incident"][-1] == (f"{B}:1", None)
    assert set(post.of[B].standing("incident")) == {f"{A}:1", f"{A}:2"}, "an owner needs no copy of its own"
    jobs.caught_up()
    told = receipts(stack)
    assert told[f"incident|{B}:1|1"]["recipients"] == [A]
    assert (told[f"incident|{B}:1|2"]["recipients"], told[f"incident|{B}:1|2"]["withdrawn_from"]) == ([], [A])
    assert told[f"link|{A}:1~{B}:1|3"]["withdrawn_from"] == [A, B]
    ended = links(stack, "back").filter(pl.col("retracted"))
    assert ended.select("a_revision", "b_revision").rows() == [(1, 2), (1, 2)]


def other_evidence_updates(stack: Settings, jobs: Chain, post: Post) -> None:
    """Four of one place: what is lost of the first triple is in no other, so another takes its place."""
    four = [at("10", A, -41.0, 1), at("10", B, -41.0, 2), at("11", A, -41.0, 3), at("12", A, -41.0, 4)]
    publish(stack, four)
    post.until(lambda: all(len(box.alerts) == 3 for box in post.of.values()), jobs)
    post.until(lambda: len([key for key in post.of[A].standing("link") if f"{B}:10" in key]) == 3, jobs)
    lost = next(name for name in post.of[A].alerts[2]["incidents"] if name.startswith(A))
    publish(stack, [stub(record) for record in four if record["record_id"] == lost])
    post.until(lambda: len(post.of[A].alerts) == 4, jobs)
    first, update = post.of[A].alerts[2:]
    assert (update["msg_type"], update["references"]) == ("Update", [first["identifier"]])
    assert lost not in update["incidents"] and lost not in update["headline"] + update["description"]


def a_move_ends_a_pair(stack: Settings, jobs: Chain, post: Post) -> None:
    """It goes far away in another cell; then back, and is a pair again."""
    one, other = at("20", A, -42.0, 1), at("20", B, -42.0, 2)
    key = f"{A}:20~{B}:20"
    publish(stack, [one, other])
    post.until(lambda: key in post.of[B].standing("link"), jobs)
    moved = after(one, lat=-43.0)
    publish(stack, [moved])
    post.until(lambda: key not in post.of[B].standing("link"), jobs)
    back = after(moved, lat=-42.0)
    publish(stack, [back])
    post.until(lambda: key in post.of[B].standing("link"), jobs)
    assert post.of[B].standing("link")[key]["a_revision"] == 3
    near = after(back, lat=-42.001)
    publish(stack, [near])
    post.until(lambda: post.of[B].standing("link")[key]["a_revision"] == 4, jobs)
    jobs.caught_up()
    states = links(stack, "back").filter(pl.col("link_id") == key).sort("a_revision")
    assert states["retracted"].to_list() == [False, True, False, False]


def a_narrower_release_is_forgotten(stack: Settings, jobs: Chain) -> None:
    """Three districts; the middle incident is no longer for the third, which joined while all was running."""
    join(stack, jobs, (C,))
    post = Post(stack, (A, C))
    all_three = [A, B, C]
    three = [
        at("30", A, -44.0, 1, visible_to=all_three),
        at("30", B, -44.0, 2, visible_to=all_three),
        at("30", C, -44.0, 3, visible_to=all_three),
    ]
    try:
        for number in range(100, 160):  # until the router has noticed it
            publish(stack, [at(str(number), B, -45.0, 1, visible_to=all_three)])
            time.sleep(0.5)
            post.take()
            if post.of[C].standing("incident"):
                break
        publish(stack, three)
        post.until(lambda: bool(post.of[C].alerts), jobs)
        publish(stack, [after(three[1], visible_to=[A, B])])
        post.until(lambda: len(post.of[C].alerts) == 2 and f"{B}:30" not in post.of[C].standing("incident"), jobs)
        assert post.of[C].alerts[1]["msg_type"] == "Cancel"
        # Alerts come before the links that made them, which wait for their checkpoint.
        post.until(lambda: list(post.of[C].standing("link")) == [f"{A}:30~{C}:30"], jobs)
        post.take()
        mine = [alert for alert in post.of[A].alerts if f"{C}:30" in alert["incidents"]]
        assert [alert["msg_type"] for alert in mine] == ["Alert"], "who still sees them all hears nothing new"
        jobs.caught_up()
        post.take()
        assert list(post.of[C].standing("link")) == [f"{A}:30~{C}:30"]
        assert receipts(stack)[f"incident|{B}:30|2"]["withdrawn_from"] == [C]
    finally:
        post.close()
