"""ClickHouse: the database, a table for each contract that is landed, and the analysts' views."""

from __future__ import annotations

from pathlib import Path

from clickhouse_connect.driver.exceptions import ClickHouseError

import connectors
from infra.provision.difference import APPLY, Drift
from infra.provision.errors import ProvisionError, first_words
from infra.provision.store import connect
from schemas import contracts
from schemas.annotations import StorageNotes
from schemas.contract import Contract
from schemas.render import clickhouse
from streams.settings import Settings

VIEWS = Path(connectors.__file__).parent / "views"
MOVE = "make a new table under another name, copy the rows with INSERT SELECT, then EXCHANGE TABLES"


class Tables:
    """The database of one ClickHouse server."""

    def __init__(self, settings: Settings) -> None:
        self._database = settings.clickhouse.database
        # It need not exist yet.
        self._client = connect(settings, database="default")

    def apply(self) -> list[str]:
        """Make the database, its tables, new columns, and all views. Safe to call again.

        Returns:
            A line for each change; views are made anew each time and not counted.

        Raises:
            ProvisionError: the server refused a statement.
        """
        self._command(f"CREATE DATABASE IF NOT EXISTS `{self._database}`", "the database")
        # From here on it is the current one: the statements of the views name their tables without it.
        self._client.database = self._database
        live = self._tables()
        changes: list[str] = []
        for contract, storage in landed():
            if storage.table in live:
                changes += self._add_columns(contract, storage.table)
            else:
                self._command(clickhouse.table(contract, self._database), f"the table {storage.table}")
                changes.append(f"made table {storage.table}")
        for path in view_files():
            self._command(path.read_text(encoding="utf-8").strip().rstrip(";"), f"the view {path.stem}")
        return changes

    def drift(self) -> list[Drift]:
        """How the live tables and views differ from the contracts and the files."""
        live = self._tables()
        found: list[Drift] = []
        for contract, storage in landed():
            if storage.table in live:
                found += self._column_drift(contract, storage.table)
                found += self._shape_drift(storage, live[storage.table])
            else:
                found.append(Drift("table", storage.table, "is missing", APPLY))
        found += [Drift("view", path.stem, "is missing", APPLY) for path in view_files() if path.stem not in live]
        return found

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _tables(self) -> dict[str, dict[str, str]]:
        """Each table or view, and what the server says of it."""
        try:
            result = self._client.query(
                "SELECT name, engine_full, sorting_key, partition_key FROM system.tables WHERE database = {db:String}",
                parameters={"db": self._database},
            )
        except ClickHouseError as error:
            raise ProvisionError(f"the tables cannot be listed: {first_words(error)}") from error
        return {row["name"]: row for row in result.named_results()}

    def _columns(self, table: str) -> dict[str, str]:
        try:
            result = self._client.query(
                "SELECT name, type FROM system.columns WHERE database = {db:String} AND table = {table:String}",
                parameters={"db": self._database, "table": table},
            )
        except ClickHouseError as error:
            raise ProvisionError(f"the columns of {table} cannot be listed: {first_words(error)}") from error
        return {str(name): str(kind) for name, kind in result.result_rows}

    def _add_columns(self, contract: Contract, table: str) -> list[str]:
        live, before, changes = self._columns(table), "", []
        for column in clickhouse.columns(contract):
            if column.name not in live:
                place = f"AFTER `{before}`" if before else "FIRST"
                statement = f"ALTER TABLE `{self._database}`.`{table}` ADD COLUMN IF NOT EXISTS {column.ddl()} {place}"
                self._command(statement, f"column {column.name} of {table}")
                changes.append(f"added column {column.name} to table {table}")
            before = column.name
        return changes

    def _column_drift(self, contract: Contract, table: str) -> list[Drift]:
        found: list[Drift] = []
        live = self._columns(table)
        for column in clickhouse.columns(contract):
            kind = live.pop(column.name, None)
            if kind is None:
                found.append(Drift("table", table, f"lacks the column {column.name}", APPLY))
            elif kind != column.type:
                words = f"has column {column.name} as {kind}, its contract says {column.type}"
                mend = f"ALTER TABLE {self._database}.{table} MODIFY COLUMN `{column.name}` {column.type}"
                found.append(Drift("table", table, words, mend))
        for name in live:
            mend = f"ALTER TABLE {self._database}.{table} DROP COLUMN `{name}`, once nothing reads it"
            found.append(Drift("table", table, f"has a column {name} that its contract does not know", mend))
        return found

    def _shape_drift(self, storage: StorageNotes, live: dict[str, str]) -> list[Drift]:
        table, engine = storage.table, live["engine_full"]
        shape = {
            "engine": (
                engine[: engine.index(")") + 1],
                f"ReplacingMergeTree({', '.join(clickhouse.engine_columns(storage))})",
            ),
            "sorting key": (_bare(live["sorting_key"]), ", ".join(storage.order_by)),
            "partition key": (_bare(live["partition_key"]), storage.partition_by),
        }
        found = [
            Drift("table", table, f"has {what} {now or 'none'}, its contract says {should}", MOVE)
            for what, (now, should) in shape.items()
            if now != should
        ]
        lifetime = f"toDateTime({clickhouse.LANDED_AT}) + toIntervalDay({storage.retention_days})"
        if f"TTL {lifetime} " not in f"{engine} ":
            mend = f"ALTER TABLE {self._database}.{table} MODIFY TTL {lifetime}"
            found.append(Drift("table", table, f"does not delete rows after {storage.retention_days} days", mend))
        return found

    def _command(self, statement: str, what: str) -> None:
        try:
            self._client.command(statement)
        except ClickHouseError as error:
            raise ProvisionError(f"{what} could not be made: {first_words(error)}") from error


def _bare(key: str) -> str:
    """A key without the brackets that the server keeps around some."""
    return key.removeprefix("(").removesuffix(")") if key.startswith("(") else key


def landed() -> list[tuple[Contract, StorageNotes]]:
    """Contracts that have a table, and what they say of it."""
    return [(contract, contract.storage) for contract in contracts.all() if contract.storage]


def view_files() -> list[Path]:
    """The files of the analysts' views, in the order in which they are run."""
    return sorted(VIEWS.glob("*.sql"))
