"""Names the operators of a compiled plan that hold state, so that a later plan of the pattern finds its state again.

Flink names a source and a sink by the number of its node, and numbers the nodes of all plans of a JVM one after
another: one operator more in a query, or one pattern planned before it or twice, and no state is found any more. Here a
source or a sink has its number from the name of its table. A process table function is named by its ``uid`` anyway.
Any other operator that holds state (an aggregate or a join of SQL) is known by its place and by what it does: its state
is found while both stay.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from typing import Any

from jobs.pattern import PatternError
from jobs.shape import Shape

NAMED_FROM = 1 << 20
"""Below this the nodes without state are numbered; from here on those that a name has numbered."""
FUNCTION = "stream-exec-process-table-function"
SOURCE = "stream-exec-table-source-scan"
SINK = "stream-exec-sink"
STATELESS = ("stream-exec-calc", "stream-exec-correlate", "stream-exec-exchange", "stream-exec-union")
"""Operators that hold none. What stands nowhere here may hold some."""
Node = dict[str, Any]


def named(plan: str) -> tuple[str, Shape]:
    """The plan with its nodes numbered by name, and what its state rests on; both from Flink's JSON of it.

    Raises:
        PatternError: two names of one number.
    """
    body = json.loads(plan)
    numbers: dict[int, int] = {}
    seen: Counter[str] = Counter()
    shape: dict[str, set[str]] = {"reads": set(), "writes": set()}
    functions: dict[str, str] = {}
    for place, node in enumerate(body["nodes"], start=1):
        kind = node["type"].rpartition("_")[0]
        if kind in (SOURCE, SINK):
            table = _table(node["scanTableSource" if kind == SOURCE else "dynamicTableSink"])
            seen[kind + table] += 1
            name = table if seen[kind + table] == 1 else f"{table}#{seen[kind + table]}"
            shape["reads" if kind == SOURCE else "writes"].add(name)
            numbers[node["id"]] = _number(f"{kind}:{name}")
            continue
        numbers[node["id"]] = place
        if kind == FUNCTION and node.get("uid"):
            functions[node["uid"]] = _key(node)
        elif kind not in STATELESS:
            functions[f"{node['type']} at {place}"] = node["description"]
    if len(set(numbers.values())) != len(numbers):
        raise PatternError("two tables of the query have names of one number: rename one of them")
    for node in body["nodes"]:
        node["id"] = numbers[node["id"]]
    for edge in body["edges"]:
        edge |= {end: numbers[edge[end]] for end in ("source", "target")}
    return json.dumps(body), Shape(frozenset(shape["reads"]), frozenset(shape["writes"]), functions)


def _number(name: str) -> int:
    """The same for a name for ever; an int of Java."""
    return NAMED_FROM + zlib.crc32(name.encode()) % (2**31 - 1 - NAMED_FROM)


def _table(given: Node) -> str:
    return str(given["table"]["identifier"]).rpartition(".")[2].strip("`")


def _key(node: Node) -> str:
    """What a function's state is kept by: ``match_value VARCHAR(2147483647) NOT NULL, cell BIGINT NOT NULL``."""
    tables = [one for one in node["functionCall"]["operands"] if one["kind"] == "TABLE_ARG_CALL"]
    return ", ".join(_fields(one["type"])[key] for one in tables for key in one["partitionKeys"])


def _fields(row: Any) -> list[str]:
    """The columns of a row, name and type; Flink writes a row as a text where it can."""
    if not isinstance(row, str):
        return [f"{one['name']} {one['fieldType']}" for one in row["fields"]]
    fields = [""]
    depth = 0
    for letter in row[len("ROW<") : row.rindex(">")].replace("`", ""):
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and depth == 0:
            fields.append("")
        else:
            fields[-1] += letter
    return [one.strip() for one in fields]
