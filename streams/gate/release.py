"""Who may see a record: its release bounded by the agreements, remembered for the few releases that recur."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.agreements import DAY_MS, Agreement, Audience, Rules
from streams.districts import District

KEPT = 10_000


class Releases:
    """Releases against the districts and agreements that are known now.

    A release to ``all`` or to a group means those known when the record passes; one who joins later sees later
    revisions. Naming somebody unknown is refused rather than ignored, for it is most likely a slip of the pen.
    """

    def __init__(self, districts: Mapping[str, District], agreements: Mapping[str, Agreement] | None = None) -> None:
        self._rules = Rules(districts, agreements or {})
        # Bounded, for a sender could make up new releases for ever.
        self._worked_out: dict[tuple[object, ...], Audience | None] = {}

    def visible_to(
        self,
        owner: str,
        record_type: str,
        release_to: Sequence[str],
        purposes: Sequence[str],
        expires_at: int | None,
        now: int,
    ) -> tuple[str, ...] | None:
        """Sorted names, the owner's always among them; none when the release names somebody unknown.

        Times are milliseconds since the epoch. An expired release leaves the owner alone.
        """
        found = self._find(owner, record_type, release_to, purposes, now)
        expired = expires_at is not None and expires_at <= now
        return None if found is None else (owner,) if expired else found.names

    def terms(
        self,
        owner: str,
        record_type: str,
        release_to: Sequence[str],
        purposes: Sequence[str],
        expires_at: int | None,
        now: int,
    ) -> tuple[tuple[str, ...], int | None]:
        """What all readers may use it for, and when its release ends, as agreements bound what the record says.

        With no reader but the owner, or a release that names somebody unknown, both are as the record says.
        """
        found = self._find(owner, record_type, release_to, purposes, now)
        if found is None or len(found.names) == 1:
            return tuple(purposes), expires_at
        held = set(found.shared_purposes)
        ends = [end for end in (expires_at, found.until_ms) if end is not None]
        return tuple(purpose for purpose in purposes if purpose in held), min(ends, default=None)

    def _find(
        self, owner: str, record_type: str, release_to: Sequence[str], purposes: Sequence[str], now: int
    ) -> Audience | None:
        key = (now // DAY_MS, owner, record_type, *release_to, None, *purposes)
        if key not in self._worked_out:
            if len(self._worked_out) >= KEPT:
                self._worked_out.clear()
            known = not self._rules.unknown(release_to)
            audience = self._rules.audience(owner, record_type, release_to, purposes, now)
            self._worked_out[key] = audience if known else None
        return self._worked_out[key]
