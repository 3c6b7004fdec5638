"""The gate's judgement on a batch: which records go through, with what attached, and which do not, and why.

No Kafka here. The same batch, districts, memory and clock give the same verdict, and no input makes it raise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from streams.agreements import Agreement
from streams.codec import Record
from streams.districts import District
from streams.gate.kinds import published
from streams.gate.lookouts import Lookouts
from streams.gate.memory import Memory
from streams.gate.messages import LetGo, Message, Rejected, Verdict
from streams.gate.options import Gate
from streams.gate.placing import Placing
from streams.gate.reading import Decode, Reader, refused
from streams.gate.release import Releases
from streams.gate.revisions import Read, Revisions


class Judge:
    """Judges batches of records of all types that districts publish."""

    def __init__(
        self,
        options: Gate,
        decoders: Mapping[str, Decode],
        memory: Memory,
        districts: Mapping[str, District],
        clock: Callable[[], float] = time.time,
        lookouts: Lookouts | None = None,
    ) -> None:
        """``decoders`` by record type; ``clock``: seconds since the epoch; ``lookouts``: those of before."""
        self._options = options
        self._clock = clock
        self._kinds = published()
        self._readers = {
            name: Reader(self._kinds[name], options, decode, self._now) for name, decode in decoders.items()
        }
        self._placing = Placing(options, districts)
        self._revisions = Revisions(self._kinds, memory, Lookouts() if lookouts is None else lookouts)
        self.know(districts)

    def know(self, districts: Mapping[str, District], agreements: Mapping[str, Agreement] | None = None) -> None:
        """Judge by these districts and sharing agreements from now on."""
        self._releases = Releases(districts, agreements)
        self._placing.know(districts)

    def __call__(self, batch: Sequence[Message]) -> Verdict:
        """Every message of the batch is in exactly one of the lists. Memory is asked, not changed."""
        now = self._now()
        rejected: list[Rejected] = []
        read: list[Read] = []
        for message in batch:
            found = self._readers[message.record_type](message, self._releases, now)
            if isinstance(found, Rejected):
                rejected.append(found)
            else:
                read.append((message, found))
        placed = self._place(read, rejected)
        let_go: list[LetGo] = []
        return Verdict(self._revisions(placed, self._placing, rejected, let_go, now), rejected, let_go)

    def _place(self, read: list[Read], rejected: list[Rejected]) -> list[Read]:
        """Attach the place keys, for all at once; those that lie far outside all districts are rejected."""
        at = [index for index, (message, _) in enumerate(read) if self._kinds[message.record_type].placed]
        records: list[Record] = [read[index][1] for index in at]
        outside = self._placing(records, [read[index][0].district for index in at])
        if not any(outside):
            return read
        far = {index for index, is_far in zip(at, outside, strict=True) if is_far}
        text = f"over {self._options.outside_m:.0f} m outside every district's area: check latitude and longitude"
        rejected += [refused(*read[index], "bad_place", text, "lat") for index in sorted(far)]
        return [pair for index, pair in enumerate(read) if index not in far]

    def _now(self) -> int:
        return int(self._clock() * 1000)
