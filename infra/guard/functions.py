"""Which functions an analyst may call: those of ``functions.toml``, and aggregates with the usual suffixes."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

LIST = Path(__file__).with_name("functions.toml")
AGGREGATES = ("aggregate_functions",)
SUFFIXES = (
    *("SimpleState", "OrDefault", "Distinct", "Resample", "ForEach", "ArgMax", "ArgMin", "OrNull", "Tuple"),
    *("Merge", "State", "Array", "Null", "Map", "If"),
)
# What the engine makes of a parameter such as {name:String}, of CASE x WHEN, EXISTS and GROUPING.
SYNTAX = frozenset({"_CAST", "caseWithExpression", "exists", "grouping"})
# What the analysis itself puts in the place of a subquery's value or of GROUPING; nobody may write them.
ANALYSIS = frozenset({
    *("__getScalar", "__scalarSubqueryResult", "groupingOrdinary", "groupingForRollup", "groupingForCube"),
    "groupingForGroupingSets",
})  # fmt: skip
# Not `values`: its first argument is a text, and may define a column by an expression that no tree shows unresolved.
# (VALUES …) AS t(a, b) is the other, which takes values only.
TABLE_FUNCTIONS = frozenset({"numbers", "zeros", "SQLStandardValues", "generateSeries", "generate_series"})


@lru_cache
def _allowed() -> tuple[frozenset[str], frozenset[str]]:
    groups: dict[str, list[str]] = tomllib.loads(LIST.read_text(encoding="utf-8"))
    every = frozenset(name.lower() for names in groups.values() for name in names)
    return every, frozenset(name.lower() for group in AGGREGATES for name in groups[group])


def allowed(name: str) -> bool:
    """Whether an analyst may call it. Some names are the same in any case; no two functions differ by case alone."""
    every, aggregates = _allowed()
    if name in SYNTAX or name.lower() in every:
        return True
    while suffix := next((one for one in SUFFIXES if name.endswith(one)), ""):
        name = name.removesuffix(suffix)
        if name.lower() in aggregates:
            return True
    return False
