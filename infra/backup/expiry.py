"""Which backups must go: those that are too old, those that a shorter retention has overtaken, those never finished."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from infra.backup.shelf import Manifest, Shelf
from infra.retention.due import Due, Reason
from infra.retention.rules import rules
from streams.districts import District
from streams.settings import Settings


def overdue(settings: Settings, joined: Mapping[str, District], now: float | None = None) -> Iterator[Due]:
    """The backups that must be gone, one each; ``count`` is its rows. ``now`` in seconds since the epoch.

    Raises:
        BackupError: a manifest cannot be read.
    """
    shelf, moment = Shelf(settings), time.time() if now is None else now
    current = standing(joined)
    for manifest in shelf.all():
        if manifest.goes_at(settings.backup.days).timestamp() <= moment:
            yield Due("backup", manifest.name, "", Reason.AGE, manifest.total)
        elif _shortened(manifest, current):
            yield Due("backup", manifest.name, "", Reason.SHORTENED, manifest.total)
    for name in shelf.unfinished():
        yield Due("backup", name, "", Reason.UNFINISHED, 0)


def expire(settings: Settings, joined: Mapping[str, District], now: float | None = None) -> list[Due]:
    """Delete them; return what went.

    Raises:
        BackupError: one could not be deleted, or somebody makes or restores one now; it can be run again.
    """
    shelf = Shelf(settings)
    if not shelf.folder.exists():
        return []
    with shelf.alone():
        due = list(overdue(settings, joined, now))
        for one in due:
            shelf.remove(one.name)
    return due


def standing(joined: Mapping[str, District]) -> dict[str, int]:
    """The days of each rule that holds now, by a name that is the same in each run with the same districts."""
    return {
        f"{rule.table} {rule.owner} {rule.reason.name}": rule.days for rule in rules(joined) if rule.days is not None
    }


def _shortened(manifest: Manifest, current: Mapping[str, int]) -> bool:
    """Whether a rule of today is shorter than it was, or did not stand then: rows of it may be due sooner."""
    return any(name not in manifest.rules or days < manifest.rules[name] for name, days in current.items())
