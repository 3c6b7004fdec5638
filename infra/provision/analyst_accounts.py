"""The accounts of districts' analysts on a ClickHouse that keeps accounts by SQL: made, and held against the contracts.

The embedded server takes no SQL for accounts: it reads them from a file at its start (``infra.local.clickhouse``). On a
server of yours the platform's account needs ``ACCESS MANAGEMENT`` and the grant option on its database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from clickhouse_connect.driver.exceptions import ClickHouseError

from infra.local import credentials
from infra.local.endpoints import passwords
from infra.provision import analysts
from infra.provision.difference import APPLY, Drift
from infra.provision.errors import ProvisionError, first_words
from infra.provision.store import connect
from streams.settings import Settings

STATEMENT_MEMORY = 1 << 30  # bytes that one statement of an analyst may take


class AnalystAccounts:
    """The accounts ``d_<district>`` of one server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = settings.clickhouse.database
        # The database need not exist yet.
        self._client = connect(settings, database="default")

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def by_sql(self) -> bool:
        """Whether this server keeps accounts that are made by SQL."""
        return any(kind != "users_xml" for (kind,) in self._rows("SELECT type FROM system.user_directories"))

    def apply(self, districts: Iterable[str]) -> list[str]:
        """Make the accounts of these districts so as they must be, and take away those of others.

        Returns:
            A line for each account that was changed; none on a server that takes no SQL for accounts.

        Raises:
            ProvisionError: the server refused; what was made until then stays.
        """
        if not self.by_sql():
            return []
        changed, wanted = [], tuple(districts)
        wrong = {drift.name for drift in self.differences(wanted)}
        for district in wanted:
            name = analysts.account(district)
            password = passwords(self._settings.data, (f"clickhouse_{name}",))[f"clickhouse_{name}"]
            credentials.give_analysts(self._settings, district, name, password)
            if name in wrong:
                for line in analysts.statements(
                    district, password.get_secret_value(), self._database, STATEMENT_MEMORY
                ):
                    self._command(line, name)
                changed.append(f"made account {name} of the analysts of {district}")
        for name in self._names() - {analysts.account(district) for district in wanted}:
            self._command(f"DROP USER IF EXISTS `{name}`", name)
            changed.append(f"dropped account {name}: no such district takes part")
        return changed

    def drift(self, districts: Iterable[str]) -> list[Drift]:
        """How accounts, filters and grants differ; none on a server that takes no SQL for accounts.

        Raises:
            ProvisionError: the server did not answer.
        """
        return list(self.differences(districts)) if self.by_sql() else []

    def differences(self, districts: Iterable[str]) -> Iterator[Drift]:
        """How the accounts that are there differ from those that these districts must have, on any server."""
        known, filters, grants = self._names(), self._filters(), self._grants()
        wanted = {analysts.account(district): district for district in districts}
        granted = {(name, analysts.SELECT) for name in analysts.readable()}
        for name, district in wanted.items():
            if name not in known:
                yield Drift("account", name, "is missing", APPLY)
                continue
            should = {table: self._formatted(condition) for table, condition in analysts.filters(district).items()}
            has = filters.get(name, {})
            for table in sorted(should.keys() | has.keys()):
                if should.get(table) != has.get(table):
                    words = f"sees of {table} {has.get(table, 'all rows')}, not {should.get(table, 'what it may')}"
                    yield Drift("account", name, words, APPLY)
            for table, right in sorted(grants.get(name, set()) ^ granted):
                word = "lacks" if (table, right) in granted else "has"
                yield Drift("account", name, f"{word} the right {right} on {table}", APPLY)
        for name in sorted(known - wanted.keys()):
            yield Drift("account", name, "is of no district that takes part", APPLY)

    def _names(self) -> set[str]:
        rows = self._rows("SELECT name FROM system.users WHERE startsWith(name, {prefix:String})")
        return {str(name) for (name,) in rows}

    def _filters(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        rows = self._rows(
            "SELECT arrayJoin(apply_to_list), table, select_filter FROM system.row_policies "
            "WHERE database = {db:String}"
        )
        for name, table, condition in rows:
            found.setdefault(str(name), {})[str(table)] = self._formatted(str(condition))
        return found

    def _grants(self) -> dict[str, set[tuple[str, str]]]:
        found: dict[str, set[tuple[str, str]]] = {}
        rows = self._rows(
            "SELECT user_name, if(database = {db:String}, ifNull(table, '*'), concat(ifNull(database, '*'), '.', "
            "ifNull(table, '*'))), access_type FROM system.grants WHERE startsWith(user_name, {prefix:String})"
        )
        for name, table, right in rows:
            found.setdefault(str(name), set()).add((str(table), str(right)))
        return found

    def _formatted(self, condition: str) -> str:
        """The condition as the server writes conditions, so that two which mean the same are the same text."""
        rows = self._rows("SELECT formatQuerySingleLine(concat('SELECT ', {text:String}))", text=condition)
        return str(rows[0][0]).removeprefix("SELECT ")

    def _rows(self, statement: str, **parameters: str) -> list[tuple[Any, ...]]:
        given = {"db": self._database, "prefix": analysts.PREFIX, **parameters}
        try:
            return [tuple(row) for row in self._client.query(statement, parameters=given).result_rows]
        except ClickHouseError as error:
            raise ProvisionError(f"the accounts of analysts cannot be listed: {first_words(error)}") from error

    def _command(self, statement: str, name: str) -> None:
        try:
            self._client.command(statement)
        except ClickHouseError as error:
            # Its own words could quote the statement, which holds a password's hash.
            code = getattr(error, "name", None) or type(error).__name__
            mend = "GRANT ACCESS MANAGEMENT ON *.* and the grant option to the platform's account"
            raise ProvisionError(f"the account {name} could not be made ({code}): {mend}") from error
