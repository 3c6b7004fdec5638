"""The tables of a pattern that delivers to districts: its plan is rendered from the contracts, no column is typed.

It reads every record type with the stage ``delivered``, whole, by a format of ours that gives the messages districts
are to have (``patterns/router/java``); it writes them to whichever topic each names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas import contracts
from schemas.contract import Contract
from schemas.render.flink import statement
from streams.settings import Settings

STAGE = "delivered"
PLACE_AT_OWNER = ("source_partition", "source_offset")
"""Where a record stands in its owner's own topic: it would tell a reader how many that it may not see lie between.

The gate writes 0 for both; what an earlier version shared still has them (infra/decisions/0198).
"""
FORMAT = "crossbeat-delivery"
SOURCE = "record"
SINK = "delivery"
# What a version is worked out from, of what the platform made itself: nobody owns it.
VERSIONS = {"link": ["a_revision", "b_revision"], "alert": [], "series": ["revision"]}


def delivered() -> list[Contract]:
    """The contracts of what districts receive."""
    return [contract for contract in contracts.all() if STAGE in contract.stages]


def receivers_file(settings: Settings) -> Path:
    """Where the process of the jobs writes which districts receive what."""
    return settings.data / "run" / "receivers.json"


def plan() -> dict[str, Any]:
    """What the contracts say of delivery: types by the name of their record, and the receipt."""
    receipt = contracts.get("receipt")
    return {
        "types": [
            {
                "type": contract.name,
                "record": contract.avro(_source(contract))["name"],
                "topic": contract.stage(STAGE).topic,
                "key": contract.stage(STAGE).key[0],
                "version": VERSIONS.get(contract.name, ["revision"]),
                "owned": contract.name not in VERSIONS,
                "subject": contract.subject(STAGE),
                "schema": contract.avro_json(STAGE),
                "withheld": PLACE_AT_OWNER,
            }
            for contract in delivered()
        ],
        "receipt": {
            "topic": receipt.topic("result").name,
            "subject": receipt.subject("result"),
            "schema": receipt.avro_json("result"),
        },
    }


def statements(settings: Settings, reading: Mapping[str, str], writing: Mapping[str, str]) -> list[str]:
    """``CREATE TEMPORARY TABLE`` for both; the options given are those of every source and sink of the pattern."""
    columns = ["`topic` STRING NOT NULL", "`record_key` BYTES NOT NULL", "`body` BYTES"]
    source = {
        "connector": "kafka",
        "topic": ";".join(contract.topic(_source(contract)).name for contract in delivered()),
        "value.format": FORMAT,
        f"value.{FORMAT}.url": settings.registry.url,
        f"value.{FORMAT}.plan": json.dumps(plan()),
        f"value.{FORMAT}.receivers": str(receivers_file(settings)),
    }
    if settings.registry.username:
        password = settings.registry.password.get_secret_value()
        source[f"value.{FORMAT}.basic-auth.user-info"] = f"{settings.registry.username}:{password}"
    sink = {
        "connector": "kafka",
        "topic-pattern": f"to[.].*|{contracts.get('receipt').topic('result').name.replace('.', '[.]')}",
        "key.format": "raw",
        "key.fields": "record_key",
        "value.format": "raw",  # a body of null becomes a message without a value
        "value.fields-include": "EXCEPT_KEY",
    }
    topic, *rest = columns
    return [
        statement(SOURCE, columns, source | dict(reading)),
        statement(SINK, [f"{topic} METADATA", *rest], sink | dict(writing)),
    ]


def _source(contract: Contract) -> str:
    return "shared" if "shared" in contract.stages else "result"
