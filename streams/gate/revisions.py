"""Which records say something new: a revision higher than any seen, and retractions of what was let through.

Taking back is a revision too. A retraction up to revision ``n`` leaves a stub of revision ``n + 1``, higher than all
that it takes back; a mended record comes with one above that. So whoever reads shared topics needs one rule, the
highest revision counts, and no version of anything is ever given twice (infra/decisions/0141).

So does the end of a release (:mod:`streams.gate.endings`), of which the owner's numbers know nothing: they are compared
with the owner's own, and what goes through has a number above all that was shared (infra/decisions/0190).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.codec import Record
from streams.gate.kinds import RETRACTION, Kind
from streams.gate.lookouts import LOOKOUT, Lookouts, vehicle_read
from streams.gate.memory import LAST_REVISION, Memory, Seen
from streams.gate.messages import Accepted, LetGo, Message, Rejected, Stub
from streams.gate.placing import Placing
from streams.gate.reading import owned, refused
from streams.gate.stub import StubMaker

Read = tuple[Message, Record]


class Revisions:
    """Holds records against the memory, which is asked and not changed, and vehicle reads against the look-outs."""

    def __init__(self, kinds: Mapping[str, Kind], memory: Memory, lookouts: Lookouts) -> None:
        self._kinds = kinds
        self._memory = memory
        self._lookouts = lookouts
        self._stubs = {name: StubMaker(kind) for name, kind in kinds.items() if name != RETRACTION}

    def __call__(
        self, read: Sequence[Read], placing: Placing, rejected: list[Rejected], let_go: list[LetGo], now: int
    ) -> list[Accepted]:
        """Those that go through, in their order, complete; the others are added to ``rejected`` or ``let_go``."""
        ids = [record["record_id"] for _, record in read]
        targets = [record["target_record_id"] for message, record in read if message.record_type == RETRACTION]
        ids += targets
        # What is seen of each record: in the memory, or later in this batch.
        latest = dict(zip(ids, self._memory.lookup(ids), strict=True))
        accepted: list[Accepted] = []
        for message, record in read:
            kind, record_id = self._kinds[message.record_type], record["record_id"]
            seen = latest[record_id]
            if seen is not None and (
                seen.own_revision >= record["revision"] or seen.standing.record_type != message.record_type
            ):
                rejected.append(_stale(message, record, seen))
                continue
            record["gated_at"] = now
            record["retracted"] = False
            record["source_topic"] = message.topic
            # Where it stands in that topic goes into the message's header: whoever read it in two records of a district
            # would know how many lie between them (infra/decisions/0198).
            record["source_partition"] = record["source_offset"] = 0
            record.update(kind.first if seen is None else kind.prior(seen) | seen.next(record["revision"]))
            if record["revision"] + (kind.ends(record) is not None) > LAST_REVISION:
                text = "leaves no number for the end of its release: count revisions from 1"
                rejected.append(refused(message, record, "bad_value", text, "revision"))
                continue
            shared = self._asked_for(message, record, seen, placing)
            if shared is None:
                let_go.append(LetGo(message, record["camera"], record["recorded_at"]))
                continue
            stub = None
            if message.record_type == RETRACTION:
                taken = self._take_back(message, record, latest[record["target_record_id"]], placing)
                if isinstance(taken, Rejected):
                    rejected.append(taken)
                    continue
                stub = taken
                latest[record["target_record_id"]] = stub.seen
            self._learn(message.record_type, shared, stub)
            shown = latest[record_id] = kind.seen(shared)
            accepted.append(Accepted(message, shared, shown, stub))
        return accepted

    def _asked_for(self, message: Message, record: Record, seen: Seen | None, placing: Placing) -> Record | None:
        """What is to be shared: the record, or none of a vehicle read that nobody asks for.

        A read is there because somebody asks for it, so it is for those alone who may see who asks: to any other it
        would betray a look-out. One that was let through, and is corrected to what nobody asks for, is taken back.
        """
        if not vehicle_read(message.record_type, record):
            return record
        if readers := self._lookouts.asked_by(record):
            record["visible_to"] = tuple(name for name in record["visible_to"] if name in readers)
            return record
        if seen is None:
            return None
        stub = self._stubs[message.record_type](record["record_id"], record, seen, record)
        # As where another look-out still asks for it: who had it has it no longer, and cannot tell one from the other.
        stub["visible_to"] = (message.district,)
        placing([stub], [message.district])
        return stub

    def _learn(self, record_type: str, record: Record, stub: Stub | None) -> None:
        """Know a look-out before the rest of the batch; one of a transaction that is aborted comes again."""
        if record_type == LOOKOUT:
            self._lookouts.learn(record)
        elif stub is not None and stub.record_type == LOOKOUT:
            self._lookouts.learn(stub.record)

    def _take_back(self, message: Message, record: Record, seen: Seen | None, placing: Placing) -> Stub | Rejected:
        """The stub of what a retraction takes back; attaches to the retraction who had it."""
        name, revision = record["target_record_id"], record["target_revision"]
        if not owned(name, message.district):
            # Told by the id alone: whether another district has such a record is not this one's to know.
            text = "is another district's record, by its name: take back your own"
            return refused(message, record, "wrong_district", text, "target_record_id")
        if seen is None or seen.standing.record_type != record["target_record_type"]:
            text = "names no record of yours that was let through: check its type and id"
            return refused(message, record, "unknown_record", text, "target_record_id")
        own = seen.own_revision
        if revision < own:
            back = seen.standing.retracted
            text = "was taken back before" if back else f"revision {own} stands: take back that one"
            return refused(message, record, "duplicate" if back else "stale_revision", text, "target_revision")
        # It may name the number that it saw in the shared stream: that is the owner's latest all the same.
        mark = seen.next((own if revision <= seen.revision else revision) + 1)
        if mark["revision"] > LAST_REVISION:
            text = "leaves no number for what takes it back: name a revision that was published"
            return refused(message, record, "bad_value", text, "target_revision")
        record["visible_to"] = seen.standing.visible_to
        kind = self._kinds[seen.standing.record_type]
        stub = self._stubs[kind.name](name, mark, seen, record)
        if kind.placed:
            # Where it lay may be outside of all areas by now: it is taken back all the same.
            placing([stub], [message.district])
        return Stub(kind.name, stub, kind.seen(stub))


def _stale(message: Message, record: Record, seen: Seen) -> Rejected:
    standing, revision = seen.standing, seen.own_revision
    if standing.record_type != message.record_type:
        text = f"is the id of a record of type {standing.record_type}: no two records have one id"
        return refused(message, record, "bad_value", text, "record_id")
    text = f"revision {revision} was let through before"
    if standing.retracted:
        text = f"was taken back, which is revision {revision}: a mended record has a higher one"
    return refused(
        message, record, "duplicate" if revision == record["revision"] else "stale_revision", text, "revision"
    )
