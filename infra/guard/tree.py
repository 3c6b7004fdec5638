"""What ``EXPLAIN QUERY TREE`` prints, read strictly: a line of no known shape is an error, never passed over.

A name may hold what it likes, a line break too. So a node that carries a name must be whole on its line and hold that
attribute once; then a name can break a line, which is refused, or invent one, which is judged, but cannot hide one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PLAIN = frozenset(
    {
        *("QUERY", "UNION", "LIST", "CONSTANT", "MATCHER", "LAMBDA", "JOIN", "CROSS JOIN", "CROSS_JOIN", "ARRAY_JOIN"),
        *("SORT", "INTERPOLATE", "WINDOW", "APPLY COLUMN TRANSFORMER", "EXCEPT COLUMN TRANSFORMER"),
        *("REPLACE COLUMN TRANSFORMER",),
    }
)
# The attribute that matters of each node which carries a name, and what follows it.
NAMED = {
    "FUNCTION": ("function_name", r"(\w+), function_type: \w+(?:, .*)?"),
    "IDENTIFIER": ("identifier", r"([^,]+)(?:, (?:final|sample_size|sample_offset): .*)?"),
    "TABLE": ("table_name", r"([^,]+)(?:, .*)?"),
    "TABLE_FUNCTION": ("table_function_name", r"(\w+)(?:, .*)?"),
    "COLUMN": ("column_name", r"([^,]+), result_type: .*"),
}
NODE = re.compile(r"([A-Z][A-Z_ ]*?) id: \d+(?:, (.*))?")
HEADING = re.compile(r"[A-Z][A-Z _]*")
SETTINGS = re.compile(r"SETTINGS(?: \w+=[\w/.:+-]*)+")
ODD_HEADINGS = re.compile(r"REPLACEMENTS \d+|REPLACEMENT NAME .* EXPRESSION|EXPRESSION .*")
ALIAS, CTE = re.compile(r"alias: ([^,]*)"), re.compile(r"cte_name: ([^,]*)")
# Names and types of the answer's columns, whatever the statement calls them. Only a resolved tree has them: before that
# every line is judged, and a name that breaks its line cannot make others be passed over.
FREE = "PROJECTION COLUMNS"


class Unreadable(ValueError):
    """A tree with a line that is not understood; the message holds the line."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its kind, its name if it carries one, the other names that it gives, the line that it stands under."""

    kind: str
    name: str
    alias: str
    cte: str
    under: str

    @property
    def read(self) -> bool:
        """Whether it stands where a table is read."""
        return self.under == "JOIN TREE" or self.under.endswith("TABLE EXPRESSION")


@dataclass(frozen=True, slots=True)
class Tree:
    """A statement as the engine understands it."""

    nodes: tuple[Node, ...]
    settings: frozenset[str]


def read(text: str, resolved: bool) -> Tree:
    """Read the output of ``EXPLAIN QUERY TREE`` in a raw format, before names are resolved or after.

    Raises:
        Unreadable: it is not what is expected, so nothing may be concluded from it.
    """
    nodes: list[Node] = []
    settings: set[str] = set()
    for line, under in _lines(text, resolved):
        if found := NODE.fullmatch(line):
            nodes.append(_node(found[1], found[2] or "", under, line))
        elif SETTINGS.fullmatch(line):
            settings |= {pair.partition("=")[0] for pair in line.split()[1:]}
        elif not HEADING.fullmatch(line) and not ODD_HEADINGS.fullmatch(line):
            raise Unreadable(line)
    if not nodes or nodes[0].kind not in {"QUERY", "UNION"}:
        raise Unreadable("it does not begin with a query")
    return Tree(tuple(nodes), frozenset(settings))


def _lines(text: str, resolved: bool) -> Iterator[tuple[str, str]]:
    """Each line that counts, and the line that it stands under."""
    above: list[tuple[int, str]] = []
    for raw in text.split("\n"):
        line = raw.strip(" ")
        depth = len(raw) - len(raw.lstrip(" "))
        if not line:
            continue
        while above and above[-1][0] >= depth:
            above.pop()
        under = above[-1][1] if above else ""
        above.append((depth, line))
        if line == FREE and not resolved:
            raise Unreadable(line)
        if under != FREE:
            yield line, under


def _node(kind: str, attributes: str, under: str, line: str) -> Node:
    name = ""
    if kind in NAMED:
        key, shape = NAMED[kind]
        found = re.fullmatch(rf"(?:.*, )?{key}: {shape}", attributes)
        if found is None or f", {attributes}".count(f", {key}: ") != 1:
            raise Unreadable(line)
        name = found[1]
    elif kind not in PLAIN:
        raise Unreadable(line)
    alias, cte = ALIAS.search(attributes), CTE.search(attributes)
    return Node(kind, name, alias[1] if alias and kind != "CONSTANT" else "", cte[1] if cte else "", under)
