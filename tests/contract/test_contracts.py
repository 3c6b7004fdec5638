"""What the contracts as a whole must be: no persons, no orphans, nothing that means nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from schemas import codes, contracts
from schemas.contract import Contract, Field
from schemas.errors import ContractError

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


def every_field() -> list[tuple[str, Field]]:
    return [(c.name, field) for c in ALL for stage in c.stages for field in c.fields(stage)]


def test_no_record_has_a_field_for_a_person() -> None:
    # Files and topics may have names.
    allowed = {"file_name"}
    words = {(record, f.name): set(f.name.split("_")) for record, f in every_field() if f.name not in allowed}
    assert not {key: found for key, said in words.items() if (found := said & (PERSON | {"name"}))}


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.name)
def test_every_topic_has_a_home_for_what_cannot_be_read(contract: Contract) -> None:
    homes = {c.stage(stage).topic for c in ALL if c.name == "rejection" for stage in c.stages}
    for stage in contract.stages:
        notes = contract.stage(stage)
        # Rejections are where it ends; progress is read by its own writer alone, which stops and says so.
        expected = {"none"} if contract.name in {"rejection", "backfill_progress"} else homes
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


def written(tmp_path: Path, **changes: Any) -> Path:
    """A small contract, with changes at its first field."""
    field = {"name": "thing_id", "type": "string", "doc": "Which.", "crossbeat": {"max_length": 8}} | changes
    stage = {"topic": "t.v1", "subject": "t.v1-value", "key": ["thing_id"], "doc": "x", "dead_letter": "none"}
    record = {"type": "record", "name": "Thing", "namespace": "crossbeat", "doc": "A thing.", "fields": [field]}
    path = tmp_path / "records" / "thing.avsc"
    path.parent.mkdir()
    path.write_text(json.dumps(record | {"crossbeat": {"title": "Thing", "stages": {"result": stage}}}))
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


def test_an_unknown_contract_or_stage_is_named_with_what_there_is() -> None:
    with pytest.raises(ContractError, match="no contract incidents: did you mean incident"):
        contracts.get("incidents")
    with pytest.raises(ContractError, match="its stages are district, shared"):
        contracts.get("incident").fields("result")
    with pytest.raises(ContractError, match="name the district"):
        contracts.get("incident").topic("district")
