"""Whether a statement may be run, by what the engine itself makes of it.

Two looks. The first is at the tree before anything is resolved, which runs nothing: all functions, all tables, whatever
their clothing (``* APPLY(f)``, lambdas, subqueries, set operations, views written on the spot). The second is at the
tree after names are resolved, when the engine has already worked out constants and scalar subqueries, which the first
look has found harmless by then: the functions and tables that the names really mean.

It holds with the account's grants and row filters, which the engine keeps; it closes what those leave open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.guard import functions, tree
from infra.guard.refusal import Refused
from infra.guard.statement import Statement
from infra.guard.tree import Node, Tree
from infra.provision import analysts
from infra.provision.tables import landed
from schemas.render import clickhouse

FIRST, SECOND = "EXPLAIN QUERY TREE run_passes = 0 ", "EXPLAIN QUERY TREE run_passes = 1, passes = 1 "
ONE = "system.one"  # what a SELECT without FROM reads
# Where WITH RECURSIVE keeps its rows; a session could keep other tables there, and there are none here.
RECURSION = re.compile(r"_temporary_and_external_tables\._tmp_[0-9a-f-]+")
UNFOLDED = re.compile(r"__array_join_exp_\d+")  # an expression of ARRAY JOIN that has no name of its own
DATABASES_OF_THE_ENGINE = frozenset({"system", "information_schema", "default", "_temporary_and_external_tables"})
SOURCES = "SHOW TABLES lists what is open to you, DESCRIBE TABLE … its columns"


@dataclass(frozen=True)
class Open:
    """What may be named: the tables and views that are granted, and the columns they have."""

    database: str
    tables: frozenset[str] = field(default_factory=analysts.readable)

    def table(self, name: str) -> bool:
        """Whether this is an open table, with its database or without."""
        return name in self.tables or name.removeprefix(f"{self.database}.") in self.tables


def columns() -> frozenset[str]:
    """The columns of the landed tables."""
    return frozenset(column.name for contract, _ in landed() for column in clickhouse.columns(contract))


COLUMNS = columns()


def first(text: str, opened: Open) -> None:
    """Judge the unresolved tree.

    Raises:
        Refused: with why, and what to do.
    """
    found = _read(text, resolved=False)
    given = {node.alias for node in found.nodes} | {node.cte for node in found.nodes}
    ctes = {node.cte for node in found.nodes if node.cte and "." not in node.cte}
    _settings(found.settings)
    for node in found.nodes:
        if node.kind == "FUNCTION":
            _function(node.name, functions.allowed(node.name))
        elif node.kind == "TABLE_FUNCTION":
            _function(node.name, node.name in functions.TABLE_FUNCTIONS)
        elif node.kind == "IDENTIFIER":
            _identifier(node, opened, ctes, given)
        elif node.kind in {"TABLE", "COLUMN"}:
            raise Refused(f"this statement is not understood: rewrite it ({node.kind.lower()} before it is resolved)")


def second(text: str, opened: Open) -> None:
    """Judge the resolved tree.

    Raises:
        Refused: with why, and what to do.
    """
    for node in _read(text, resolved=True).nodes:
        if node.kind == "FUNCTION":
            _function(node.name, functions.allowed(node.name) or node.name in functions.ANALYSIS)
        elif node.kind == "TABLE_FUNCTION":
            _function(node.name, node.name in functions.TABLE_FUNCTIONS)
        elif node.kind == "TABLE" and not (node.name == ONE or RECURSION.fullmatch(node.name)):
            if not opened.table(node.name):
                _closed(node.name)
        elif node.kind == "COLUMN" and not UNFOLDED.fullmatch(node.name):
            _own_column(node.name)


def described(what: Statement, opened: Open) -> None:
    """Judge a DESCRIBE.

    Raises:
        Refused: of something that is not open.
    """
    if what.database not in {"", opened.database} or what.table not in opened.tables:
        _closed(what.table)


def _read(text: str, resolved: bool) -> Tree:
    try:
        return tree.read(text, resolved)
    except tree.Unreadable as error:
        raise Refused(f"this statement cannot be judged: write it more plainly (at {str(error)[:80]!r})") from error


def _settings(names: Iterable[str]) -> None:
    for name in names:
        if name not in analysts.CHANGEABLE:
            raise Refused(f"the setting {name} is not one that analysts may change: leave it out")


def _function(name: str, allowed: bool) -> None:
    if not allowed:
        raise Refused(
            f"the function {name} is not open to analysts: only such are as work on values alone, not what reads "
            "files, servers, settings or other tables, or waits (docs/analysts.md)"
        )


def _identifier(node: Node, opened: Open, ctes: set[str], given: set[str]) -> None:
    parts = node.name.split(".")
    if node.read:
        if node.name != ONE and not opened.table(node.name) and node.name not in ctes:
            _closed(node.name)
        return
    if parts[0].lower() in DATABASES_OF_THE_ENGINE:
        _closed(node.name)
    for part in parts:
        _own_column(part)
    known = parts[0] in opened.tables | ctes | given | COLUMNS
    if len(parts) > 1 and not known and not (parts[0] == opened.database and parts[1] in opened.tables):
        _closed(node.name)


def _own_column(name: str) -> None:
    """Refuse a column that the engine adds to every table: names of parts, numbers of rows and blocks."""
    if name.startswith("_"):
        raise Refused(f"the name {name} begins with _: such are the engine's own columns, which tell of hidden rows")


def _closed(name: str) -> None:
    raise Refused(f"{name} is not open to analysts of a district: {SOURCES}")
