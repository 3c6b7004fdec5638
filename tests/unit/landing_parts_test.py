"""Routes, dead letters, whose fault an error is, views, tables of answers, spans: what needs no server."""

from datetime import UTC, datetime

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from pydantic import SecretStr

from connectors.loader.batch import Raw
from connectors.loader.dead import rejection
from connectors.loader.routes import from_contracts
from connectors.loader.store import at_fault, first_line, registry_address
from connectors.quality.report import records
from connectors.quality.window import Span, spans
from connectors.query.ask import Answer, QueryError, explain, single
from connectors.query.examples import FOLDER, examples
from connectors.query.table import caption, cell, numeric, table
from schemas import contracts
from schemas.check import Checker
from streams.settings import Registry


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("shared.incident.v1", "incidents"),
        ("link.v1", "links"),
        ("late.v1", "late_records"),
        ("alert.v1", "alerts"),
        ("rejected.north-east.v1", "rejections"),
        ("dead.alerts.v1", "rejections"),
        ("quality.v1", "quality_runs"),
    ],
)
def test_topics_land_in_the_table_of_their_contract(topic: str, name: str) -> None:
    assert from_contracts().of(topic).table == name


@pytest.mark.parametrize("topic", ["north.incident.v1", "backfill.v1", "rejected.x.v1.old", "link.v12", "linkxv1"])
def test_other_topics_do_not_land(topic: str) -> None:
    with pytest.raises(KeyError):
        from_contracts().of(topic)


def test_a_dead_letter_says_where_and_why_and_leaves_the_bytes_in_their_topic() -> None:
    row = rejection(Raw("link.v1", 2, 41, b"\x00\x00\x00\x00\x07" + b"x" * 100_000), "INCORRECT_DATA (117)")
    assert (row["rejection_id"], row["schema_id"], row["reason"]) == ("link.v1:2:41", 7, "undecodable")
    assert "raw" not in row
    assert row["raw_size"] == 100_005
    stamp = int(row["rejected_at"].timestamp() * 1_000)
    assert Checker(contracts.get("rejection"), "result").check(row | {"rejected_at": stamp, "raw": b""}) == []
    assert rejection(Raw("link.v1", 2, 41, b"hello"), "x")["reason"] == "bad_frame"


def server_error(code: int | None, text: str = "") -> DatabaseError:
    error = DatabaseError(text)
    error.code = code
    return error


@pytest.mark.parametrize("code", [60, 81, 210, 243, 252, 497, 516, None])
def test_the_store_is_waited_for_when_the_fault_is_its_own(code: int | None) -> None:
    assert at_fault(server_error(code)) == "store"


@pytest.mark.parametrize("code", [117, 1001, 33, 44, 241])
def test_the_data_is_at_fault_otherwise(code: int) -> None:
    assert at_fault(server_error(code)) == "data"


def test_a_schema_that_the_registry_does_not_know_is_the_datas_fault_and_a_sick_registry_is_not() -> None:
    assert at_fault(server_error(86, "HTTP status code: 404 'Not Found', body: {\"error_code\":40403}")) == "data"
    assert at_fault(server_error(86, "HTTP status code: 503 'Service Unavailable'")) == "store"


def test_a_reason_carries_no_address() -> None:
    text = (
        "Received ClickHouse exception, code: 60, server response: Code: 60. DB::Exception: Table crossbeat.x does not "
        "exist. (UNKNOWN_TABLE) (version 26.7.2.1) (for url http://127.0.0.1:18123)"
    )
    assert first_line(DatabaseError(text)) == "Code: 60. Table crossbeat.x does not exist. (UNKNOWN_TABLE)"


def test_the_registrys_password_goes_into_the_address_escaped() -> None:
    registry = Registry(url="https://r:1/apis/ccompat/v7", username="u", password=SecretStr("p@/:"))
    assert registry_address(registry) == "https://u:p%40%2F%3A@r:1/apis/ccompat/v7"


def test_every_view_has_an_example_and_reads_with_its_readers_rights() -> None:
    found = examples()
    assert {example.view for example in found} == {path.stem for path in FOLDER.glob("*.sql")}
    for path in FOLDER.glob("*.sql"):
        assert f"CREATE OR REPLACE VIEW {path.stem} SQL SECURITY INVOKER AS" in path.read_text(), path.name


def test_a_table_of_an_answer_is_written_for_people() -> None:
    assert cell(None) == "·"
    assert cell(0.5) == "0.5"
    assert cell(["a"] * 6) == "a, a, a, a +2"
    assert cell("2024-01-01 00:00:00.000", "DateTime64(3, 'UTC')") == "2024-01-01 00:00:00Z"
    assert cell("2024-01-01 00:00:00", "DateTime('America/Toronto')") == "2024-01-01 00:00:00"
    assert "\x1b" not in cell("\x1b[2J")
    assert len(cell("x" * 500)) == 80
    assert numeric("UInt64")
    assert not numeric("Array(UInt64)")
    shown = table(Answer(["n", "s"], ["Nullable(UInt8)", "String"], [[1, "a"]], False))
    assert [column.justify for column in shown.columns] == ["right", "left"]
    assert caption(Answer(["n"], ["UInt8"], [[1]] * 100, True)).startswith("the first 100 rows; there are more")


def test_a_refusal_is_one_line_of_reason_and_one_of_advice() -> None:
    error = server_error(
        62, "Code: 62. DB::Exception: Syntax error: failed at position 7 (1): 1. Expected one of: a, b."
    )
    reason, advice = str(explain(error)).split("\n")
    assert reason == "Syntax error: failed at position 7 (1): 1."
    assert "--examples" in advice
    assert "crossbeat status" in str(explain(OperationalError("refused")))
    with pytest.raises(QueryError, match="empty"):
        single(" ; ")


def test_spans_end_at_landing_times_and_cover_each_once() -> None:
    assert spans([(10, 3), (20, 3), (30, 1), (40, 9)], start=5, rows=5) == [Span(5, 20, 6), Span(20, 40, 10)]
    assert spans([], start=5, rows=5) == []


def test_records_of_a_run_hold_to_their_contract() -> None:
    now = int(datetime.now(UTC).timestamp() * 1_000)
    found = list(records("incident", Span(1, 2, 3), 3, [], frozenset(), now))
    assert [(r["expectation"], r["passed"]) for r in found] == [("batch", True)]
    assert Checker(contracts.get("quality_run"), "result").check(found[0]) == []
