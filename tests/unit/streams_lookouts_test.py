"""Vehicle reads at the gate: one that a live look-out asks for goes through, any other is let go and only counted."""

from __future__ import annotations

from typing import Any

import pytest
from gate_parts import DECODERS, DISTRICTS, NOW, NOW_S, Remembered, good, message

from streams.codec import Record
from streams.gate.judge import Judge
from streams.gate.lookouts import Lookouts
from streams.gate.messages import Message, Verdict
from streams.gate.options import Gate
from streams.gate.read_counts import EVERY_MS, HOUR_MS, STRETCH_MS, ReadCounts
from streams.gate.rejections import to_record

TOKEN, OTHER = f"k1:{'ab' * 32}", f"k1:{'cd' * 32}"
CAMERA = good("camera_event")["camera"]
DAY_MS = 86_400_000
SINCE, UNTIL = NOW - 3 * DAY_MS, NOW + 3 * DAY_MS


def lookout(**changes: Any) -> Message:
    body = {"vehicle_token": TOKEN, "authorised_at": SINCE, "expires_at": UNTIL, "recorded_at": SINCE}
    return message("lookout", good("lookout") | body | changes)


def read(number: int = 1, at: int = NOW - 1_000, district: str = "north", **changes: Any) -> Message:
    body: Record = {
        "record_id": f"{district}:camera-{number}", "district": district,
        "kind": "vehicle_read", "vehicle_token": TOKEN, "value": None,
        "occurred_from": at, "occurred_to": at, "recorded_at": NOW - 500,
    }  # fmt: skip
    return message("camera_event", good("camera_event") | body | changes, number, district)


def judge(*messages: Message, known: Lookouts | None = None, memory: Remembered | None = None) -> Verdict:
    return Judge(Gate(), DECODERS, memory or Remembered(), DISTRICTS, lambda: NOW_S, known)(messages)


def ids(verdict: Verdict) -> list[str]:
    return [one.record["record_id"] for one in verdict.accepted if one.message.record_type == "camera_event"]


def test_a_read_that_is_asked_for_goes_through_whole() -> None:
    verdict = judge(lookout(), read())
    (_, accepted) = verdict.accepted
    assert (accepted.record["vehicle_token"], accepted.record["kind"]) == (TOKEN, "vehicle_read")
    assert (verdict.rejected, verdict.let_go) == ([], [])


@pytest.mark.parametrize(
    "asked",
    [
        lookout(vehicle_token=OTHER),
        lookout(vehicle_token=TOKEN.replace("k1", "k2")),
        lookout(authorised_at=NOW - 500, recorded_at=NOW - 500),
        lookout(expires_at=NOW - 1_001),
        lookout(release_to=[]),
    ],
    ids=["another vehicle", "another key", "before", "expired", "not visible to the camera's district"],
)
def test_a_read_that_nobody_asks_for_is_neither_accepted_nor_rejected(asked: Message) -> None:
    one = read(district="south", lat=43.648)
    verdict = judge(asked, one)
    assert verdict.rejected == []
    assert ids(verdict) == []
    (let_go,) = verdict.let_go
    assert (let_go.message, let_go.camera, let_go.recorded_at) == (one, CAMERA, NOW - 500)


def test_a_lookout_that_comes_after_the_read_never_meets_it() -> None:
    known = Lookouts()
    assert ids(judge(read(1), lookout(), known=known)) == []
    assert ids(judge(read(2), known=known)) == ["north:camera-2"]


def test_a_lookout_that_was_ended_or_taken_back_asks_for_nothing() -> None:
    known = Lookouts()
    first = judge(lookout(), known=known)
    judge(lookout(revision=2, expires_at=NOW - 1_001), known=known)
    judge(lookout(), known=known)
    assert ids(judge(read(), known=known)) == []
    judge(lookout(revision=3), known=known)
    assert ids(judge(read(), known=known)) == ["north:camera-1"]
    back = {
        "record_id": "north:retraction-1", "target_record_type": "lookout", "target_record_id": "north:lookout-1",
        "target_revision": 3, "recorded_at": NOW - 1,
    }  # fmt: skip
    judge(message("retraction", good("retraction") | back), known=known, memory=Remembered(first))
    assert ids(judge(read(), known=known)) == []
    assert len(known) == 0


def test_a_read_is_for_those_alone_who_may_see_a_lookout_that_asks_for_it() -> None:
    wide = {"release_to": ["harbour", "south"]}
    for asking, readers in (
        (["south"], ("north", "south")),
        ([], ("north",)),
        (["harbour", "south"], ("harbour", "north", "south")),
    ):
        (_, accepted) = judge(lookout(release_to=asking), read(**wide)).accepted
        assert accepted.record["visible_to"] == readers
    both = judge(
        lookout(release_to=["harbour"]), lookout(record_id="north:lookout-2", release_to=["south"]), read(**wide)
    )
    assert both.accepted[2].record["visible_to"] == ("harbour", "north", "south")
    assert judge(lookout(release_to=["harbour"]), read(release_to=[])).accepted[1].record["visible_to"] == ("north",)


def test_a_read_that_is_corrected_is_withdrawn_alike_whether_another_still_asks_or_nobody() -> None:
    told = []
    for also in ([], [lookout(record_id="north:lookout-2", vehicle_token=OTHER, release_to=[])]):
        known = Lookouts()
        first = judge(lookout(), *also, read(), known=known)
        (corrected,) = judge(read(revision=2, vehicle_token=OTHER), known=known, memory=Remembered(first)).accepted
        told.append((corrected.record["visible_to"], corrected.record["prior_visible_to"]))
    assert told == [(("north",), ("north", "south"))] * 2


