"""Links and alerts of the running jobs against brute force, with incidents in order and years out of order."""

import os
import random
import subprocess
import sys
import time

import polars as pl
import pytest
from confluent_kafka import Producer

from connectors.alerts import listen
from jobs.columns import read_topic
from jobs.patterns.linked_alerts.rule import identifiers
from jobs.patterns.linked_incidents import catchup
from jobs.patterns.linked_incidents.reference import DAY_MS, pairs
from jobs.patterns.linked_incidents.shared import link_rows, read_shared
from schemas import contracts
from streams.codec import Encoder
from streams.registry import ConfluentRegistry

pytestmark = [pytest.mark.server, pytest.mark.timeout(280)]
YEAR_MS = 365 * DAY_MS
BEGAN = 1_420_070_400_000
DISTRICTS = {"quay-a": 14, "quay-b": 15, "quay-c": 16}
LINK_COLUMNS = [field.name for field in contracts.get("link").fields("result")]


@pytest.fixture(scope="module")
def jobs(stack):
    """The two patterns, running as `crossbeat up` runs them."""
    log = stack.data / "logs" / "test_catchup.jobs.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.run", "linked_incidents", "linked_alerts"],
            env=os.environ | {"CROSSBEAT_DATA_DIR": str(stack.data), "CROSSBEAT_CACHE_DIR": str(stack.cache)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    yield lambda: None if process.poll() is None else pytest.fail(f"jobs ended:\n{log.read_text()[-4000:]}")
    process.terminate()
    process.wait(60)


def incident(number, district, occurred_from, rng):
    """An incident at one of a few corners of a quay in the ocean, where no other test has any."""
    corner = rng.randrange(6)
    place = (-50.0 + 0.002 * corner + rng.uniform(0, 0.002), 20.0 + rng.uniform(0, 0.004))
    blank = {
        "timestamp": occurred_from, "string": "unknown", "int": 1, "long": 0, "double": 0.0, "float": 0.0
    }  # fmt: skip
    record = {
        field.name: [] if field.array else None if field.nullable else blank[field.kind]
        for field in contracts.get("incident").fields("shared")
    }
    return record | {
        "record_id": f"{district}:{number}",
        "district": district,
        "lat": place[0],
        "lon": place[1],
        "offence": "burglary_breaking_and_entering",
        "category": rng.choice(["burglary", "burglary", "robbery"]),
        "visible_to": sorted(DISTRICTS) if rng.random() < 0.8 else [district],
    }


@pytest.fixture(scope="module")
def publish(stack):
    contract = contracts.get("incident")
    encode = Encoder(ConfluentRegistry(stack), contract.subject("shared"), contract.avro("shared"))
    producer = Producer(stack.kafka.client() | {"transactional.id": "test-catchup-gate"})
    producer.init_transactions()

    def publisher(records):
        """As the gate does: in a transaction, each district in its partition."""
        producer.begin_transaction()
        for record in records:
            partition = DISTRICTS[record["district"]]
            producer.produce("shared.incident.v1", encode(record), record["record_id"].encode(), partition)
        producer.commit_transaction()

    return publisher


def mine(rows):
    return {row["link_id"]: row for row in rows if row["link_id"].startswith("quay-")}


def landed_links(stack):
    contract = contracts.get("link")
    read = read_topic(stack, ConfluentRegistry(stack), "link.v1", contract.avro("result"), LINK_COLUMNS)
    times = [pl.col(f"{side}_occurred_from").cast(pl.Int64) for side in "ab"]
    return list(read.records.select(LINK_COLUMNS).with_columns(times).iter_rows(named=True))


def landed_alerts(stack):
    found = listen(stack, group="test-catchup", everything=True, to_end=True)
    return {alert.identifier: alert for alert in found if alert.districts[0] in DISTRICTS}


def late_ids(stack):
    contract = contracts.get("late_record")
    read = read_topic(stack, ConfluentRegistry(stack), "late.v1", contract.avro("result"), ["record_id"])
    return {record_id for record_id in read.records["record_id"] if ":late-" in record_id}


def brute_force(stack):
    incidents = read_shared(stack)
    return mine(link_rows(incidents, pairs(incidents)))


def eventually(read, expected, jobs, seconds=150):
    """What is read, as soon as it is as expected, or at the end of patience."""
    limit = time.monotonic() + seconds
    while (found := read()) != expected and time.monotonic() < limit:
        jobs()
        time.sleep(0.5)
    return found


def test_links_and_alerts_equal_brute_force_and_catch_up_brings_what_was_years_late(stack, jobs, publish):
    rng = random.Random(4)
    early = [BEGAN + rng.randrange(60 * DAY_MS) for _ in range(240)]
    recent = [at + 5 * YEAR_MS for at in early[:120]]
    names = sorted(DISTRICTS)
    waves = [
        [incident(f"{name}-{n}", names[n % 3], at, rng) for n, at in enumerate(sorted(times))]
        for name, times in (("early", early), ("recent", recent))
    ]
    for wave in waves:
        publish(wave)
    expected = brute_force(stack)
    assert len(expected) > 200
    assert eventually(lambda: mine(landed_links(stack)), expected, jobs) == expected
    raised = identifiers(expected.values())
    assert len(raised) > 10
    assert eventually(lambda: landed_alerts(stack).keys(), raised, jobs) == raised
    assert all(alert.visible_to and len(alert.incidents) == 3 for alert in landed_alerts(stack).values())

    # The clock moves only while records come: so until one that is years behind is found late, send a pair of them.
    limit, probes = time.monotonic() + 90, 0
    while not late_ids(stack) and time.monotonic() < limit:
        jobs()
        publish([incident(f"pulse-{probes}", name, max(recent) + DAY_MS, rng) for name in names])
        time.sleep(0.5)
        publish([incident(f"late-probe-{probes}", names[0], BEGAN, rng)])
        probes += 1
        time.sleep(2)
    # Five years behind the clock of all districts: what they pair with was dropped long ago.
    late = [incident(f"late-{n}", names[n % 3], BEGAN + rng.randrange(60 * DAY_MS), rng) for n in range(60)]
    for record in late:
        publish([record])
    wanted = brute_force(stack)
    assert len(wanted) > len(expected) + 50
    assert eventually(lambda: late_ids(stack) >= {record["record_id"] for record in late}, True, jobs, 60)
    before = mine(landed_links(stack))
    assert len(before) < len(wanted)
    done = catchup.run(stack, wait_s=60)
    assert done.written >= len(wanted) - len(before) > 0
    rows = [row for row in landed_links(stack) if row["link_id"].startswith("quay-")]
    assert mine(rows) == wanted
    assert len(rows) == len(wanted), "a link was written twice"
    assert catchup.run(stack, wait_s=60).written == 0
    assert [row["link_id"] for row in landed_links(stack)].count(rows[0]["link_id"]) == 1
    raised = identifiers(wanted.values())
    assert eventually(lambda: landed_alerts(stack).keys(), raised, jobs) == raised
