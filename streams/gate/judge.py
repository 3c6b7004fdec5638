"""The gate's judgement on a batch: which records go through, with what attached, and which do not, and why.

No Kafka here. The same batch, districts, memory and clock give the same verdict, and no input makes it raise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from schemas import codes, contracts
from schemas.check import Checker
from streams.agreements import Agreement
from streams.codec import Decoder, Defect, Record
from streams.districts import District
from streams.gate.areas import Areas
from streams.gate.memory import Memory, Seen
from streams.gate.messages import Accepted, Message, Rejected, Verdict
from streams.gate.near_cells import NearCells
from streams.gate.options import Gate
from streams.gate.release import Releases
from streams.scrub import scrub

STAGE = "district"
# What the gate says of a record that replaces none.
FIRST: Record = {
    "retracted": False,
    "prior_revision": None,
    "prior_visible_to": (),
    "prior_occurred_from": None,
    "prior_lat": None,
    "prior_lon": None,
    "prior_category": None,
    "prior_offence": None,
}


class Judge:
    """Judges batches of incidents."""

    def __init__(
        self,
        options: Gate,
        decode: Decoder | Callable[[bytes | None], Record | Defect],
        memory: Memory,
        districts: Mapping[str, District],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``clock`` gives seconds since the epoch."""
        contract, offences = contracts.get("incident"), codes.get("offence")
        self._options = options
        self._record_type = contract.name
        self._decode = decode
        self._memory = memory
        self._clock = clock
        self._checker = Checker(contract, STAGE, clock=lambda: int(clock() * 1000), skew_s=options.skew_s)
        self._near_cells = NearCells(options.reach_m)
        self._categories = {code: offences.category(code) for code in offences.codes}
        self._texts = [field.name for field in contract.fields(STAGE) if field.notes.sensitivity == "free_text"]
        self.know(districts)

    def know(self, districts: Mapping[str, District], agreements: Mapping[str, Agreement] | None = None) -> None:
        """Judge by these districts and sharing agreements from now on."""
        self._releases = Releases(districts, agreements)
        self._areas = Areas(list(districts.values()), self._options.reach_m, self._options.outside_m)

    def __call__(self, batch: Sequence[Message]) -> Verdict:
        """Every message of the batch is in exactly one of the two lists. Memory is asked, not changed."""
        now = int(self._clock() * 1000)
        rejected: list[Rejected] = []
        read: list[tuple[Message, Record]] = []
        for message in batch:
            found = self._read(message, now)
            if isinstance(found, Rejected):
                rejected.append(found)
            else:
                read.append((message, found))
        placed = self._place(read, rejected)
        return Verdict(self._new(placed, rejected, now), rejected)

    def _read(self, message: Message, now: int) -> Record | Rejected:
        raw = message.raw
        if raw is not None and len(raw) > self._options.max_bytes:
            return Rejected(message, "too_large", f"{len(raw)} bytes: send at most {self._options.max_bytes}")
        record = self._decode(raw)
        if isinstance(record, Defect):
            return Rejected(message, record.reason, record.message, schema_id=record.schema_id)
        fault = self._fault(message, record, now)
        if fault is not None:
            return fault
        for name in self._texts:
            if record.get(name) is not None:
                record[name] = scrub(record[name])
        record["category"] = self._categories[record["offence"]]
        return record

    def _fault(self, message: Message, record: Record, now: int) -> Rejected | None:
        """The first thing that is wrong with a decoded record, or none; attaches who may see it."""
        faults = self._checker.check(record)
        if faults:
            fault = faults[0]
            return _rejected(message, record, fault.reason, fault.message, fault.field)
        if record["district"] != message.district:
            return _rejected(message, record, "wrong_district", "is not the district of the topic", "district")
        if message.key != record["record_id"].encode():
            return _rejected(message, record, "bad_value", "is not the message's key: key it by record_id", "record_id")
        to, purposes, ends = record["release_to"], record["release_purposes"], record.get("release_expires_at")
        visible_to = self._releases.visible_to(message.district, self._record_type, to, purposes, ends, now)
        if visible_to is None:
            text = "names a district or group that is not known: ask who takes part"
            return _rejected(message, record, "bad_value", text, "release_to")
        record["visible_to"] = visible_to
        terms = self._releases.terms(message.district, self._record_type, to, purposes, ends, now)
        record["release_purposes"], record["release_expires_at"] = terms
        return None

    def _place(self, read: list[tuple[Message, Record]], rejected: list[Rejected]) -> list[tuple[Message, Record]]:
        """Attach the place keys, for all at once; reject what lies far outside."""
        if not read:
            return read
        lat = np.array([record["lat"] for _, record in read])
        lon = np.array([record["lon"] for _, record in read])
        own, near = self._near_cells.of(lat, lon)
        others, holders, outside = self._areas.locate(lat, lon, [message.district for message, _ in read])
        placed = []
        for (message, record), cell, cells, names, holder, is_outside in zip(
            read, own, near, others, holders, outside.tolist(), strict=True
        ):
            if is_outside:
                text = (
                    f"over {self._options.outside_m:.0f} m outside every district's area: check latitude and longitude"
                )
                rejected.append(_rejected(message, record, "bad_place", text, "lat"))
                continue
            record["h3_9"], record["near_cells"] = cell, cells
            record["near_districts"], record["place_district"] = names, holder
            placed.append((message, record))
        return placed

    def _new(self, placed: list[tuple[Message, Record]], rejected: list[Rejected], now: int) -> list[Accepted]:
        """Those of a revision higher than any seen, in the memory or earlier in this batch."""
        accepted: list[Accepted] = []
        latest: dict[str, Seen] = {}
        seen_before = self._memory.lookup([record["record_id"] for _, record in placed])
        for (message, record), remembered in zip(placed, seen_before, strict=True):
            seen = latest.get(record["record_id"], remembered)
            if seen is not None and (seen.district != message.district or seen.revision >= record["revision"]):
                rejected.append(_stale(message, record, seen))
                continue
            latest[record["record_id"]] = Seen(record["revision"], message.district)
            record["gated_at"] = now
            record.update(FIRST)
            record["source_topic"] = message.topic
            record["source_partition"] = message.partition
            record["source_offset"] = message.offset
            accepted.append(Accepted(message, record))
        return accepted


def _rejected(message: Message, record: Record, reason: str, text: str, field: str) -> Rejected:
    record_id = record.get("record_id")
    known_id = record_id[:128] if isinstance(record_id, str) else None
    return Rejected(message, reason, text, field, known_id, int.from_bytes((message.raw or b"")[1:5], "big"))


def _stale(message: Message, record: Record, seen: Seen) -> Rejected:
    if seen.district != message.district:
        # Else a district could overwrite what another published, everywhere that a record's id names it.
        text = "is another district's record: begin ids with your district's name"
        return _rejected(message, record, "wrong_district", text, "record_id")
    reason = "duplicate" if seen.revision == record["revision"] else "stale_revision"
    return _rejected(message, record, reason, f"revision {seen.revision} was let through before", "revision")
