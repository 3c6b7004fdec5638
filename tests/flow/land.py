"""Put records into the store as the loader would, without a topic."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable
from typing import Any

from connectors.loader.batch import Batch, Raw
from connectors.loader.routes import from_contracts
from connectors.loader.store import Store
from schemas import contracts
from streams.codec import Encoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings


def land(settings: Settings, name: str, stage: str, records: Iterable[dict[str, Any]]) -> None:
    """Insert records of a contract's stage, in one batch of its own."""
    contract = contracts.get(name)
    topic = contract.topic(stage).name
    encode = Encoder(ConfluentRegistry(settings), contract.subject(stage), contract.avro(stage))
    offset = uuid.uuid4().int >> 80
    raw = [Raw(topic, 0, offset + number, encode(record)) for number, record in enumerate(records)]
    Store(settings, threading.Event()).insert(Batch(topic, raw), from_contracts().of(topic))
