"""Put a backup back: looked over in a database of its own first, so that nothing is shown that must not be.

What was taken back, corrected or narrowed since is landed again from the topics, and what is due by now is deleted,
before any row reaches the live tables. Rows are added, none is taken away: of a record that stands twice the later
revision stays. So the loader goes on meanwhile, and a restore of tables that lack nothing changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.backup import since
from infra.backup.errors import BackupError
from infra.backup.scratch import Scratch
from infra.backup.shelf import Shelf
from infra.provision import tables
from infra.retention.rules import rules
from infra.retention.tables import Tables
from streams.districts import District
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    rows: dict[str, int]
    """How many records more each live table has than before, where it has more."""
    landed: int
    """Rows landed again from the topics."""
    gone: int
    """Rows of the backup that were due by now, and were not put back or only to their owners."""


def restore(
    settings: Settings,
    joined: Mapping[str, District],
    name: str,
    *,
    accept_gaps: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Restored:
    """Put the backup of that name back; return when it is done.

    Args:
        settings: those of a running stack.
        joined: the districts that take part, by name.
        name: which backup.
        accept_gaps: whether to go on where the topics do not hold all that was shared since.
        tell: called with what is done next, in words.

    Raises:
        BackupError: there is no such backup, or it cannot be put back; the live tables hold no more than whole rows.
        ProvisionError: the store does not answer.
    """
    shelf = Shelf(settings)
    with shelf.alone():
        manifest = shelf.of(name)
        tell("asking the topics what was shared since")
        if (lost := since.gaps(settings, manifest)) and not accept_gaps:
            lines = "".join(f"\n  {line}" for line in lost)
            raise BackupError(
                f"what was taken back since {name} is not known in full:{lines}\n"
                "Records that their owners took back since then would be shown again. Ask the districts first; then "
                "`--accept-gaps` goes on, and each owner has to take those back once more."
            )
        with Scratch(settings) as scratch:
            tell("reading the backup")
            scratch.read(shelf.path(name))
            aside = _into(settings, scratch.name)
            tell("adding columns that are new since")
            made = tables.Tables(aside)
            try:
                made.apply()
            finally:
                made.close()
            tell("landing what was shared since")
            landed = since.land(aside, manifest)
            tell("deleting what is due by now")
            with Tables(aside) as kept:
                gone = sum(one.count for one in kept.delete(rules(joined)))
            there = sorted(scratch.live_tables() & scratch.tables())
            rows = {}
            for table in there:
                before = scratch.rows(table, live=True)
                tell(f"putting back {table}")
                scratch.attach(table)
                if more := scratch.rows(table, live=True) - before:
                    rows[table] = more
    return Restored(rows, landed, gone)


def _into(settings: Settings, database: str) -> Settings:
    """The same stack, with that database; by the platform's account, for no other may use it."""
    aside = settings.model_copy(deep=True)
    aside.clickhouse.database, aside.clickhouse.accounts = database, {}
    return aside
