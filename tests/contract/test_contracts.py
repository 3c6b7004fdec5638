"""What the contracts as a whole must be: no persons, no orphans, nothing that means nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.loader.routes import from_contracts
from schemas import codes, consistency, contracts, samples
from schemas.annotations import WhenNotes
from schemas.check import Checker
from schemas.contract import Contract, Field
from schemas.errors import ContractError
from schemas.render import clickhouse

# By word of a field's name. What a record must never hold: see "What it shares, and what it refuses to hold".
PERSON = {
    *("person", "suspect", "victim", "offender", "officer", "witness", "subject", "individual", "juvenile", "minor"),
    *("firstname", "lastname", "surname", "forename", "alias", "nickname", "dob", "birth", "birthdate", "birthday"),
    *("age", "sex", "gender", "race", "ethnic", "ethnicity", "nationality", "religion", "orientation", "face", "photo"),
    *(
        "fingerprint",
        "iris",
        "gait",
        "dna",
        "biometric",
        "passport",
        "licence",
        "license",
        "ssn",
        "document",
        "national",
    ),
    *("home", "address", "phone", "telephone", "mobile", "email", "imei", "imsi", "plate", "gang", "risk"),
}
RECORDS = Path(contracts.__file__).parent / "records"
ALL = contracts.all()
SENT = [contract for contract in ALL if "district" in contract.stages]


def every_field() -> list[tuple[str, Field]]:
    return [(c.name, field) for c in ALL for stage in c.stages for field in c.fields(stage)]


def persons_in(name: str) -> set[str]:
    """Words of a name that speak of a person, in the singular or the plural."""
    words = set(name.split("_"))
    return (words | {word.removesuffix("s") for word in words}) & (PERSON | {"name"})


def test_no_record_has_a_field_for_a_person() -> None:
    # Files may have names, and officers may be counted.
    allowed = {"file_name"} | {f.name for _, f in every_field() if f.name == "officers" and f.kind == "int"}
    fields = {(record, field.name) for record, field in every_field() if field.name not in allowed}
    assert not {key: found for key in fields if (found := persons_in(key[1]))}


@pytest.mark.parametrize("name", ["officer_name", "officers_on_duty", "suspects", "number_plate", "home_lat", "phones"])
def test_such_a_field_would_be_found(name: str) -> None:
    assert persons_in(name)


@pytest.mark.parametrize("name", codes.names())
def test_no_code_list_is_one_of_persons(name: str) -> None:
    assert not persons_in(name)


@pytest.mark.parametrize("contract", SENT, ids=lambda c: c.name)
def test_a_text_of_a_district_is_a_code_or_of_one_form_or_is_scrubbed(contract: Contract) -> None:
    texts = [field for field in contract.fields("district") if field.kind == "string"]
    loose = [f.name for f in texts if not f.notes.code_list and not f.notes.pattern]
    assert loose == [f.name for f in texts if f.notes.sensitivity == "free_text"]
    assert all(field.notes.code_list or field.notes.max_length for field in texts)
    assert not [field.name for field in contract.fields("district") if field.kind == "bytes"]


PLATES = st.text(max_size=70) | st.from_regex(r"[A-Z]{1,3}[ -]?[0-9A-Z]{1,8}", fullmatch=True)
TOKENS = [(c, f) for c in SENT for f in c.fields("district") if "vehicle" in f.name]


def test_a_vehicle_is_known_by_a_token_alone_and_no_token_is_landed() -> None:
    assert {(contract.name, field.name) for contract, field in TOKENS} == {
        ("camera_event", "vehicle_token"),
        ("lookout", "vehicle_token"),
    }
    for contract, field in TOKENS:
        assert field.name not in {stored.name for stored in contract.stored_fields}
        assert field.name not in from_contracts().of(contract.topic("shared").name).columns
        assert f"`{field.name}`" not in clickhouse.table(contract, "crossbeat")


@pytest.mark.parametrize(("contract", "field"), TOKENS, ids=lambda x: x.name)
@given(text=PLATES)
def test_no_plate_passes_for_a_token(contract: Contract, field: Field, text: str) -> None:
    checker = Checker(contract, "district")
    record = samples.example(contract, "district") | {"kind": "vehicle_read", field.name: text}
    assert field.name in {fault.field for fault in checker.check(record)}


def test_what_a_district_sends_it_can_take_back() -> None:
    assert set(codes.get("record_type").codes) == {contract.name for contract in SENT} - {"retraction"}


@pytest.mark.parametrize("contract", SENT, ids=lambda c: c.name)
def test_what_a_district_sends_is_owned_graded_or_planned_and_seen_by_whom_the_gate_says(contract: Contract) -> None:
    assert contract.stages == ("district", "shared", "delivered")
    parts = set(contract.notes.parts)
    assert parts >= {"header"}
    # What is planned, answered or taken back is known to its owner; what is told of the world can be wrong.
    assert ("grading" in parts) == (contract.name not in {"duty", "acknowledgement", "retraction", "proposal"})
    # A retraction goes to whoever had the record.
    assert ("release" in parts) == (contract.name != "retraction")
    gated = set(contract.stage("shared").parts)
    assert "gate" in gated
    assert ("place_keys" in gated) == ("place" in parts)


def test_a_topic_that_is_kept_for_days_closes_its_segments_in_time() -> None:
    short = contracts.get("camera_event").topic("shared").config
    assert int(short["segment.ms"]) * 4 == int(short["retention.ms"]) == 86_400_000
    assert "segment.ms" not in contracts.get("incident").topic("shared").config


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.name)
def test_every_topic_has_a_home_for_what_cannot_be_read(contract: Contract) -> None:
    homes = {c.stage(stage).topic for c in ALL if c.name == "rejection" for stage in c.stages}
    for stage in contract.stages:
        notes = contract.stage(stage)
        # Rejections are where it ends; progress and heartbeats are read by their writer alone, which stops and says so.
        expected = {"none"} if contract.name in {"rejection", "backfill_progress", "heartbeat"} else homes
        assert notes.dead_letter in expected, f"{notes.topic}: name its dead_letter topic"


def test_topics_and_tables_belong_to_one_record_each() -> None:
    topics = [c.stage(stage).topic for c in ALL for stage in c.stages]
    tables = [c.storage.table for c in ALL if c.storage]
    assert len(set(topics)) == len(topics)
    assert len(set(tables)) == len(tables)


def test_a_subject_that_is_shared_has_one_schema() -> None:
    schemas: dict[str, set[str]] = {}
    for contract in ALL:
        for stage in contract.stages:
            schemas.setdefault(contract.subject(stage), set()).add(contract.avro_json(stage))
    assert {subject: len(found) for subject, found in schemas.items() if len(found) > 1} == {}


def test_every_code_list_and_every_part_is_used() -> None:
    used = {name for contract in ALL for name in contract.code_lists}
    assert set(codes.names()) == used
    parts = {part for c in ALL for part in (*c.notes.parts, *(p for s in c.notes.stages.values() for p in s.parts))}
    assert {path.stem for path in (RECORDS / "parts").glob("*.avsc")} == parts - {contracts.OWN}


def test_every_offence_has_a_known_category_and_every_reason_says_what_to_do() -> None:
    offences, categories = codes.get("offence"), codes.get("category")
    assert {offences.category(code) for code in offences.codes} == set(categories.codes)
    assert {code.category for code in codes.get("report_kind").codes.values()} - {None} <= set(categories.codes)
    assert all(code.todo for code in codes.get("rejection_reason").codes.values())
    with pytest.raises(KeyError, match="gives no category"):
        categories.category("arson")


def test_every_fault_has_a_reason_that_exists() -> None:
    assert {field.notes.reason for _, field in every_field()} <= set(codes.get("rejection_reason").codes)


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.name)
def test_a_partition_is_made_of_what_no_revision_changes(contract: Contract) -> None:
    if contract.storage:
        names = set(re.findall(r"[a-z_]+", contract.storage.partition_by)) & {
            field.name for field in contract.fields(contract.storage.stage)
        }
        assert names
        assert names <= set(contract.storage.order_by)


def test_docs_are_sentences_in_ascii() -> None:
    # ASCII, for the text that the registry holds must be the same whichever client wrote it.
    docs = {(record, field.name): field.doc for record, field in every_field()}
    assert not {key for key, doc in docs.items() if not (doc.isascii() and doc[0].isupper() and doc.endswith("."))}


def written(tmp_path: Path, notes: dict[str, Any] | None = None, **changes: Any) -> Path:
    """A small contract, with changes at its first field and of its own annotations."""
    field = {"name": "thing_id", "type": "string", "doc": "Which.", "crossbeat": {"max_length": 8}} | changes
    stage = {"topic": "t.v1", "subject": "t.v1-value", "key": ["thing_id"], "doc": "x", "dead_letter": "none"}
    record = {"type": "record", "name": "Thing", "namespace": "crossbeat", "doc": "A thing.", "fields": [field]}
    path = tmp_path / "records" / "thing.avsc"
    path.parent.mkdir()
    path.write_text(
        json.dumps(record | {"crossbeat": {"title": "Thing", "stages": {"result": stage}, **(notes or {})}})
    )
    return path


def test_a_contract_may_stand_alone(tmp_path: Path) -> None:
    contract = contracts.load(written(tmp_path))
    assert contract.key({"thing_id": "é"}, "result") == "é".encode()
    assert contract.topic("result").config["retention.ms"] == "-1"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"crossbeat": {"minimun": 0}}, r"records/thing.avsc: field thing_id: unknown annotation 'minimun'.*'minimum'"),
        ({"crossbeat": {"colour": "red"}}, r"field thing_id: unknown annotation 'colour': known are code_list, "),
        ({"crossbeat": {"max_length": "long"}}, r"field thing_id: annotation max_length: "),
        ({"crossbeat": {"code_list": "offense"}}, r"no code list offense: write schemas/codes/offense.toml"),
        ({"doc_": "x"}, r"field thing_id: unknown attribute 'doc_': did you mean 'doc'\?"),
        ({"type": ["null", "string"]}, r'field thing_id: a field that may be null must say "default": null'),
        ({"type": {"type": "map", "values": "string"}}, r"field thing_id: type .* is not carried"),
        ({"name": "other_id"}, r"annotations name a field thing_id that it does not have"),
    ],
    ids=lambda x: next(iter(x)) if isinstance(x, dict) else "",
)
def test_what_means_nothing_is_refused_and_named(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        contracts.load(written(tmp_path, **changes))


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ({"within": [["thing_id", "until", 3]]}, "name a field until that it does not have"),
        ({"only_when": [{"field": "thing_id", "codes": ["x"], "fields": ["thing_id"]}]}, "has no code list"),
        (
            {"only_when": [{"field": "thing_id", "code": ["x"], "fields": []}]},
            "unknown annotation .*did you mean 'codes'",
        ),
        ({"optional": ["place"]}, "optional names a part place that it does not have"),
        ({"examples": {"thing": 1}}, "examples name a field thing that it does not have"),
    ],
    ids=str,
)
def test_rules_that_mean_nothing_are_refused(tmp_path: Path, notes: dict[str, Any], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        contracts.load(written(tmp_path, notes))


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({"field": "completion", "codes": ["done"], "fields": ["tool"]}, "names a code done of completion"),
        ({"field": "completion", "codes": ["completed"], "fields": ["status"]}, "status means nothing"),
    ],
)
def test_a_rule_names_codes_that_exist_and_fields_that_may_be_null(when: dict[str, Any], message: str) -> None:
    incident = contracts.get("incident")
    notes = incident.notes.model_copy(update={"needed_when": (WhenNotes.model_validate(when),)})
    with pytest.raises(ContractError, match=message):
        consistency.check(replace(incident, notes=notes), "here")


def test_a_table_cannot_leave_out_what_orders_it() -> None:
    patrol = contracts.get("patrol")
    assert patrol.storage
    storage = patrol.storage.model_copy(update={"leave_out": ("record_id",)})
    with pytest.raises(ContractError, match="cannot leave out record_id"):
        consistency.check(replace(patrol, notes=patrol.notes.model_copy(update={"storage": storage})), "here")


def test_an_unknown_contract_or_stage_is_named_with_what_there_is() -> None:
    with pytest.raises(ContractError, match="no contract incidents: did you mean incident"):
        contracts.get("incidents")
    with pytest.raises(ContractError, match="its stages are district, shared"):
        contracts.get("incident").fields("result")
    with pytest.raises(ContractError, match="name the district"):
        contracts.get("incident").topic("district")
