"""The parts of a backfill without a broker: encoding, pace, order, the report, the districts that join."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from edge_maps import GOOD, NOW_MS, PLAIN, apply, mapping, squares
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.backfill import Options, State, join_districts, rehearse
from connectors.backfill.columns import ColumnEncoder
from connectors.backfill.encode import Encoding
from connectors.backfill.pace import Clock, at_rate, at_speed
from connectors.backfill.sort import opened
from connectors.mapping import Mapper
from schemas import contracts
from streams.codec import Decoder, Encoder
from streams.districts import load_all
from streams.registry import MemoryRegistry


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.time = 100.0

    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.time += seconds


SCHEMA = {
    "type": "record",
    "name": "R",
    "fields": [
        {"name": "a", "type": "string"},
        {"name": "b", "type": ["null", "double"]},
        {"name": "c", "type": "long"},
        {"name": "d", "type": {"type": "array", "items": "string"}},
        {"name": "e", "type": ["null", "string"]},
        {"name": "f", "type": "string"},
    ],
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ROWS = st.lists(
    st.tuples(TEXT, st.none() | st.floats(allow_nan=False), st.integers(-(2**63), 2**63 - 1), st.none() | TEXT),
    max_size=100,
)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.sampled_from([(), ("a",), ("c", "e"), ("a", "b", "c", "e")]))
def test_columns_are_encoded_as_records_are(rows: list[tuple[object, ...]], twice: tuple[str, ...]) -> None:
    frame = pl.DataFrame(rows, {"a": pl.String, "b": pl.Float64, "c": pl.Int64, "e": pl.String}, orient="row")
    if len(frame) and twice:  # few values in some columns, so that runs of every kind meet
        frame = frame.with_columns(pl.col(name).first() for name in twice)
    constants = {"d": ["x", "y"], "f": "z"}
    registry = MemoryRegistry()
    encode = Encoder(registry, "s", SCHEMA)
    found = list(ColumnEncoder(encode.schema_id, SCHEMA)(frame, constants))
    assert found == [encode({**constants, **row}) for row in frame.iter_rows(named=True)]


def test_messages_of_a_chunk_decode_as_their_contracts(tmp_path: Path) -> None:
    made = mapping(tmp_path)
    mapped = apply(made, {}, {"number": "2", "lat": "91"}, {"number": "3", "kind": "Rob"})
    registry = MemoryRegistry()
    encoding = Encoding(registry, "file:f.csv", Mapper(made).constants)
    incident, rejection = contracts.get("incident"), contracts.get("rejection")
    topic, key, value = list(encoding.records(mapped))[1]
    record = Decoder(registry, incident.avro("district"))(value)
    assert (topic, key) == ("north.incident.v1", b"north:3")
    assert isinstance(record, dict)
    assert record["offence"] == "robbery"
    assert (record["release_to"], record["tool"], record["time_precision"]) == (["all"], None, "minute")
    ((topic, key, value),) = encoding.rejections(mapped)
    refused = Decoder(registry, rejection.avro("result"))(value)
    assert isinstance(refused, dict)
    assert (topic, key) == ("rejected.north.v1", b"file:f.csv:0:2")
    assert (refused["topic"], refused["offset"], refused["reason"]) == ("file:f.csv", 2, "bad_place")
    assert refused["raw_size"] == len(refused["raw"]) > 0


def test_a_rate_is_held() -> None:
    time = FakeClock()
    chunks = [pl.DataFrame({"x": range(1000)}), pl.DataFrame({"x": range(500)})]
    rows, seen = 0, []
    for piece in at_rate(chunks, 100, time.clock()):
        rows += piece.height
        seen.append((time.time - 100.0, rows))
    assert rows == 1500
    assert seen[-1][0] == pytest.approx(14.8)
    assert all(done <= 100 * elapsed + 20.001 for elapsed, done in seen), "never ahead by more than a slice"


def test_time_runs_as_fast_as_asked() -> None:
    time = FakeClock()
    event = pl.DataFrame({"t": [0, 10_000, None, 5_000, 60_000, 60_100]})
    seen = [
        (round(time.time - 100.0, 3), piece["t"].to_list())
        for piece in at_speed([event[:2], event[2:]], lambda frame: frame["t"], 10, time.clock())
    ]
    assert seen == [(0.0, [0]), (1.0, [10_000]), (1.0, [None, 5_000]), (6.0, [60_000, 60_100])]


def shuffled(folder: Path, rows: int) -> Path:
    numbers = list(range(rows))
    random.Random(7).shuffle(numbers)
    day = [f"{2000 + number // 360}-{number // 30 % 12 + 1:02}-{number % 28 + 1:02} 12:00" for number in numbers]
    frame = pl.DataFrame({**GOOD, "number": "x"}).select(pl.all().repeat_by(rows).explode())
    path = folder / "f.csv"
    frame.with_columns(number=pl.Series([str(n) for n in numbers]), when=pl.Series(day)).write_csv(path)
    return path


def test_sorting_keeps_every_row_and_can_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.backfill.sort.HELD_ROWS", 100)
    made, path = mapping(tmp_path), shuffled(tmp_path, 2000)
    mapper = Mapper(made, NOW_MS)
    with opened(path, made, mapper, True, 0, 64) as rows:
        whole = pl.concat(rows.chunks)
    assert whole["when"].is_sorted()
    assert sorted(whole["__row"].to_list()) == list(range(1, 2001))
    with opened(path, made, mapper, True, 777, 64) as rows:
        assert pl.concat(rows.chunks).equals(whole.slice(777))


def test_a_rehearsal_counts_and_tells_what_is_out_of_order(tmp_path: Path) -> None:
    made, path = mapping(tmp_path), shuffled(tmp_path, 2000)
    with path.open("a") as file:
        file.write("x,2024-03-07 18:00,Arson,43,-79\nx,2024-03-07 18:00,Arson,43,-79\n")
    states: list[State] = []
    report = rehearse(path, made, Options(chunk_rows=500), states.append)
    assert (report.rows, report.published["north"], report.rejected.total()) == (2002, 2000, 2)
    ((cause, count),) = report.rejected.items()
    assert (cause[0], count, report.examples[cause].row, report.examples[cause].value) == ("unmapped", 2, 2001, "Arson")
    assert report.out_of_order > 1000
    assert [state.rows_done for state in states] == [500, 1000, 1500, 2000, 2002]
    in_order = rehearse(path, made, Options(sort=True), states.append)
    assert (in_order.out_of_order, in_order.published) == (0, report.published)
    assert rehearse(path, made, Options(limit=700, chunk_rows=500), states.append).rows == 700


def test_joining_keeps_what_a_mapping_does_not_say(tmp_path: Path) -> None:
    squares(tmp_path / "a.geojson", north=(-80, 43, -79, 44))
    titled = 'areas = "a.geojson"\nproperty = "area"\ntitles = { north = "North Beat" }'
    join_districts(mapping(tmp_path, districts=titled), tmp_path / "districts")
    (again,) = join_districts(mapping(tmp_path, PLAIN), tmp_path / "districts")
    assert (again.title, again.number) == ("North Beat", 0)
    assert again.area is not None
    assert load_all(tmp_path / "districts")["north"].area is not None
