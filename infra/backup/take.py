"""Make a backup: every landed table as it is now, less what will be due before the backup must be gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from infra.backup import since
from infra.backup.errors import BackupError
from infra.backup.expiry import standing
from infra.backup.scratch import Scratch
from infra.backup.shelf import Manifest, Shelf
from infra.provision.tables import landed
from infra.retention.rules import rules
from streams.districts import District
from streams.settings import Configured, Settings


def take(
    settings: Settings, joined: Mapping[str, District], tell: Callable[[str, int, int], None] = lambda *_: None
) -> Manifest:
    """Make one; return when it is whole.

    Args:
        settings: those of a running stack.
        joined: the districts that take part, by name.
        tell: called before each table and at the end with its name, how many are done, and of how many.

    Raises:
        BackupError: it could not be made; what there was of it is gone, or goes with the next run of retention.
        ProvisionError: the store does not answer.
    """
    if Configured().clickhouse.host:
        raise BackupError("the store is a server of yours: back it up by its own BACKUP, see docs/operators.md")
    shelf, days, now = Shelf(settings), settings.backup.days, time.time()
    name = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime(now))
    with shelf.alone(), Scratch(settings) as scratch:
        if shelf.path(name).exists():
            raise BackupError(f"there is a backup {name} already: try again in a second")
        # Before the tables are copied: what lands meanwhile is in the copy or after these places, or both.
        cluster, places = since.places(settings)
        scratch.make()
        there = scratch.live_tables()
        tables = [storage.table for _, storage in landed() if storage.table in there]
        soon = [rule for rule in rules(joined, ahead_days=days) if rule.days is not None]
        rows = {}
        for done, table in enumerate(tables):
            tell(table, done, len(tables))
            scratch.clone(table)
            scratch.without(table, [rule.condition for rule in soon if rule.table == table])
            rows[table] = scratch.rows(table)
        tell("writing", len(tables), len(tables))
        scratch.write(shelf.path(name))
        manifest = Manifest(
            name=name,
            taken_at=now,
            days=days,
            size=sum(file.stat().st_size for file in shelf.path(name).rglob("*") if file.is_file()),
            rows=rows,
            rules=standing(joined),
            cluster=cluster,
            places=places,
        )
        shelf.keep(manifest)
    return manifest
