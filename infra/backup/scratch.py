"""A second database, which nobody but the platform reads: where a backup is made ready, and where one is looked over.

Tables are cloned into it and attached from it as ClickHouse can: parts are linked, no row is written twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.exceptions import ClickHouseError

from infra.backup.errors import BackupError
from infra.provision.errors import first_words
from infra.provision.store import connect
from streams.settings import Settings

WAIT = {"mutations_sync": 1, "lightweight_deletes_sync": 1}


class Scratch:
    """The database, empty at the start of the block and gone at its end."""

    def __init__(self, settings: Settings) -> None:
        self.live, self.name = settings.clickhouse.database, settings.clickhouse.scratch
        # A merge of a large table takes minutes, and its answer comes at its end.
        self._client = connect(settings, database="default", send_receive_timeout=86_400)

    def __enter__(self) -> Scratch:
        # What a process that was killed has left.
        self.drop()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.drop()
        finally:
            self._client.close()

    def drop(self) -> None:
        """Delete it with all that is in it."""
        self.command(f"DROP DATABASE IF EXISTS `{self.name}` SYNC", "the scratch database cannot be deleted")

    def make(self) -> None:
        """Make it, empty."""
        self.command(f"CREATE DATABASE `{self.name}`", "the scratch database cannot be made")

    def write(self, path: Path) -> None:
        """Have the server write all of it to that folder, as a backup."""
        self.command(f"BACKUP DATABASE `{self.name}` TO File({_quoted(path)})", "the backup cannot be written")

    def read(self, path: Path) -> None:
        """Have the server make it from a backup; it must not be there."""
        self.command(f"RESTORE DATABASE `{self.name}` FROM File({_quoted(path)})", "the backup cannot be read")

    def clone(self, table: str) -> None:
        """Take a live table in, as it is at this moment."""
        statement = f"CREATE TABLE `{self.name}`.`{table}` CLONE AS `{self.live}`.`{table}`"
        self.command(statement, f"the table {table} cannot be copied")

    def without(self, table: str, conditions: Iterable[str]) -> None:
        """Delete rows of its table for good, and those that were deleted in the live one and not yet removed.

        Asked first, for the server takes a second to begin with either, also where there is nothing to do.
        """
        where = " OR ".join(f"({condition})" for condition in conditions)
        found = f"SELECT count() FROM `{self.name}`.`{table}` WHERE {where}"  # noqa: S608 - our own names
        if self._ask(found)[0][0]:
            statement = f"ALTER TABLE `{self.name}`.`{table}` DELETE WHERE {where}"
            self.command(statement, f"rows of {table} cannot be deleted")
        masked = (
            f"SELECT count() FROM system.parts WHERE database = '{self.name}' AND table = '{table}' "  # noqa: S608
            "AND active AND has_lightweight_delete"
        )
        if self._ask(masked)[0][0]:
            statement = f"ALTER TABLE `{self.name}`.`{table}` APPLY DELETED MASK"
            self.command(statement, f"deleted rows of {table} cannot be removed")

    def attach(self, table: str) -> None:
        """Give what is in its table to the live one; of a row that stands twice the later revision stays."""
        statement = f"ALTER TABLE `{self.live}`.`{table}` ATTACH PARTITION ALL FROM `{self.name}`.`{table}`"
        self.command(statement, f"the rows of {table} cannot be put back")
        self.command(f"OPTIMIZE TABLE `{self.live}`.`{table}` FINAL", f"rows of {table} stand twice until it is merged")

    def tables(self) -> set[str]:
        """The tables that are in it now, without views."""
        return self._tables(self.name)

    def live_tables(self) -> set[str]:
        """The live tables, without views."""
        return self._tables(self.live)

    def rows(self, table: str, *, live: bool = False) -> int:
        """Rows of a table, each record once."""
        statement = f"SELECT count() FROM `{self.live if live else self.name}`.`{table}` FINAL"  # noqa: S608 - ours
        return int(self._ask(statement)[0][0])

    def command(self, statement: str, what: str) -> None:
        """Run a statement to its end.

        Raises:
            BackupError: the server refused it or did not answer.
        """
        try:
            self._client.command(statement, settings=WAIT)
        except ClickHouseError as error:
            raise BackupError(f"{what}: {first_words(error)}") from error

    def _tables(self, database: str) -> set[str]:
        statement = f"SELECT name FROM system.tables WHERE database = '{database}' AND engine LIKE '%MergeTree'"  # noqa: S608 - ours
        return {str(row[0]) for row in self._ask(statement)}

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        try:
            return [tuple(row) for row in self._client.query(statement).result_rows]
        except ClickHouseError as error:
            raise BackupError(f"the store does not say what it holds: {first_words(error)}") from error


def _quoted(path: Path) -> str:
    """A path as it stands in a statement."""
    text = str(path).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
