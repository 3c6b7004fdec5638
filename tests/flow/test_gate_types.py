"""The gate with a real broker and registry: every record type goes through, and is taken back."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from bench import gate_world as world
from schemas import samples
from streams.codec import Decoder, Encoder, Record
from streams.gate.kinds import DISTRICT, RETRACTION, SHARED, published
from streams.gate.options import Gate
from streams.gate.worker import Worker
from streams.metrics import read
from streams.registry import ConfluentRegistry
from streams.settings import Settings

pytestmark = pytest.mark.server
OWNER, NEIGHBOUR = "types-east", "types-west"
KINDS = published()
TARGETS = sorted(set(KINDS) - {RETRACTION})


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


def until_judged(settings: Settings, count: int, since: float) -> None:
    deadline = time.monotonic() + 90
    while True:
        counters = read("gate", settings.data)
        if counters.get("updated_at", 0) >= since and int(str(counters.get("records_in", 0))) >= count:
            return
        assert time.monotonic() < deadline, f"{counters.get('records_in')} of {count} were judged"
        time.sleep(0.1)


def body(record_type: str, **changes: Any) -> Record:
    """The contract's example as a record of the owner, in its square."""
    record = samples.example(KINDS[record_type].contract, DISTRICT)
    record |= {"record_id": f"{OWNER}:{record_type}", "district": OWNER}
    if "lat" in record:
        record |= {"lat": world.SOUTH + 0.01, "lon": world.WEST + 0.01}
    if "release_to" in record:
        record |= {"release_to": [NEIGHBOUR], "release_expires_at": None}
    return record | changes


def taking_back(record_type: str, revision: int = 1) -> Record:
    return body(
        RETRACTION,
        record_id=f"{OWNER}:retraction-{record_type}-{revision}",
        target_record_type=record_type,
        target_record_id=f"{OWNER}:{record_type}",
        target_revision=revision,
    )


def publish(settings: Settings, record_type: str, records: list[Record]) -> None:
    contract = KINDS[record_type].contract
    encode = Encoder(ConfluentRegistry(settings), contract.subject(DISTRICT), contract.avro(DISTRICT))
    world.publish(settings, [(OWNER, one["record_id"].encode(), encode(one)) for one in records], record_type)


def in_a_transaction(settings: Settings, records: list[tuple[str, Record]]) -> None:
    """As a backfill publishes: what ends a transaction takes an offset of its own."""
    producer = Producer(settings.kafka.client() | {"transactional.id": f"{OWNER}-publishes"})
    producer.init_transactions(20)
    producer.begin_transaction()
    for record_type, record in records:
        contract = KINDS[record_type].contract
        encode = Encoder(ConfluentRegistry(settings), contract.subject(DISTRICT), contract.avro(DISTRICT))
        topic = contract.topic(DISTRICT, OWNER).name
        producer.produce(topic, encode(record), record["record_id"].encode())
    producer.commit_transaction(20)


def shared(settings: Settings, record_type: str) -> list[Record]:
    contract = KINDS[record_type].contract
    decode = Decoder(ConfluentRegistry(settings), contract.avro(SHARED))
    found = [decode(raw) for raw in world.read_committed(settings, contract.topic(SHARED).name) if raw]
    return [one for one in found if isinstance(one, dict) and one["district"] == OWNER]


def test_every_type_goes_through_and_is_taken_back_and_a_lost_memory_knows_it(stack: Settings, tmp_path: Path) -> None:
    gate = Gate(instance="gate-test-types", group="gate-test-types")
    # As the operator: these districts are in a folder of the test's own, so the gate's account has no right to them.
    kafka = stack.kafka.model_copy(update={"accounts": {}})
    settings = stack.model_copy(update={"data_dir": tmp_path, "gate": gate, "kafka": kafka})
    world.join_districts(settings, [OWNER, NEIGHBOUR])
    world.make_topics(settings, [OWNER, NEIGHBOUR])
    # The retractions stand there first: they must wait for what they speak of, which comes from other topics.
    publish(
        settings, RETRACTION, [*map(taking_back, TARGETS), taking_back("incident", 9) | {"target_record_id": "x:1"}]
    )
    in_a_transaction(settings, [(record_type, body(record_type)) for record_type in TARGETS])
    publish(settings, "patrol", [body("patrol", record_id=f"{OWNER}:late", occurred_to=1_800_000_000_000)])

    started, count = time.time(), 2 * len(TARGETS) + 2
    with running(settings):
        until_judged(settings, count, started)
        # One that is live goes on at once, and so does what takes it back.
        publish(settings, "duty", [body("duty", record_id=f"{OWNER}:duty-live")])
        live = taking_back("duty") | {"record_id": f"{OWNER}:live", "target_record_id": f"{OWNER}:duty-live"}
        publish(settings, RETRACTION, [live])
        until_judged(settings, count + 2, started)
    counters = read("gate", settings.data)
    assert counters["accepted_by_type"] == dict.fromkeys(TARGETS, 1) | {RETRACTION: len(TARGETS) + 1, "duty": 2}
    assert counters["taken_back"] == len(TARGETS) + 1
    assert counters["rejected_by_reason"] == {"wrong_district": 1, "bad_time": 1}
    for record_type in TARGETS:
        first, stub = [one for one in shared(settings, record_type) if one["record_id"] == f"{OWNER}:{record_type}"]
        assert (first["revision"], first["retracted"], first["prior_revision"]) == (1, False, None)
        assert (stub["revision"], stub["retracted"], stub["prior_revision"]) == (2, True, 1)
        assert first["visible_to"] == stub["visible_to"] == stub["prior_visible_to"] == [OWNER, NEIGHBOUR]
    told = {one["target_record_id"]: one["visible_to"] for one in shared(settings, RETRACTION)}
    names = [f"{OWNER}:{record_type}" for record_type in [*TARGETS, "duty-live"]]
    assert told == {name: [OWNER, NEIGHBOUR] for name in names}

    shutil.rmtree(settings.data / "gate")
    started = time.time()
    with running(settings):
        for record_type in TARGETS:
            mended = [body(record_type, revision=revision) for revision in (1, 2, 3)]
            publish(settings, record_type, mended)
        until_judged(settings, 3 * len(TARGETS), started)
    counters = read("gate", settings.data)
    assert counters["accepted_by_type"] == dict.fromkeys(TARGETS, 1)
    assert counters["rejected_by_reason"] == {"stale_revision": len(TARGETS), "duplicate": len(TARGETS)}
    for record_type in TARGETS:
        mended = shared(settings, record_type)[-1]
        assert (mended["revision"], mended["prior_revision"], mended["retracted"]) == (3, 2, False)
    incident = shared(settings, "incident")[-1]
    assert (incident["prior_lat"], incident["prior_offence"]) == (world.SOUTH + 0.01, incident["offence"])
