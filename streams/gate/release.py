"""Who may see a record: its release bounded by the agreements, remembered for the few releases that recur."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streams.agreements import DAY_MS, Agreement, Audience, Rules
from streams.districts import District

KEPT = 10_000


class _Released(NamedTuple):
    names: tuple[str, ...]
    purposes: tuple[str, ...]
    until_ms: int | None


class Releases:
    """Releases against the districts and agreements that are known now.

    A release to ``all`` or to a group means those known when the record passes; one who joins later sees later
    revisions. Naming somebody unknown is refused rather than ignored, for it is most likely a slip of the pen.
    """

    def __init__(self, districts: Mapping[str, District], agreements: Mapping[str, Agreement] | None = None) -> None:
        self._rules = Rules(districts, agreements or {})
        # Bounded, for a sender could make up new releases for ever.
        self._worked_out: dict[tuple[object, ...], _Released | None] = {}

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
        if found is None:
            return tuple(purposes), expires_at
        if expires_at is None or (found.until_ms is not None and found.until_ms < expires_at):
            return found.purposes, found.until_ms
        return found.purposes, expires_at

    def _find(
        self, owner: str, record_type: str, release_to: Sequence[str], purposes: Sequence[str], now: int
    ) -> _Released | None:
        key = (now // DAY_MS, owner, record_type, *release_to, None, *purposes)
        if key not in self._worked_out:
            if len(self._worked_out) >= KEPT:
                self._worked_out.clear()
            known = not self._rules.unknown(release_to)
            audience = self._rules.audience(owner, record_type, release_to, purposes, now)
            self._worked_out[key] = _released(audience, purposes) if known else None
        return self._worked_out[key]


def _released(audience: Audience, purposes: Sequence[str]) -> _Released:
    held = set(audience.shared_purposes if audience.purposes else purposes)
    return _Released(audience.names, tuple(purpose for purpose in purposes if purpose in held), audience.until_ms)
