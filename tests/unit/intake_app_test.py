"""The HTTP side, with a Kafka of the test: who may send, what is refused and how, hostile input."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bench.intake import report
from connectors.intake import plates, sites
from connectors.intake.app import App, feeds
from connectors.intake.commit import Committer
from connectors.intake.kafka import Message
from connectors.intake.records import STAGE, Reader
from connectors.intake.sites import KINDS, Sites
from connectors.intake.spool import Spool
from streams.flat import FlatEncoder
from streams.registry import MemoryRegistry
from streams.settings import Intake

REPORTS, EVENTS = "/v1/online-reports", "/v1/camera-events"
SECRET = "ABC7788"
Test = Callable[[httpx.AsyncClient, "Kafka"], Coroutine[Any, Any, None]]


class Kafka:
    """Takes messages while it is up."""

    def __init__(self) -> None:
        self.up = True
        self.has: list[Message] = []

    def publish(self, messages: Sequence[Message]) -> list[Message]:
        """See :class:`connectors.intake.commit.Publishes`."""
        if not self.up:
            return list(messages)
        self.has += messages
        return []


@asynccontextmanager
async def client(folder: Path, kafka: Kafka, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    settings = Intake(district="north", **options)
    key = sites.add(folder / "keys.toml", "site", replace=True)
    secrets = plates.load(folder / "secret.toml")
    readers = {kind: Reader(kind, "north", secrets, 300) for kind in KINDS}
    encoders = {kind: FlatEncoder(MemoryRegistry(), reader.contract, STAGE) for kind, reader in readers.items()}
    spool = Spool(folder / "spool", settings.spool_mb * 2**20)
    committer = Committer(lambda: kafka, spool, asyncio.get_running_loop())
    app = App(settings, Sites(folder / "keys.toml"), secrets, committer, feeds(readers, encoders))
    headers = {"Authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app.starlette())
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://intake", headers=headers) as made:
            yield made
    finally:
        await asyncio.to_thread(committer.stop)
        spool.close()


def run(folder: Path, test: Test, **options: Any) -> Kafka:
    kafka = Kafka()

    async def all_of_it() -> None:
        async with client(folder, kafka, **options) as made:
            await test(made, kafka)

    asyncio.run(all_of_it())
    return kafka


def refused(answer: httpx.Response, status: int, kind: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:crossbeat:intake:{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]


def test_only_a_known_key_may_send_and_only_what_is_its_own(tmp_path: Path) -> None:
    camera = sites.add(tmp_path / "keys.toml", "camera", ["camera_event"])

    async def test(intake: httpx.AsyncClient, _: Kafka) -> None:
        refused(await intake.post(REPORTS, json=report(1), headers={"Authorization": ""}), 401, "no-key")
        refused(await intake.post(REPORTS, json=report(1), headers={"Authorization": "Bearer cb_x"}), 401, "bad-key")
        refused(
            await intake.post(REPORTS, json=report(1), headers={"Authorization": f"bearer {camera}"}), 403, "not-yours"
        )
        assert (await intake.post(REPORTS, json=report(1))).status_code == 202
        by_other_header = {"X-API-Key": intake.headers["authorization"].split()[1], "Authorization": ""}
        assert (await intake.post(REPORTS, json=report(2), headers=by_other_header)).status_code == 202
        refused(await intake.get("/v2"), 404, "not-found")
        refused(await intake.get(REPORTS), 405, "method")

    assert len(run(tmp_path, test).has) == 2


def test_limits_of_rate_and_size(tmp_path: Path) -> None:
    async def test(intake: httpx.AsyncClient, _: Kafka) -> None:
        refused(await intake.post(REPORTS, json=[report(n) for n in range(6)]), 413, "too-large")
        refused(await intake.post(REPORTS, json=report(1) | {"text": "x" * 9_000}), 413, "too-large")

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b" " * 1_000

        kind = {"Content-Type": "application/json"}
        refused(await intake.post(REPORTS, content=endless(), headers=kind), 413, "too-large")
        assert (await intake.post(REPORTS, json=[report(n) for n in range(5)])).status_code == 202
        answer = await intake.post(REPORTS, json=report(9))
        refused(answer, 429, "rate")
        assert int(answer.headers["retry-after"]) >= 100

    assert len(run(tmp_path, test, max_items=5, max_body_bytes=4_096, rate_per_s=0.01, burst=8).has) == 5


def test_hostile_requests_are_refused_and_quoted_nowhere(tmp_path: Path) -> None:
    spoiled: list[dict[str, Any]] = [
        *({name: SECRET} for name in ("kind", "record_id", "occurred_from", "lat", "indicators", SECRET)),
        *({"occurred_from": time} for time in (10**18, "2024-03-07T18:00:00", "9999-12-31T23:59:59-23:00", True)),
        *({"text": text} for text in ({"a": SECRET}, [SECRET], 1)),
        {"release_to": ["all"]},
        {"indicators": [SECRET] * 99},
        {"lat": True},
    ]
    bodies = [
        *(b"", b"{", b"[]", b"nul", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5_000, b'"' + SECRET.encode(), b"1e999"),
        *(b'{"lat": NaN}', b'{"text": "\\ud800"}', b"null", json.dumps([[SECRET]]).encode()),
        *(json.dumps(report(1) | one).encode() for one in spoiled),
    ]

    async def test(intake: httpx.AsyncClient, _: Kafka) -> None:
        for body in bodies:
            answer = await intake.post(REPORTS, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in {400, 422}, (body[:50], answer.text)
            assert SECRET not in answer.text
        for headers in ({"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}):
            refused(await intake.post(REPORTS, json=report(1), headers=headers), 415, "type")
        for key in ("k" * 201, "\u00e9".encode()):
            named = [("Idempotency-Key", key)]
            refused(await intake.post(REPORTS, json=report(1), headers=httpx.Headers(named)), 400, "idempotency-key")

    with structlog.testing.capture_logs() as logs:
        kafka = run(tmp_path, test)
    assert kafka.has == []
    assert SECRET not in json.dumps(logs)


def test_our_own_fault_tells_its_kind_and_no_payload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Reader, item: object, *_: object) -> None:
        raise ValueError(f"cannot do with {item}")

    monkeypatch.setattr(Reader, "__call__", broken)

    async def test(intake: httpx.AsyncClient, _: Kafka) -> None:
        refused(await intake.post(REPORTS, json=report(1) | {"text": SECRET}), 500, "ours")

    with structlog.testing.capture_logs() as logs:
        run(tmp_path, test)
    assert [one["error"] for one in logs] == ["ValueError"]
    assert SECRET not in json.dumps(logs)


def test_while_kafka_is_away_it_is_kept_on_disk_in_order_until_it_is_full(tmp_path: Path) -> None:
    async def test(intake: httpx.AsyncClient, kafka: Kafka) -> None:
        ids = [(await intake.post(REPORTS, json=report(0))).json()["record_id"]]
        kafka.up = False
        for number in range(1, 20):
            answer = (await intake.post(REPORTS, json=report(number))).json()
            assert answer["kept_in"] == "spool"
            ids.append(answer["record_id"])
        again = await intake.post(REPORTS, json=report(3))
        assert again.json()["record_id"] == ids[3]
        long = [report(number) | {"text": "long " * 700 + str(number)} for number in range(100, 400)]
        refused(await intake.post(REPORTS, json=long), 503, "full")
        kafka.up = True
        for _ in range(100):
            if len(kafka.has) == 20:
                break
            await asyncio.sleep(0.05)
        assert [message.key.decode() for message in kafka.has] == ids
        assert (await intake.post(REPORTS, json=report(50))).json()["kept_in"] == "kafka"

    run(tmp_path, test, spool_mb=1, max_body_bytes=4 * 2**20)


def test_a_plate_becomes_a_token_that_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    event = {"camera": "c", "kind": "vehicle_read", "occurred_from": 1_700_000_000_000, "lat": 1, "lon": 1}

    async def test(intake: httpx.AsyncClient, _: Kafka) -> None:
        for plate in ("abc 77887788", "ABC-77887788", "ａｂｃ７７８８７７８８"):
            assert (await intake.post(EVENTS, json=event | {"plate": plate})).status_code == 202
        for spoiled in (
            {"plate": 77887788},
            {"plate": "-"},
            {"plate": "x" * 13},
            {"plate": "ab", "vehicle_token": "k1:0"},
            {},
        ):
            refused(await intake.post(EVENTS, json=event | spoiled), 422, "faults")
        refused(await intake.post(REPORTS, json=report(1) | {"plate": "abc"}), 422, "faults")

    taken = run(tmp_path, test).has
    token = plates.load(tmp_path / "secret.toml").token("ABC77887788")
    assert token
    assert len(taken) == 3
    assert all(
        token.encode() in message.value and b"77887788" not in message.value.replace(token.encode(), b"")
        for message in taken
    )


def test_the_openapi_document_says_what_is_checked(tmp_path: Path) -> None:
    async def test(intake: httpx.AsyncClient, _: Kafka) -> None:
        told = (await intake.get("/openapi.json", headers={"Authorization": ""})).json()
        schemas = told["components"]["schemas"]
        assert set(schemas["online_report"]["properties"]) >= set(report(1))
        assert "release_to" not in schemas["online_report"]["properties"]
        assert set(schemas["online_report"]["required"]) <= set(report(1))
        assert "plate" in schemas["camera_event"]["properties"]
        assert "fraud" in schemas["online_report"]["properties"]["kind"]["enum"]
        assert {"202", "401", "422", "429", "503"} <= set(told["paths"][REPORTS]["post"]["responses"])

    run(tmp_path, test)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=4
)
FIELDS = st.dictionaries(
    st.sampled_from([*report(1), "plate", "camera", "vehicle_token", "district"]), JSON, max_size=5
)


@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(KINDS), FIELDS, st.booleans())
def test_whatever_is_said_the_reader_answers_with_a_record_or_faults(
    tmp_path: Path, kind: str, said: dict[str, Any], whole: bool
) -> None:
    reader = Reader(kind, "north", plates.load(tmp_path / "secret.toml"), 300)
    found = reader((report(1) if whole else {}) | said, sites.Site(name="site"), "0")
    assert isinstance(found, dict) or all(one.message for one in found)
    if isinstance(found, dict):
        assert FlatEncoder(MemoryRegistry(), reader.contract, STAGE)(found)
