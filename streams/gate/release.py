"""Who may see a record: its release worked out to names of districts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

ALL = "all"
KEPT = 10_000


class Releases:
    """Releases against the districts that are known now.

    A release to ``all`` means those known when the record passes; one who joins later sees later revisions.
    Groups (``group:<name>``) come with the sharing agreement; until then no group is known, so naming one is refused
    rather than ignored.
    """

    def __init__(self, districts: Collection[str]) -> None:
        self._known = frozenset(districts)
        # Few releases recur in many records. Bounded, for a sender could make up new ones for ever.
        self._worked_out: dict[tuple[str, ...], tuple[str, ...] | None] = {}

    def visible_to(
        self, owner: str, release_to: Sequence[str], expires_at: int | None, now: int
    ) -> tuple[str, ...] | None:
        """Sorted names, the owner's always among them; none when the release names somebody unknown.

        Times are milliseconds since the epoch. An expired release leaves the owner alone.
        """
        key = (owner, *release_to)
        if key not in self._worked_out:
            if len(self._worked_out) >= KEPT:
                self._worked_out.clear()
            self._worked_out[key] = self._work_out(owner, release_to)
        found = self._worked_out[key]
        expired = expires_at is not None and expires_at <= now
        return (owner,) if found is not None and expired else found

    def _work_out(self, owner: str, release_to: Sequence[str]) -> tuple[str, ...] | None:
        named = set(release_to) - {ALL}
        if not named <= self._known:
            return None
        return tuple(sorted({owner} | named | (self._known if ALL in release_to else frozenset())))
