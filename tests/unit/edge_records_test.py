"""Mappings of every record type: the examples that ship, and what the kinds of fields make of a row."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from edge_maps import NOW_MS, PLAIN, apply, map_file, mapping
from edge_maps import one as row_of

from connectors.intake.plates import Secrets
from connectors.mapping import Mapper, MappingError, fields, load
from connectors.mapping.draft import Draft
from connectors.mapping.field_spec import FieldFrom
from connectors.mapping.secret import rehearsed
from connectors.mapping.targets import record_types, targets
from schemas import contracts
from schemas.check import Checker

EXAMPLES = Path(__file__).parents[2] / "connectors" / "mapping" / "examples"
CAMERA = (EXAMPLES / "camera_event.toml").read_text()
KEYS = Secrets(identity=b"i" * 32, number=7, plate_key=b"p" * 32)


def example(record: str) -> tuple[Path, Path]:
    (file,) = (path for path in EXAMPLES.glob(f"{record}.*") if path.suffix != ".toml")
    return EXAMPLES / f"{record}.toml", file


@pytest.mark.parametrize("record", sorted(path.stem for path in EXAMPLES.glob("*.toml")))
def test_each_record_type_has_an_example_that_keeps_its_contract(record: str) -> None:
    path, file = example(record)
    made = load(path)
    assert made.spec.record == record
    assert record in record_types()
    records, rejected = map_file(made, file)
    assert rejected == []
    assert records
    check = Checker(contracts.get(record), "district", clock=lambda: NOW_MS).check
    empty = {field.name: None for field in contracts.get(record).fields("district")}
    constants = Mapper(made, NOW_MS).constants
    for each in records:
        each.pop("__row")
        assert check({**empty, **constants, **each}) == []


def test_a_plate_becomes_the_token_of_the_intake_and_goes_nowhere_else() -> None:
    path, file = example("camera_event")
    rows = (
        pl.read_csv(file, infer_schema=False).with_row_index("__row", offset=1).with_columns(pl.lit("x").alias("__raw"))
    )
    bad = rows.with_columns(
        pl.lit("B-KX 4711 and much more of it").alias("plate"), pl.lit("read B-KX 4711").alias("__raw")
    )
    mapped = Mapper(load(path), NOW_MS, lambda district: KEYS)(pl.concat([rows, bad]))
    assert mapped.records["vehicle_token"].to_list() == [KEYS.token("bkx4711"), KEYS.token("MAB123")]
    ids = mapped.records["record_id"].to_list()
    assert re.fullmatch(r"centre:[0-9a-f]{32}", ids[0])
    assert Mapper(load(path), NOW_MS, rehearsed)(rows).records["record_id"].to_list() != ids, "made with the key"
    assert len(mapped.rejected) == 2
    for said in (*(repr(one) for one in mapped.rejected), mapped.records.write_json()):
        assert "4711" not in said
    assert json.loads(mapped.rejected[0].raw)["device"] == "gate-3", "the rest of the row is kept"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('record = "camera_event"', 'record = "camera"', 'that a district publishes; did you mean "camera_event"?'),
        ('plate = "plate" #', 'column = "plate"\ncodes = { a = { b = "c" } } #', "one level for each of several"),
        ('column = "device"', 'column = "plate"', 'column "plate" is a secret of the district by another field'),
        ('column = "read_at"', 'columns = ["read_at", "plate"]', 'time: reads the column with the plates'),
        ('hash_of = ["device"', 'template = "{plate}" #', "use hash_of, which is keyed then"),
        ('scale = 0.01', 'unit = "km"', "fields.confidence.unit: the field is no length"),
        ('scale = 0.01', 'plus_days = 1', "fields.confidence.plus_days: does not go with confidence"),
        ('scale = 0.01', 'when = { camera = ["x"] }', '"camera" is no coded field'),
        ('scale = 0.01', 'when = { kind = ["cuont"] }', 'in the code list camera_event_kind; did you mean "count"?'),
        ("[place]", "[plaice]", 'plaice: unknown key; did you mean "place"?'),
        ('[place]\nlat = "lat"\nlon = "lon"\n', "", "place: is missing: every camera_event tells where it happened"),
        ('column = "read_at"\n', "", "time: is missing: every camera_event tells when it happened"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in CAMERA
    with pytest.raises(MappingError) as caught:
        mapping(tmp_path, CAMERA.replace(old, new, 1))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[grading]\nsource = "reliable"', "grading: a duty has none"),
        ("[fields.revision]\nconstant = [1]", "holds one value, not several"),
    ],
)
def test_sections_of_other_types_are_refused(tmp_path: Path, more: str, said: str) -> None:
    text = (EXAMPLES / "duty.toml").read_text()
    with pytest.raises(MappingError, match=re.escape(said)):
        mapping(tmp_path, f"{text}\n{more}\n")
    with pytest.raises(MappingError, match="a duty has no such time"):
        mapping(tmp_path, text.replace('zone = "America/Toronto"', 'zone = "UTC"\ncolumn = "date"'))
    with pytest.raises(MappingError, match=r"place: is missing: fields\.cells is worked"):
        mapping(tmp_path, text.replace("[place]", "[districts.titles]").replace("lon = ", "elon = "))
    with pytest.raises(MappingError, match=r"fields.cells.constant: .*no H3 cell at resolution 9"):
        mapping(tmp_path, text.replace("cell_of_place = true", 'constant = ["87283472bffffff"]'))


def test_codes_by_levels(tmp_path: Path) -> None:
    text = PLAIN.replace('column = "kind"\n', 'columns = ["kind", "how"]\ndefault = "other_larceny"\n')
    codes = 'codes = { Rob = "robbery", B = { car = "motor_vehicle_theft", "*" = "burglary" } }'
    made = mapping(tmp_path, re.sub(r"codes = .*", codes, text))
    seen = [("Rob", "gun"), ("B", "car"), ("B", "door"), ("B", ""), ("X", "y"), ("", "car")]
    found = [row_of(made, kind=kind, how=how)["offence"] for kind, how in seen]
    assert found == ["robbery", "motor_vehicle_theft", "burglary", "burglary", "other_larceny", "other_larceny"]


def inspection(folder: Path, **row: object) -> tuple[list[dict[str, object]], list[tuple[str, str | None]]]:
    rows = pl.read_csv(example("inspection")[1], infer_schema=False).head(1)
    rows = rows.with_columns(pl.lit(value).alias(name) for name, value in row.items())
    mapped = Mapper(load(example("inspection")[0]), NOW_MS)(rows.with_row_index("__row", offset=1))
    return list(mapped.records.iter_rows(named=True)), [(one.reason, one.field) for one in mapped.rejected]


def test_lists_and_what_the_contract_says_between_fields(tmp_path: Path) -> None:
    ((record,), _) = inspection(tmp_path)
    assert record["findings"] == ["exit_blocked", "fire_alarm"]
    assert record["rectify_by"] == 1_712_440_800_000, "midnight in summer time"
    assert inspection(tmp_path, MAENGEL="NA+XX")[1] == [("unmapped", "findings")]
    assert inspection(tmp_path, MAENGEL="NA+NA+ ")[0][0]["findings"] == ["exit_blocked"]
    assert inspection(tmp_path, FRIST="")[1] == [("bad_time", "rectify_by")], "an outcome that needs it"
    assert inspection(tmp_path, FRIST="01.01.2024")[1] == [("bad_time", "occurred_from")], "before it was found"
    ((closed,), _) = inspection(tmp_path, ERGEBNIS="OK")
    assert closed["rectify_by"] is None, "not by this outcome"


def test_a_list_of_the_file_itself_is_read(tmp_path: Path) -> None:
    made = load(example("inspection")[0])
    rows = pl.read_csv(example("inspection")[1], infer_schema=False).head(1).with_row_index("__row", offset=1)
    rows = rows.with_columns(pl.Series("MAENGEL", [["EL", "NA"]]))
    assert Mapper(made, NOW_MS)(rows).records["findings"].to_list() == [["electrical", "exit_blocked"]]


def yes_or_no(**keys: object) -> tuple[list[bool | None], list[int]]:
    """A truth value: no record has one yet, and one may have one tomorrow."""
    plain = targets("incident")["description"]
    target = replace(plain, name="flag", kind="boolean", nullable=False, max_length=None)
    draft = Draft(pl.DataFrame({"f": ["Yes", "0", "J", None, "true"], "__row": [1, 2, 3, 4, 5]}))
    source = FieldFrom.model_validate({"column": "f", **keys})
    fields.read(draft, target, source, fields.Around(None, NOW_MS, rehearsed))
    return draft.out["flag"].to_list(), [one.row for one in draft.rejections(lambda index: "north")]


def test_truth_values() -> None:
    assert yes_or_no() == ([True, False, None, None, True], [3, 4])
    codes = {"J": True, "0": False, "Yes": True, "true": True}
    assert yes_or_no(codes=codes, empty=False) == ([True, False, True, False, True], [])


def test_a_report_may_have_no_place(tmp_path: Path) -> None:
    records, _ = map_file(load(example("online_report")[0]), example("online_report")[1])
    assert [record["lat"] for record in records] == [43.66, None]
    assert records[0]["indicators"] == ["domain:parcel-fee.example", "phone:+14165550100"]


def test_a_revision_is_a_number_from_one_on(tmp_path: Path) -> None:
    made = mapping(tmp_path, PLAIN + '\n[fields.revision]\ncolumn = "v"\n')
    mapped = apply(made, {"v": "3"}, {"v": "0", "number": "2"}, {"v": str(2**31), "number": "3"})
    assert mapped.records["revision"].to_list() == [3]
    assert [(one.reason, one.field) for one in mapped.rejected] == [("bad_value", "revision")] * 2
