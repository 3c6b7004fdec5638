"""What is due in ClickHouse: counted, deleted, or taken from all but its owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from clickhouse_connect.driver.exceptions import ClickHouseError

from infra.local.endpoints import RETENTION
from infra.provision.errors import ProvisionError, first_words
from infra.provision.store import connect
from infra.retention.due import Due, Gone, Reason
from infra.retention.rules import OVER, Rule
from streams.settings import Settings

# What was made of two records is seen by those who may see both: of a record whose release is over, its owner alone.
LINKS = (
    "ALTER TABLE links UPDATE visible_to = arrayFilter(who -> who = {side}_district, visible_to) "
    "WHERE {side}_record_id IN ({over})"
)
UNSEEN = "DELETE FROM links WHERE empty(visible_to)"


class Tables:
    """The landed tables of one server."""

    def __init__(self, settings: Settings) -> None:
        self._client = connect(settings, RETENTION)

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def count(self, rules: Iterable[Rule]) -> Iterator[Due]:
        """Rows that are due, by rule and district; a row that is due by two is counted by both.

        Raises:
            ProvisionError: the server refused or did not answer.
        """
        for rule in rules:
            over = rule.reason is Reason.RELEASE
            final = "FINAL" if over else ""
            statement = (
                f"SELECT {rule.owner} AS owner, count() FROM `{rule.table}` {final} "  # noqa: S608 - our own names
                f"WHERE {rule.condition} GROUP BY owner ORDER BY owner"
            )
            for owner, rows in self._ask(statement, f"rows of {rule.table}"):
                yield Due("table", rule.table, str(owner), rule.reason, int(rows), withdrawn=over)

    def delete(self, rules: Iterable[Rule]) -> list[Gone]:
        """Delete what is due, and take what is withdrawn from all but its owner; return when that is done.

        Returns:
            What went, for each rule by which something was due.

        Raises:
            ProvisionError: the server refused or did not answer; it can be run again.
        """
        done = []
        for rule in rules:
            count = sum(due.count for due in self.count([rule]))
            if not count:
                continue
            over = rule.reason is Reason.RELEASE
            if over:
                self._withdraw(rule.table)
            else:
                statement = f"DELETE FROM `{rule.table}` WHERE {rule.condition}"  # noqa: S608 - our own names
                self._command(statement, f"rows of {rule.table}")
            done.append(Gone(rule.table, rule.reason, count, withdrawn=over))
        return done

    def _withdraw(self, table: str) -> None:
        """Every revision of a record whose latest release is over: else the one before it would come to light."""
        over = f"SELECT record_id FROM `{table}` FINAL WHERE {OVER}"  # noqa: S608 - our own names
        if table == "incidents":
            # Before the records: once they are narrowed, it is no longer seen that their release is over.
            for side in ("a", "b"):
                self._command(LINKS.format(side=side, over=over), "links")
            self._command(UNSEEN, "links that nobody may see")
        statement = f"ALTER TABLE `{table}` UPDATE visible_to = [district] WHERE record_id IN ({over})"
        self._command(statement, f"rows of {table}")

    def _ask(self, statement: str, what: str) -> list[tuple[Any, ...]]:
        try:
            return [tuple(row) for row in self._client.query(statement).result_rows]
        except ClickHouseError as error:
            raise ProvisionError(f"{what} cannot be counted: {first_words(error)}") from error

    def _command(self, statement: str, what: str) -> None:
        try:
            self._client.command(statement, settings={"mutations_sync": 1, "lightweight_deletes_sync": 1})
        except ClickHouseError as error:
            raise ProvisionError(f"{what} could not be changed: {first_words(error)}") from error
