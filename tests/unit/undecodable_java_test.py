"""Messages that are no records, in the Java of the jobs: each is set aside, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler, delivery, jars
from schemas import contracts
from streams import settings
from streams.codec import Encoder, plain
from streams.registry import MemoryRegistry
from tests.flow.join_world import BEGAN_MS, Record, incident
from tests.unit import java_check

JAVA = Path(__file__).parent / "java"
CHECKS = [JAVA / f"{name}.java" for name in ("StubRegistry", "DecoderCheck", "DeliveriesCheck")]
CONTRACT = contracts.get("incident")
SCHEMA = CONTRACT.avro("shared")
HEAD = 5


@pytest.fixture(scope="module")
def jar() -> Path:
    parts.ensure(FLINK_JARS)
    return compiler.jar(settings.load(), CHECKS, patterns=["router"])


class World:
    """A registry in a folder, and messages written by its schemas."""

    def __init__(self, jar: Path, folder: Path) -> None:
        self._jar, self.folder = jar, folder
        self._registry = MemoryRegistry()
        (folder / "subjects.json").write_text('["incident.v1-value"]')
        (folder / "plan.json").write_text(json.dumps(delivery.plan()))
        (folder / "receivers.json").write_text(json.dumps({"south": ["incident"], "north": ["incident"]}))

    def framed(self, record: Record, schema: Any = SCHEMA) -> bytes:
        """A message by a schema, which the registry has from then on."""
        encode = Encoder(self._registry, "any", schema)
        self.register(encode.schema_id, schema)
        return encode(record)

    def register(self, schema_id: int, schema: Any) -> None:
        """Give the registry a schema of this id."""
        (self.folder / f"{schema_id}.json").write_text(json.dumps({"schema": json.dumps(schema)}))

    def ask(self, check: str, messages: Iterable[bytes]) -> list[str]:
        """What a check prints of messages, without the log."""
        return [line for line in self.run(check, messages).splitlines() if " WARN " not in line]

    def run(self, check: str, messages: Iterable[bytes]) -> str:
        """A check on messages; its log is among its output, as Log4j does without a configuration."""
        given = "".join(f"{message.hex()}\n" for message in messages)
        return java_check.run(self._jar, check, self.folder, given=given, more=jars.connectors(settings.load()))


@pytest.fixture
def world(jar: Path, tmp_path: Path) -> World:
    return World(jar, tmp_path)


def one(number: int, **changes: Any) -> Record:
    """An incident of north that south may see."""
    return incident(f"north:{number}", "north", BEGAN_MS, 43.5, -79.4, visible_to=["north", "south"], **changes)


def bad(world: World) -> list[bytes]:
    """Messages of every way to be no record of the contract."""
    good = world.framed(one(0))
    branch = {"type": "record", "name": "Incident", "fields": [{"name": "record_id", "type": ["null", "string"]}]}
    worded = SCHEMA | {"fields": [{**f, "type": "string"} if f["name"] == "lat" else f for f in SCHEMA["fields"]]}
    listed = SCHEMA | {
        "fields": [{**f, "type": "string"} if f["name"] == "visible_to" else f for f in SCHEMA["fields"]]
    }
    nested = SCHEMA | {"fields": [*SCHEMA["fields"], {"name": "more", "type": {"type": "map", "values": "string"}}]}
    world.register(90, "string")
    (world.folder / "91.json").write_text(json.dumps({"schema": 'syntax = "proto3";', "schemaType": "PROTOBUF"}))
    return [
        b"",
        b"\0\0\0",
        b"no frame at all",
        b"\0\x7f\xff\xff\xff" + good[HEAD:],  # an id that the registry does not know
        b"\0\xff\xff\xff\xff" + good[HEAD:],  # and one that none gives
        b"\0\0\0\0\x5a" + good[HEAD:],
        b"\0\0\0\0\x5b" + good[HEAD:],
        good[:12],
        good[:HEAD] + b"\xff" * 40,
        world.framed({"record_id": "north:0"}, branch),  # its name, and nothing else of it
        world.framed(one(0) | {"lat": "43.5"}, worded),
        world.framed(one(0) | {"visible_to": "south"}, listed),
        world.framed(one(0) | {"more": {}}, nested),
    ]


def bodies(line: str) -> dict[str, bytes]:
    """What a message came to: the body for each topic."""
    return {topic: bytes.fromhex(body) for topic, body in (sent.split("=") for sent in line.split())}


def test_what_is_no_record_is_no_row_and_the_next_is(world: World) -> None:
    broken = bad(world)
    mixed = [message for one_bad in broken for message in (one_bad, world.framed(one(7)))]
    *rows, count, gone = world.ask("crossbeat.avro.DecoderCheck", mixed)
    places = [f"- shared.incident.v1:3:{41 + 2 * number}" for number in range(len(broken))]
    assert rows == [line for place in places for line in (place, "north:7 north 43.5")]
    assert count == f"undecodable {len(broken)}"
    assert "does not tell" in gone


def test_a_registry_that_has_lost_everything_makes_no_message_bad(world: World) -> None:
    (world.folder / "subjects.json").write_text("[]")
    (fault,) = world.ask("crossbeat.avro.DecoderCheck", [b"\0\0\0\x7f\xff" + b"x" * 40])
    assert fault.startswith("fault IOException")
    assert "register the contracts" in fault


def test_an_older_version_of_the_contract_is_no_defect(world: World) -> None:
    added = {"name", "prior_visible_to"}
    older = SCHEMA | {"fields": [field for field in SCHEMA["fields"] if field["name"] not in added]}
    assert world.ask("crossbeat.avro.DecoderCheck", [world.framed(one(3), older)])[:2] == [
        "north:3 north 43.5",
        "undecodable 0",
    ]
    sent, count = world.ask("crossbeat.router.DeliveriesCheck", [world.framed(one(3), older)])
    assert list(bodies(sent)) == ["to.south.incident.v1", "receipt.v1"]
    assert count == "undecodable 0"


def test_the_router_delivers_all_of_a_message_or_nothing(world: World) -> None:
    other = SCHEMA | {"name": "Diary"}
    broken = [*bad(world), world.framed(one(1), other)]
    mixed = [message for one_bad in broken for message in (one_bad, world.framed(one(7)))]
    *lines, count = world.ask("crossbeat.router.DeliveriesCheck", mixed)
    assert [list(bodies(line)) for line in lines] == [[], ["to.south.incident.v1", "receipt.v1"]] * len(broken)
    assert count == f"undecodable {len(broken)}"


def test_the_log_says_where_a_message_stands_and_nothing_of_what_it_says(world: World) -> None:
    secret = world.framed(one(1) | {"record_id": "north:secret"})
    told = world.run("crossbeat.avro.DecoderCheck", [secret[:60]])
    assert "is set aside: shared.incident.v1:3:41: it does not fit its schema 1" in told
    assert "secret" not in told


def test_where_a_record_stands_at_its_owner_is_not_delivered(world: World) -> None:
    whole = one(5, source_topic="north.incident.v1", source_partition=3, source_offset=12_345)
    sent, _ = world.ask("crossbeat.router.DeliveriesCheck", [world.framed(whole)])
    schema = fastavro.parse_schema(plain(CONTRACT.avro("delivered")))
    got = fastavro.schemaless_reader(BytesIO(bodies(sent)["to.south.incident.v1"][HEAD:]), schema, None)
    told = {field.name for field in CONTRACT.fields("delivered")} - set(delivery.PLACE_AT_OWNER)
    assert {name: got[name] for name in told} == {name: whole[name] for name in told}
    assert [got[name] for name in delivery.PLACE_AT_OWNER] == [0, 0]
