"""From an HTTP request to the topic: what arrives, what repeats change, and where a plate never is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.gate_world import read_committed
from bench.intake import prepare, report, serving
from schemas import contracts
from streams.codec import Decoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings

pytestmark = pytest.mark.server
DISTRICT = "intake-flow"
PLATE, SPOKEN = "ZQX7742", "416-555-0142"
READ: dict[str, Any] = {
    "camera": "cam-0117",
    "kind": "vehicle_read",
    "plate": "zqx 7742",
    "confidence": 0.9,
    "occurred_from": "2024-03-07T22:29:30+00:00",
    "lat": 43.6629,
    "lon": -79.3957,
}


def records(settings: Settings, kind: str) -> tuple[list[bytes], list[dict[str, Any]]]:
    """The topic's values, raw and decoded."""
    raw = read_committed(settings, f"{DISTRICT}.{kind}.v1")
    decode = Decoder(ConfluentRegistry(settings), contracts.get(kind).avro("district"))
    found = [decode(value) for value in raw]
    return raw, [one for one in found if isinstance(one, dict)]


def test_what_is_answered_with_202_is_in_the_topic_and_a_plate_is_nowhere(stack: Settings, tmp_path: Path) -> None:
    key = prepare(stack, DISTRICT)
    log = tmp_path / "log"
    answers = []
    with serving(stack, DISTRICT, log) as (_, port):
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"})

        def post(path: str, said: Any, status: int, **headers: str) -> dict[str, Any]:
            answer = client.post(path, json=said, headers=headers)
            answers.append(answer.content)
            assert answer.status_code == status, answer.text
            return dict(answer.json())

        first = post("/v1/online-reports", report(142), 202)
        again = post("/v1/online-reports", report(142), 202)
        keyed = post("/v1/online-reports", report(142), 202, **{"Idempotency-Key": "form-1"})
        assert first["record_id"] == again["record_id"] != keyed["record_id"]
        assert post("/v1/online-reports", report(143), 422, **{"Idempotency-Key": "form-1"})["type"].endswith("reused")
        many = post("/v1/online-reports", [report(number) for number in range(200, 210)], 202)
        assert len(set(many["record_ids"])) == 10

        read = post("/v1/camera-events", READ, 202)
        post("/v1/camera-events", READ | {"kind": "count", "value": 2}, 422)
        for spoiled in (
            {PLATE: 1},
            {"camera": f" {PLATE}"},
            {"occurred_from": PLATE},
            {"plate": PLATE * 4},
            {"lat": PLATE},
        ):
            post("/v1/camera-events", READ | spoiled, 422)
        answers.append(
            client.post(
                "/v1/camera-events", content=f'{{"plate": "{PLATE}', headers={"Content-Type": "application/json"}
            ).content
        )
        assert client.get("/openapi.json").json()["paths"]["/v1/camera-events"]
    raw_reports, reports = records(stack, "online_report")
    assert {one["record_id"] for one in reports} == {first["record_id"], keyed["record_id"], *many["record_ids"]}
    assert len(reports) == 12
    assert reports[0]["text"].endswith("case 142: call [phone], Mr _ said so")
    assert (reports[0]["district"], reports[0]["release_to"]) == (DISTRICT, [])
    raw_events, (event,) = records(stack, "camera_event")
    assert event["record_id"] == read["record_id"]
    assert event["vehicle_token"].startswith("k1:")

    kept = [path.read_bytes() for path in (stack.data / "intake" / DISTRICT).rglob("*") if path.is_file()]
    everything = b"\n".join([*answers, *raw_reports, *raw_events, *kept, log.read_bytes()]).lower()
    for secret in (PLATE, PLATE.replace("X", "X "), "zqx 7742", SPOKEN, key, json.dumps(key)):
        assert secret.lower().encode() not in everything
