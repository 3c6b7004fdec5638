"""What one message says by itself: decoded, checked, its release worked out, its texts scrubbed; or what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from schemas import codes
from schemas.check import Checker
from streams.codec import Decoder, Defect, Record
from streams.gate.kinds import DISTRICT, RECORDED, Kind
from streams.gate.messages import Message, Rejected
from streams.gate.options import Gate
from streams.gate.release import Releases
from streams.scrub import scrub

Decode = Decoder | Callable[[bytes | None], Record | Defect]


class Reader:
    """Reads messages of one record type."""

    def __init__(self, kind: Kind, options: Gate, decode: Decode, clock_ms: Callable[[], int]) -> None:
        offences = codes.get("offence")
        self._kind = kind
        self._max_bytes = options.max_bytes
        self._decode = decode
        self._checker = Checker(kind.contract, DISTRICT, clock=clock_ms, skew_s=options.skew_s)
        self._categories = {code: offences.category(code) for code in offences.codes} if kind.categorised else {}
        self._texts = kind.texts

    def __call__(self, message: Message, releases: Releases, now: int) -> Record | Rejected:
        """The record with category and ``visible_to`` attached, or why it does not go through."""
        raw = message.raw
        if raw is not None and len(raw) > self._max_bytes:
            return Rejected(message, "too_large", f"{len(raw)} bytes: send at most {self._max_bytes}")
        record = self._decode(raw)
        if isinstance(record, Defect):
            return Rejected(message, record.reason, record.message, schema_id=record.schema_id)
        fault = self._fault(message, record, now)
        if fault is None and self._kind.released:
            fault = self._release(message, record, releases, now)
        if fault is not None:
            return fault
        for name in self._texts:
            if record.get(name) is not None:
                record[name] = scrub(record[name])
        if self._categories:
            record["category"] = self._categories[record["offence"]]
        return record

    def _fault(self, message: Message, record: Record, now: int) -> Rejected | None:
        """The first thing that is wrong with a decoded record, or none."""
        faults = self._checker.check(record)
        if faults:
            fault = faults[0]
            ahead = _ahead(record, now) if fault.field == RECORDED else None
            return refused(message, record, fault.reason, fault.message, fault.field)._replace(ahead_ms=ahead)
        if record["district"] != message.district:
            return refused(message, record, "wrong_district", "is not the district of the topic", "district")
        if not owned(record["record_id"], message.district):
            # Else a district could overwrite what another published, everywhere that a record's id names it.
            text = "does not begin with the district's name and a colon: begin it so"
            return refused(message, record, "bad_value", text, "record_id")
        if message.key != record["record_id"].encode():
            return refused(message, record, "bad_value", "is not the message's key: key it by record_id", "record_id")
        return None

    def _release(self, message: Message, record: Record, releases: Releases, now: int) -> Rejected | None:
        """Attach who may see it, what for and until when; or say what is wrong with its release."""
        said = (
            message.district,
            self._kind.name,
            record["release_to"],
            record["release_purposes"],
            record.get("release_expires_at"),
            now,
        )
        visible_to = releases.visible_to(*said)
        if visible_to is None:
            text = "names a district or group that is not known: ask who takes part"
            return refused(message, record, "bad_value", text, "release_to")
        record["visible_to"] = visible_to
        record["release_purposes"], record["release_expires_at"] = releases.terms(*said)
        return None


def owned(record_id: str, district: str) -> bool:
    """Whether it is the id of a record of that district: ids begin with their owner's name and a colon."""
    return record_id.startswith(f"{district}:")


def _ahead(record: Record, now: int) -> int | None:
    """By how much a record was written after it came, milliseconds; none where that is not what is wrong."""
    at = record.get(RECORDED)
    return at - now if isinstance(at, int) and at > now else None


def refused(message: Message, record: Record, reason: str, text: str, field: str) -> Rejected:
    """The rejection of a message that could be decoded."""
    record_id = record.get("record_id")
    known_id = record_id[:128] if isinstance(record_id, str) else None
    return Rejected(message, reason, text, field, known_id, int.from_bytes((message.raw or b"")[1:5], "big"))
