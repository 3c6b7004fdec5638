"""Nothing that the gate tells a district changes when records of any type that it may not see are there or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from gate_parts import DECODERS, DISTRICTS, KINDS, NOW, NOW_S, Remembered, good, message
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.delivery import STAGE
from streams.agreements import Agreement
from streams.codec import Record
from streams.gate.judge import Judge
from streams.gate.kinds import RETRACTION, SHARED
from streams.gate.lookouts import Lookouts
from streams.gate.messages import Message, Verdict
from streams.gate.options import Gate

NAMES = sorted(DISTRICTS)
TYPES = sorted(KINDS)
TARGETS = sorted({*TYPES} - {RETRACTION})
PURPOSES = tuple(good("incident")["release_purposes"])
HOUR_MS = 3_600_000
AT_ONCE = 3


class Step(NamedTuple):
    """What a district publishes: few ids, tokens and hours, so that records meet."""

    owner: str
    record_type: str
    number: int
    revision: int
    release_to: list[str]
    token: str
    hours: int
    read: bool
    target: str


Steps = st.lists(
    st.builds(
        Step,
        owner=st.sampled_from(NAMES),
        # Look-outs and reads hang together over districts, so there are more of them.
        record_type=st.sampled_from([*TYPES, "lookout", "camera_event", "camera_event", RETRACTION]),
        number=st.integers(1, 2),
        revision=st.integers(1, 3),
        release_to=st.lists(st.sampled_from([*NAMES, "all", "group:river"]), max_size=2, unique=True),
        token=st.sampled_from([f"k1:{'ab' * 32}", f"k1:{'cd' * 32}"]),
        hours=st.integers(0, 5),
        read=st.booleans(),
        target=st.sampled_from(TARGETS),
    ),
    min_size=4,
    max_size=24,
)
Agreements = st.dictionaries(
    st.sampled_from(["one", "two"]),
    st.builds(
        lambda parties, records: Agreement(title="a", parties=parties, records=records, purposes=PURPOSES),
        st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True).map(tuple),
        st.sets(st.sampled_from(TARGETS), min_size=6).map(lambda names: (*sorted(names), "lookout", "camera_event")),
    ),
)


def published(number: int, step: Step) -> Message:
    """The message of a step."""
    body: dict[str, Any] = good(step.record_type) | {
        "record_id": f"{step.owner}:{step.record_type}-{step.number}",
        "district": step.owner,
        "revision": step.revision,
    }
    if "release_to" in body:
        body["release_to"] = step.release_to
    if step.record_type == RETRACTION:
        body |= {"record_id": f"{step.owner}:retraction-{number}", "target_revision": step.revision}
        body |= {"target_record_type": step.target, "target_record_id": f"{step.owner}:{step.target}-{step.number}"}
    if step.record_type == "lookout":
        since = NOW - (6 + step.hours) * HOUR_MS
        body |= {"vehicle_token": step.token, "authorised_at": since, "recorded_at": since}
        body["expires_at"] = NOW - step.hours * HOUR_MS
    if step.record_type == "camera_event" and step.read:
        at = NOW - step.hours * HOUR_MS - 1
        body |= {"kind": "vehicle_read", "vehicle_token": step.token, "value": None}
        body |= {"occurred_from": at, "occurred_to": at}
    return message(step.record_type, body, number, step.owner)


def verdicts(messages: Sequence[Message], agreements: dict[str, Agreement]) -> Iterator[Verdict]:
    """What a gate makes of messages that come a few at a time."""
    memory = Remembered()
    judge = Judge(Gate(), DECODERS, memory, DISTRICTS, lambda: NOW_S, Lookouts())
    judge.know(DISTRICTS, agreements)
    for start in range(0, len(messages), AT_ONCE):
        verdict = judge(messages[start : start + AT_ONCE])
        memory.keep(verdict)
        yield verdict


def shared(verdict: Verdict) -> Iterator[tuple[Message, str, Record]]:
    """All that goes into the shared stream: the message it came of, its type and itself."""
    for one in verdict.accepted:
        yield one.message, one.message.record_type, one.record
        if one.stub is not None:
            yield one.message, one.stub.record_type, one.stub.record


def placed(messages: Iterable[Message]) -> list[Message]:
    """The messages as they stand in their topics, each behind the one before."""
    ends: Counter[str] = Counter()
    found = []
    for one in messages:
        found.append(one._replace(offset=ends[one.topic]))
        ends[one.topic] += 1
    return found


def told(messages: Sequence[Message], found: Sequence[Verdict], reader: str) -> list[Any]:
    """Everything that a district gets to see of verdicts: what is delivered, withdrawn, refused or only counted.

    In the order of messages: how they fall into batches is no one's to see.
    """
    order = {one: number for number, one in enumerate(messages)}
    seen: list[tuple[int, Any]] = []
    for verdict in found:
        for one, record_type, record in shared(verdict):
            if reader == one.district:
                seen.append((order[one], record))
            elif reader in record["visible_to"]:
                fields = [field.name for field in KINDS[record_type].contract.fields(STAGE)]
                seen.append((order[one], {name: record[name] for name in fields}))
            elif reader in record["prior_visible_to"]:
                seen.append((order[one], ("withdrawn", record["record_id"])))
        for refused in (*verdict.rejected, *verdict.let_go):
            if refused.message.district == reader:
                seen.append((order[refused.message], refused[1:]))
    return [what for _, what in sorted(seen, key=itemgetter(0))]


def hidden(messages: Sequence[Message], found: Sequence[Verdict], reader: str) -> set[Message]:
    """The messages of which nothing ever came to a district."""
    knows = {
        one
        for verdict in found
        for one, _, record in shared(verdict)
        if reader in (*record["visible_to"], *record["prior_visible_to"])
    }
    return {one for one in messages if one.district != reader and one not in knows}


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(Steps, Agreements, st.sampled_from(NAMES))
def test_what_a_district_is_told_does_not_hang_on_what_it_may_not_see(
    steps: list[Step], agreements: dict[str, Agreement], reader: str
) -> None:
    messages = placed(published(number, step) for number, step in enumerate(steps))
    everything = list(verdicts(messages, agreements))
    unseen = hidden(messages, everything, reader)
    seen = placed(one for one in messages if one not in unseen)
    without = list(verdicts(seen, agreements))
    assert told(seen, without, reader) == told(messages, everything, reader)


def test_the_worlds_have_what_is_shared_and_what_is_hidden_of_every_type() -> None:
    steps = [
        Step("north", record_type, 1, 1, release_to, f"k1:{'ab' * 32}", 0, False, "incident")
        for record_type in TARGETS
        for release_to in (["south"],)
    ]
    messages = [published(number, step) for number, step in enumerate(steps)]
    found = list(verdicts(messages, {}))
    assert {one.message.record_type for verdict in found for one in verdict.accepted} == set(TARGETS)
    assert hidden(messages, found, "harbour") == set(messages)
    assert hidden(messages, found, "south") == set()
    assert SHARED in KINDS["incident"].contract.stages
