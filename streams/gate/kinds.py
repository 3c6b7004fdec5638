"""What the gate has to do for each record type, read off its contract: a new type passes without a line here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from schemas import contracts
from schemas.contract import Contract, Field
from streams.codec import Record
from streams.gate.memory import Release, Seen, Standing

DISTRICT, SHARED = "district", "shared"
RETRACTION = "retraction"
OCCURRED, RECORDED = "occurred_from", "recorded_at"


@dataclass(frozen=True)
class Kind:
    """One record type that districts publish."""

    contract: Contract

    @property
    def name(self) -> str:
        """Name of the record type."""
        return self.contract.name

    @cached_property
    def event_time(self) -> str:
        """The field that tells when what it speaks of began.

        ``occurred_from`` where there is one, else its first own time that is never null, else ``recorded_at``.
        """
        fields = self.contract.fields(DISTRICT)
        if any(field.name == OCCURRED for field in fields):
            return OCCURRED
        own = (
            field.name for field in fields if field.part is None and field.kind == "timestamp" and not field.nullable
        )
        return next(own, RECORDED)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Fields that are scrubbed."""
        fields = self.contract.fields(DISTRICT)
        return tuple(field.name for field in fields if field.notes.sensitivity == "free_text")

    @cached_property
    def placed(self) -> bool:
        """Whether it has a point, or may have one, from which the place keys are worked out."""
        return "place_keys" in self.contract.stage(SHARED).parts

    @cached_property
    def categorised(self) -> bool:
        """Whether it has an offence, whose category is attached."""
        return "category" in self.contract.stage(SHARED).parts

    @cached_property
    def released(self) -> bool:
        """Whether it says itself who may see it."""
        return "release" in self.contract.notes.parts

    @cached_property
    def withheld(self) -> bool:
        """Whether it has a field that may not be kept, so that its bytes are not kept either when it is refused."""
        storage = self.contract.storage
        never_landed = set(storage.leave_out) if storage else set()
        return any(field.name in never_landed for field in self.contract.fields(DISTRICT))

    @cached_property
    def remembered(self) -> tuple[Field, ...]:
        """The fields of the shared record from which the memory of it is made."""
        names = {"record_id", "district", "revision", "owner_revision", "visible_to", "release_expires_at"}
        names |= {"retracted", "lat", "lon", "category", "offence"}
        return tuple(field for field in self.contract.fields(SHARED) if field.name in names | {self.event_time})

    @cached_property
    def first(self) -> Record:
        """What the gate says of a record that replaces none: the contract's defaults."""
        parts = [part for part in self.contract.stage(SHARED).parts if part.startswith("prior")]
        fields = [field for field in self.contract.fields(SHARED) if field.part in parts]
        return {field.name: () if field.array else None for field in fields}

    def seen(self, record: Record) -> Seen:
        """What is to be remembered of a shared record."""
        get = record.get
        revision, own = record["revision"], get("owner_revision")
        standing = Standing(
            self.contract.name,
            record["district"],
            record["retracted"],
            tuple(record["visible_to"]),
            get("category"),
            get("offence"),
            0 if own is None else revision - own,
        )
        return Seen(revision, standing, record[self.event_time], get("lat"), get("lon"))

    def ends(self, record: Record) -> Release | None:
        """When the release of a shared record ends; none when it has no end, or none but the owner may see it."""
        until = record.get("release_expires_at")
        if until is None or len(record["visible_to"]) < 2 or record["retracted"]:
            return None
        return Release(until, record["record_id"], record["revision"])

    def ended(self, record: Record, seen: Seen, now: int) -> Record:
        """A shared record as it is once its release is over: narrowed to its owner, and else as it was.

        Its times stay those of the owner, who has written nothing (``now``: milliseconds since the epoch).
        """
        narrowed = {"visible_to": (seen.standing.district,), "gated_at": now}
        return record | narrowed | self.prior(seen) | seen.next(seen.own_revision)

    def prior(self, seen: Seen) -> Record:
        """What the gate says of a record that replaces one, but for its numbers (:meth:`Seen.next`)."""
        standing = seen.standing
        said = {
            "prior_revision": seen.revision,
            "prior_visible_to": standing.visible_to,
            "prior_occurred_from": seen.event_at,
            "prior_lat": seen.lat,
            "prior_lon": seen.lon,
            "prior_category": standing.category,
            "prior_offence": standing.offence,
            "owner_revision": None,
        }
        return {name: said[name] for name in self.first}


def published() -> dict[str, Kind]:
    """The record types that districts publish, by name."""
    return {one.name: Kind(one) for one in contracts.all() if {DISTRICT, SHARED} <= set(one.stages)}
