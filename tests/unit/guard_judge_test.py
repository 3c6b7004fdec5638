"""The judgement of recorded query trees, and the reading of statements, with no server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.guard import functions, judge, statement, tree
from infra.guard.refusal import Refused, from_server
from infra.guard.statement import Kind

OPEN = judge.Open("crossbeat")
TREES: list[dict[str, str]] = json.loads(Path(__file__).with_name("guard_trees.json").read_text())
WORDS = {
    "APPLY(file)": "function file ",
    "x -> file(x)": "function f",
    "`system.tables`": "system.tables is not open",
    "EXPLAIN ESTIMATE": "function viewExplain ",
    "IN system.tables": "system.tables is not open",
    "function_name: lower": "cannot be judged",
    "PROJECTION COLUMNS": "cannot be judged",
    "incidents._part": "begins with _",
    "system.functions": "system.functions is not open",
    "SELECT _part": "begins with _",
    "if(1, 2, file": "function file ",
}


@pytest.mark.parametrize("recorded", TREES, ids=lambda recorded: recorded["statement"][:50])
def test_recorded_trees_are_judged_as_they_were(recorded: dict[str, str]) -> None:
    look = judge.first if recorded["look"] == "first" else judge.second
    words = next((words for part, words in WORDS.items() if part in recorded["statement"]), None)
    if words is None:
        look(recorded["tree"], OPEN)
        return
    with pytest.raises(Refused, match=words) as refused:
        look(recorded["tree"], OPEN)
    assert "Code: 497. DB::Exception" in refused.value.body


def test_each_recorded_case_is_of_some_use() -> None:
    spoken = [recorded["statement"] for recorded in TREES]
    assert all(any(part in text for text in spoken) for part in WORDS)
    assert sum(1 for text in spoken if not any(part in text for part in WORDS)) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FUNCTION id: 0, function_name: count, function_type: ordinary",
        "QUERY id: 0\n  NEW_KIND id: 1, function_name: file",
        "QUERY id: 0\n  FUNCTION id: 1, function_name: count",
        "QUERY id: 0\n  FUNCTION id: 1, alias: a",
        "QUERY id: 0\n  something else",
        "QUERY id: 0\n  PROJECTION COLUMNS\n    a String",
        "QUERY id: 0\n  IDENTIFIER id: 1, alias: b, identifier: a, identifier: b",
    ],
)
def test_a_tree_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(tree.Unreadable):
        tree.read(text, resolved=False)


def test_table_before_names_are_resolved_is_refused() -> None:
    text = "QUERY id: 0\n  JOIN TREE\n    TABLE id: 1, table_name: crossbeat.incidents"
    with pytest.raises(Refused, match="not understood"):
        judge.first(text, OPEN)
    judge.second(text, OPEN)


def test_settings_of_a_statement_are_judged_by_name() -> None:
    text = "QUERY id: 0\n  PROJECTION\n    LIST id: 1, nodes: 0\n  SETTINGS max_threads=1{}"
    judge.first(text.format(" session_timezone=Asia/Tokyo"), OPEN)
    with pytest.raises(Refused, match="setting final "):
        judge.first(text.format(" final=0"), OPEN)


@pytest.mark.parametrize(
    ("text", "body", "fmt"),
    [
        ("SELECT 1", "SELECT 1", "TabSeparated"),
        (" /* ; */ select 1 ; -- x", "select 1", "TabSeparated"),
        ("SELECT 'FORMAT JSON' format CSV ;", "SELECT 'FORMAT JSON'", "CSV"),
        ("SELECT 1 AS format", "SELECT 1 AS format", "TabSeparated"),
        ("SELECT 'a\\'; FORMAT' FORMAT\nJSON", "SELECT 'a\\'; FORMAT'", "JSON"),
        ("SELECT $x$ ; $x$", "SELECT $x$ ; $x$", "TabSeparated"),
        ("(SELECT 1)", "(SELECT 1)", "TabSeparated"),
    ],
)
def test_a_statement_loses_its_format_and_nothing_else(text: str, body: str, fmt: str) -> None:
    found = statement.read(text)
    assert (found.kind, found.text, found.fmt) == (Kind.SELECT, body, fmt)
    assert body in text


@pytest.mark.parametrize(
    "text", ["", ";", "SELECT 1; SELECT 2", "SELECT `a\nb`", "INSERT INTO a VALUES (1)", ", a=1 SELECT"]
)
def test_what_is_no_single_question_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        statement.read(text)


def test_functions_are_known_in_any_case_and_with_suffixes() -> None:
    assert all(
        map(functions.allowed, ["count", "COUNT", "uniqExactIf", "sumArrayOrNull", "quantilesIf", "plus", "CAST"])
    )
    forbidden = "file FILE fileIf sumFile dictGet joinGet sleep throwIf getSetting chdb __getScalar remote arrayReduce"
    assert not any(map(functions.allowed, [*forbidden.split(), "blockNumber", "_CAST2", ""]))


def test_an_error_of_the_server_loses_what_tells_of_parts_and_counts() -> None:
    words = "Code: 6. DB::Exception: Cannot parse string 'x' as Int32"
    steps = "(while reading from part /d/store/0_1_57_2/): While executing MergeTreeSelect."
    found = from_server(f"{words}: {steps} (CANNOT_PARSE_TEXT) (version 26.7.2.1)", 500)
    assert found.body == f"{words} (CANNOT_PARSE_TEXT)\n"
    memory = from_server("Code: 241. DB::Exception: would use 1.2 GiB (MEMORY_LIMIT_EXCEEDED)", 500)
    assert "GiB" not in memory.body
    at = from_server("Code: 62. DB::Exception: Syntax error: failed at position 43 (x). (SYNTAX_ERROR)", 400, 35)
    assert "position 8 (x)" in at.body
    assert "the server gave no answer" in from_server("<html>bad gateway</html>", 502).body
