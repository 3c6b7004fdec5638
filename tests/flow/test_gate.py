"""The gate with a real broker and registry: what goes through, what does not, and that nothing stops it."""

from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench import gate_world as world
from schemas import contracts
from streams.codec import Decoder, Encoder, Record
from streams.gate.options import Gate
from streams.gate.worker import Worker
from streams.metrics import read
from streams.registry import ConfluentRegistry
from streams.settings import Settings

pytestmark = pytest.mark.server
INCIDENT, REJECTION = contracts.get("incident"), contracts.get("rejection")


def own(stack: Settings, folder: Path, name: str, **options: Any) -> Settings:
    """The stack's settings with a data folder and a gate of the test's own."""
    return stack.model_copy(
        update={"data_dir": folder, "gate": Gate(instance=name, group=f"crossbeat-{name}", **options)}
    )


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """A gate at work in a thread; an error in it is raised here."""
    stop, errors = threading.Event(), []

    def work() -> None:
        try:
            Worker(settings).run(stop)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        if errors:  # else the body's own failure, that nothing was judged, would hide why
            raise errors[0]


def until(done: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def judged(settings: Settings) -> int:
    return int(str(read("gate", settings.data).get("records_in", 0)))


def encoder(settings: Settings) -> Encoder:
    return Encoder(ConfluentRegistry(settings), INCIDENT.subject("district"), INCIDENT.avro("district"))


def shared(settings: Settings, districts: list[str]) -> list[Record]:
    decode = Decoder(ConfluentRegistry(settings), INCIDENT.avro("shared"))
    values = world.read_committed(settings, INCIDENT.topic("shared").name)
    found = [decode(raw) for raw in values if raw]  # none in a tombstone, which other tests and retention leave
    records = [one for one in found if isinstance(one, dict)]
    assert len(records) == len(found)
    return [record for record in records if record["district"] in districts]


def sources(settings: Settings) -> list[bytes | str | None]:
    """Which message of a district each message of the shared topic came of."""
    messages = world.committed_messages(settings, INCIDENT.topic("shared").name)
    return [dict(message.headers() or []).get("source") for message in messages]


def rejected(settings: Settings, district: str) -> list[Record]:
    decode = Decoder(ConfluentRegistry(settings), REJECTION.avro("result"))
    topic = REJECTION.topic("result", district).name
    return [record for raw in world.read_committed(settings, topic) if isinstance(record := decode(raw), dict)]


def test_bad_messages_are_rejected_each_for_its_reason_and_none_stops_the_flow(stack: Settings, tmp_path: Path) -> None:
    names = ["gate-east", "gate-west"]
    settings = own(stack, tmp_path, "gate-test-bad")
    world.join_districts(settings, names)
    world.make_topics(settings, names)
    encode = encoder(settings)
    good = next(world.records(names[:1], 1))

    def message(number: int, **changes: Any) -> tuple[bytes, bytes]:
        record = good | {"record_id": f"gate-east:{number}"} | changes
        return record["record_id"].encode(), encode(record)

    in_2099 = 4_070_908_800_000
    cases: list[tuple[bytes | None, bytes | None, str, str | None]] = [
        (b"x", b"garbage", "bad_frame", None),
        (b"x", None, "bad_frame", None),
        (b"x", b"", "bad_frame", None),
        (b"x", b"\x00\x7f\xff\xff\xff" + message(1)[1][5:], "unknown_schema", None),
        (b"x", message(2)[1][:-3], "undecodable", None),
        (*message(3, offence="witchcraft"), "bad_value", "offence"),
        (*message(4, lat=float("nan")), "bad_place", "lat"),
        (*message(5, lat=91.0), "bad_place", "lat"),
        (*message(6, lat=0.0, lon=0.0), "bad_place", "lat"),
        (*message(7, occurred_from=in_2099, occurred_to=in_2099), "bad_time", "occurred_from"),
        (*message(8, description="a" * 10_000_000), "too_large", None),
        (*message(9, description="a" * 5_000), "too_large", "description"),
        (*message(10, district="gate-west"), "wrong_district", "district"),
        (None, message(11)[1], "bad_value", "record_id"),
        (*message(12, release_to=["group:river"]), "bad_value", "release_to"),
        (*message(0), "duplicate", "revision"),
        (*message(0, revision=1, status="closed"), "duplicate", "revision"),
        (*message(20, revision=1), "stale_revision", "revision"),
    ]
    first = [message(0), message(20, revision=2)]
    last = [message(0, revision=2), message(13)]
    sent = [*first, *[(key, raw) for key, raw, _, _ in cases], *last]
    with running(settings):
        world.publish(settings, (("gate-east", key, raw) for key, raw in sent))
        until(lambda: judged(settings) >= len(sent))
    counters = read("gate", settings.data)
    through, refused = shared(settings, names), rejected(settings, "gate-east")
    assert [(record["record_id"], record["revision"]) for record in through] == [
        ("gate-east:0", 1),
        ("gate-east:20", 2),
        ("gate-east:0", 2),
        ("gate-east:13", 1),
    ]
    # Where each came from is in the header alone: by two offsets a reader could count what lies between them.
    came_from = [f"gate-east.incident.v1:0:{offset}".encode() for offset in (0, 1, len(sent) - 2, len(sent) - 1)]
    assert [source for source in sources(settings) if source in came_from] == came_from
    assert {record["source_offset"] for record in through} == {0}
    refused.sort(key=lambda record: record["offset"])
    assert [(one["reason"], one["field"]) for one in refused] == [(reason, field) for *_, reason, field in cases]
    assert [one["raw"] for one in refused] == [(raw or b"")[:65_536] for _, raw, _, _ in cases]
    assert (counters["records_in"], counters["accepted"], counters["rejected"]) == (len(sent), 4, len(cases))
    assert counters["rejected_by_reason"] == dict(Counter(reason for *_, reason, _ in cases))
    assert rejected(settings, "gate-west") == []


def test_a_district_that_joins_is_read_as_soon_as_its_topics_exist(stack: Settings, tmp_path: Path) -> None:
    settings = own(stack, tmp_path, "gate-test-join")
    encode = encoder(settings)
    with running(settings):
        world.join_districts(settings, ["gate-new"])
        time.sleep(2)
        world.make_topics(settings, ["gate-new"])
        records = list(world.records(["gate-new"], 10))
        world.publish(settings, (("gate-new", record["record_id"].encode(), encode(record)) for record in records))
        until(lambda: judged(settings) >= 10, 30)
    assert [record["record_id"] for record in shared(settings, ["gate-new"])] == [one["record_id"] for one in records]


def test_a_memory_that_was_lost_is_read_again_from_the_shared_topic(stack: Settings, tmp_path: Path) -> None:
    settings = own(stack, tmp_path, "gate-test-memory")
    world.join_districts(settings, ["gate-memory"])
    world.make_topics(settings, ["gate-memory"])
    encode = encoder(settings)
    sent = [
        ("gate-memory", record["record_id"].encode(), encode(record)) for record in world.records(["gate-memory"], 500)
    ]
    with running(settings):
        world.publish(settings, sent)
        until(lambda: judged(settings) >= 500)
    shutil.rmtree(settings.data / "gate")
    (settings.data / "run" / "gate.json").unlink()
    # Tombstones of records that are gone must not stop a gate that begins.
    world.publish(settings, [("shared", b"gate-memory:gone", None)])
    world.publish(settings, [("shared", b"gate-memory:lookout", None)], "lookout")
    with running(settings):
        world.publish(settings, sent)
        until(lambda: judged(settings) >= 500)
    assert len(shared(settings, ["gate-memory"])) == 500
    assert Counter(one["reason"] for one in rejected(settings, "gate-memory")) == {"duplicate": 500}


def test_a_backlog_is_read_evenly_in_event_time(stack: Settings, tmp_path: Path) -> None:
    names = ["gate-dense", "gate-thin"]
    settings = own(stack, tmp_path, "gate-test-even", batch_records=300)
    world.join_districts(settings, names)
    world.make_topics(settings, names)
    encode = encoder(settings)
    records = list(world.records(names[:1], 9_000))
    # One record in nine is the thin district's, over the same months: read by count, it would end nine times too early.
    for record in records[::9]:
        number = record["record_id"].split(":")[1]
        record |= {"district": "gate-thin", "record_id": f"gate-thin:{number}", "lon": record["lon"] + world.WIDTH}
    world.publish(settings, ((one["district"], one["record_id"].encode(), encode(one)) for one in records))
    with running(settings):
        until(lambda: judged(settings) >= len(records))
    by_transaction: dict[int, list[int]] = {}
    for record in shared(settings, names):
        by_transaction.setdefault(record["gated_at"], []).append(record["occurred_from"])
    assert len(by_transaction) > 10
    latest, drift_ms = 0, settings.gate.drift_days * 86_400_000
    for _, times in sorted(by_transaction.items()):
        assert latest - min(times) <= drift_ms
        latest = max(latest, *times)
