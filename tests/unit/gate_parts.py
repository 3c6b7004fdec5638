"""What unit tests of the judge share: districts, and messages of every record type that go through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapely.geometry import box

from schemas import samples
from streams.codec import Decoder, Encoder, Record
from streams.districts import District
from streams.gate.judge import Judge
from streams.gate.kinds import DISTRICT, published
from streams.gate.memory import NoMemory, Seen
from streams.gate.messages import Message, Verdict
from streams.gate.options import Gate
from streams.registry import MemoryRegistry

NOW_S = 1_800_000_000.0
NOW = int(NOW_S * 1000)
KINDS = published()
REGISTRY = MemoryRegistry()
ENCODERS = {
    name: Encoder(REGISTRY, kind.contract.subject(DISTRICT), kind.contract.avro(DISTRICT))
    for name, kind in KINDS.items()
}
DECODERS = {name: Decoder(REGISTRY, kind.contract.avro(DISTRICT)) for name, kind in KINDS.items()}
DISTRICTS = {
    "north": District("north", "North", 0, box(-79.45, 43.65, -79.35, 43.70), groups=("river",)),
    "south": District("south", "South", 1, box(-79.45, 43.60, -79.35, 43.65)),
    "harbour": District("harbour", "Harbour", 2, None),
}


class Remembered(NoMemory):
    """A memory of what verdicts let through."""

    def __init__(self, *verdicts: Verdict) -> None:
        self.seen: dict[str, Seen] = {}
        for verdict in verdicts:
            self.keep(verdict)

    def keep(self, verdict: Verdict) -> None:
        """Remember it, as the gate does after a commit."""
        for one in verdict.accepted:
            self.seen[one.record["record_id"]] = one.seen
            if one.stub is not None:
                self.seen[one.stub.record["record_id"]] = one.stub.seen

    def lookup(self, record_ids: Sequence[str]) -> list[Seen | None]:
        return [self.seen.get(record_id) for record_id in record_ids]


def good(record_type: str, **changes: Any) -> Record:
    """A record of north that goes through: the contract's example, its place at north's border."""
    record = samples.example(KINDS[record_type].contract, DISTRICT)
    record |= {"record_id": f"north:{record_type}-1", "district": "north", "revision": 1}
    if "lat" in record:
        record |= {"lat": 43.652, "lon": -79.40}
    if "release_to" in record:
        record |= {"release_to": ["south"], "release_expires_at": None}
    if "target_record_id" in record:
        record["target_record_id"] = "north:incident-1"
    return record | changes


def message(record_type: str, body: Record, offset: int = 0, district: str = "north") -> Message:
    """It as the district would publish it."""
    topic = f"{district}.{record_type}.v1"
    return Message(district, record_type, topic, 0, offset, body["record_id"].encode(), ENCODERS[record_type](body))


def judge(*messages: Message, memory: NoMemory | None = None) -> Verdict:
    """The verdict at :data:`NOW`."""
    return Judge(Gate(), DECODERS, memory or NoMemory(), DISTRICTS, lambda: NOW_S)(messages)
