"""A simulated city as the shared stream has it: judged by the gate's own code, in memory, as its records arrive.

A city's time ends with its last day. What would arrive later is no part of an evaluation: no feed speaks any more by
then, and all of them would be silent, all that is due overdue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from pathlib import Path
from typing import Any

from connectors.simulate import Plan, read, simulate, truth
from connectors.simulate.world import Sent
from schemas import contracts
from streams.codec import Decoder, Encoder
from streams.districts import District, load_all
from streams.gate.judge import Judge
from streams.gate.kinds import DISTRICT, published
from streams.gate.memory import NoMemory, Seen
from streams.gate.messages import Message, Verdict
from streams.gate.options import Gate
from streams.gate.read_counts import ReadCounts
from streams.gate.rejections import to_record
from streams.registry import MemoryRegistry

BATCH = 500
STRETCH_MS = 300_000
"""Records that arrive within so long are judged together, by the clock of the last of them."""
Line = dict[str, Any]


@dataclass(frozen=True)
class City:
    """One city: its truth, and the lines of a trial with ``arrived_at`` (UTC ms), in the order of arrival."""

    seed: int
    truth: dict[str, Any]
    districts: int
    days: int
    lines: list[Line]

    @property
    def end_ms(self) -> int:
        """The end of its last day, UTC ms."""
        return int(self.truth["end_ms"])

    @cached_property
    def passed(self) -> frozenset[str]:
        """The records that the gate let through."""
        return frozenset(
            str(line["record"]["record_id"])
            for line in self.lines
            if line["type"] != "rejection" and "record_id" in line["record"]
        )

    @property
    def weeks(self) -> float:
        """District-weeks of it."""
        return self.districts * self.days / 7


class _Memory(NoMemory):
    """What the gate has let through so far."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}

    def keep(self, verdict: Verdict) -> None:
        for one in verdict.accepted:
            self._seen[one.record["record_id"]] = one.seen
            if one.stub is not None:
                self._seen[one.stub.record["record_id"]] = one.stub.seen

    def lookup(self, record_ids: Sequence[str]) -> list[Seen | None]:
        return [self._seen.get(record_id) for record_id in record_ids]


class _Clock:
    """The gate's clock, which stands at the last arrival."""

    now_ms = 0

    def __call__(self) -> float:
        return self.now_ms / 1000


def written(folder: Path) -> list[Line]:
    """The lines of a city that `crossbeat simulate` wrote.

    Raises:
        OSError: the folder holds none.
    """
    return list(_judged(list(read.records(folder)), load_all(folder / "districts")))


def city(plan: Plan) -> City:
    """Make a city and judge all that arrives within it: some 20 s for 112,000 records."""
    world = simulate(plan)
    world.sent.sort(key=lambda sent: (sent.arrived_at, sent.record["record_id"], sent.record["revision"]))
    in_time = [sent for sent in world.sent if sent.arrived_at < world.end_ms]
    areas = zip(world.city.names, world.city.areas, strict=True)
    districts = {name: District(name, name, number, area) for number, (name, area) in enumerate(areas)}
    return City(plan.seed, truth(world), plan.districts, plan.days, list(_judged(in_time, districts)))


def _judged(sent_in_order: Sequence[Sent], districts: Mapping[str, District]) -> Iterator[Line]:
    registry, kinds, memory, clock = MemoryRegistry(), published(), _Memory(), _Clock()
    encoders = {
        name: Encoder(registry, kind.contract.subject(DISTRICT), kind.contract.avro(DISTRICT))
        for name, kind in kinds.items()
    }
    decoders = {name: Decoder(registry, contracts.get(name).avro(DISTRICT)) for name in kinds}
    judge = Judge(Gate(), decoders, memory, districts, clock)
    reads = ReadCounts("evaluation", sent_in_order[0].arrived_at if sent_in_order else 0)
    for first, last in _batches(sent_in_order):
        clock.now_ms = sent_in_order[last - 1].arrived_at
        batch = [
            Message(
                sent.district,
                sent.kind,
                f"{sent.district}.{sent.kind}.v1",
                0,
                first + place,
                sent.record["record_id"].encode(),
                encoders[sent.kind](sent.record),
            )
            for place, sent in enumerate(sent_in_order[first:last])
        ]
        verdict = judge(batch)
        memory.keep(verdict)
        lines = _lines(verdict, sent_in_order, kinds)
        yield from merge(lines, _counted(reads, verdict, sent_in_order), key=lambda line: line["arrived_at"])


def _batches(sent_in_order: Sequence[Sent]) -> Iterator[tuple[int, int]]:
    first = 0
    for place, sent in enumerate(sent_in_order):
        if place - first >= BATCH or sent.arrived_at - sent_in_order[first].arrived_at > STRETCH_MS:
            yield first, place
            first = place
    yield first, len(sent_in_order)


def _lines(verdict: Verdict, sent_in_order: Sequence[Sent], kinds: dict[str, Any]) -> list[Line]:
    found: list[tuple[int, Line]] = []
    for one in verdict.accepted:
        if one.stub is not None:
            found.append((one.message.offset, {"type": one.stub.record_type, "record": one.stub.record}))
        found.append((one.message.offset, {"type": one.message.record_type, "record": one.record}))
    for refused in verdict.rejected:
        at = sent_in_order[refused.message.offset].arrived_at
        record = to_record(refused, at, withheld=kinds[refused.message.record_type].withheld)
        # Trials read JSON, and no pattern reads the bytes.
        found.append((refused.message.offset, {"type": "rejection", "record": record | {"raw": ""}}))
    found.sort(key=lambda each: each[0])
    return [_arrived(line, sent_in_order[offset].arrived_at) for offset, line in found]


def _counted(reads: ReadCounts, verdict: Verdict, sent_in_order: Sequence[Sent]) -> Iterator[Line]:
    """What the gate tells of vehicle reads, each counted as it comes."""
    ones = [(one.message.offset, Verdict([one], [])) for one in verdict.accepted]
    ones += [(one.message.offset, Verdict([], [], [one])) for one in verdict.let_go]
    for offset, verdict_of_one in sorted(ones, key=lambda one: one[0]):
        now = sent_in_order[offset].arrived_at
        told = reads.due(now)
        reads.told(told, now)
        reads.add(verdict_of_one, now)
        yield from ({"type": "read_count", "record": record, "arrived_at": now} for record in told)


def _arrived(line: Line, at: int) -> Line:
    """It with its own moment: the gate of a city judges minutes at once, a live one each record as it comes."""
    if "gated_at" in line["record"]:
        line["record"]["gated_at"] = at
    return line | {"arrived_at": at}