def test_a_lookout_whose_record_is_gone_asks_for_nothing() -> None:
    known = Lookouts()
    judge(lookout(), known=known)
    known.end("north:another")
    assert ids(judge(read(1), known=known)) == ["north:camera-1"]
    known.end("north:lookout-1")
    assert ids(judge(read(2), known=known)) == []
    assert len(known) == 0


def test_a_read_of_its_time_that_comes_after_its_end_still_counts() -> None:
    assert ids(judge(lookout(expires_at=NOW - DAY_MS), read(at=NOW - 2 * DAY_MS))) == ["north:camera-1"]


def test_a_read_that_is_corrected_to_another_vehicle_is_taken_back_and_leaves_no_token() -> None:
    known = Lookouts()
    first = judge(lookout(), read(), known=known)
    (corrected,) = judge(read(revision=2, vehicle_token=OTHER), known=known, memory=Remembered(first)).accepted
    assert (corrected.record["retracted"], corrected.record["revision"]) == (True, 2)
    assert corrected.record["prior_visible_to"] == first.accepted[1].record["visible_to"]
    assert OTHER not in str(corrected.record)
    assert corrected.record["near_cells"]


def test_counts_hold_no_read_and_are_told_as_they_grow() -> None:
    counts = ReadCounts("gate-1", NOW)
    counts.add(judge(lookout(), read(1), read(2, vehicle_token=OTHER), read(3, vehicle_token=OTHER)), NOW)
    (told,) = counts.due(NOW)
    hour = NOW // HOUR_MS * HOUR_MS
    assert told == {
        "district": "north", "hour": hour, "gate": "gate-1", "since": NOW, "counted_at": NOW,
        "reads": 3, "asked_for": 1, "cameras": [], "let_go": None, "quickest_s": None,
    }  # fmt: skip
    assert counts.due(NOW) == [told], "what was not told is due again"
    counts.told([told], NOW)
    assert counts.untold(NOW) == []
    counts.add(judge(read(4, vehicle_token=OTHER)), NOW)
    assert counts.due(NOW + EVERY_MS - 1) == []
    assert [one["reads"] for one in counts.due(NOW + EVERY_MS)] == [4]
    counts.add(judge(read(5, vehicle_token=OTHER)), NOW + HOUR_MS)
    assert [(one["hour"], one["reads"]) for one in counts.untold(NOW + HOUR_MS)] == [(hour, 4), (hour + HOUR_MS, 1)]


def test_a_camera_is_named_once_when_five_minutes_are_over_and_tells_no_moment() -> None:
    start = NOW // STRETCH_MS * STRETCH_MS
    counts = ReadCounts("gate-1", start)
    for number, (at, camera) in enumerate([(7_000, "cam-2"), (27_000, "cam-1"), (250_000, "cam-2")], 2):
        counts.add(judge(read(number, vehicle_token=OTHER, camera=camera)), start + at)
        (told,) = counts.due(start + at + EVERY_MS)
        assert (told["cameras"], told["let_go"], told["quickest_s"]) == ([], None, None)
        counts.told([told], start + at + EVERY_MS)
    assert counts.due(start + STRETCH_MS - 1) == []
    (over,) = counts.due(start + STRETCH_MS)
    assert (over["cameras"], over["let_go"]) == (["cam-1", "cam-2"], 3)
    assert over["quickest_s"] == (start + 7_000 - (NOW - 500)) // 1_000
    assert (over["reads"], over["hour"]) == (3, start // HOUR_MS * HOUR_MS)
    assert counts.due(start + STRETCH_MS) == [over], "what was not told is due again"
    counts.told([over], start + STRETCH_MS + EVERY_MS)
    assert counts.due(start + 3 * STRETCH_MS) == []


def test_a_read_that_was_long_on_its_way_is_counted_and_names_no_camera() -> None:
    counts = ReadCounts("gate-1", NOW)
    counts.add(judge(read(1, vehicle_token=OTHER, recorded_at=NOW - HOUR_MS - 1)), NOW)
    assert [(one["reads"], one["cameras"]) for one in counts.untold(NOW + STRETCH_MS)] == [(1, [])]


def test_a_read_that_is_asked_for_names_no_camera() -> None:
    counts = ReadCounts("gate-1", NOW)
    counts.add(judge(lookout(), read(1)), NOW)
    assert [one["cameras"] for one in counts.untold(NOW + STRETCH_MS)] == [[]]


def test_what_is_not_over_when_counts_are_made_is_not_lost_when_they_are_through() -> None:
    start = NOW // STRETCH_MS * STRETCH_MS
    counts = ReadCounts("gate-1", start)
    counts.add(judge(read(1, vehicle_token=OTHER)), start)
    told = counts.due(start + STRETCH_MS - 1)
    counts.told(told, start + STRETCH_MS + 1)
    assert [one["cameras"] for one in counts.due(start + STRETCH_MS + EVERY_MS + 1)] == [[CAMERA]]


def test_a_record_of_a_clock_that_runs_ahead_is_refused_with_by_how_much_and_no_other_is() -> None:
    hour = 3_600_000
    wrong = read(1, recorded_at=NOW + hour)
    ahead = [one.ahead_ms for one in judge(wrong, read(2, recorded_at=-1), read(3, lat=99.0)).rejected]
    assert ahead == [hour, None, None]
    (rejected,) = judge(wrong).rejected
    assert to_record(rejected, NOW, withheld=True)["ahead_s"] == 3_600
