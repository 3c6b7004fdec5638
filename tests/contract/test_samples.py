"""Every sample comes out as its name says; every passing one survives Avro unchanged."""

from __future__ import annotations

from io import BytesIO

import fastavro
import pytest

from schemas import contracts, samples
from schemas.check import Checker
from schemas.contract import Contract
from schemas.samples import Sample

ALL = samples.all()


def name(sample: Sample) -> str:
    return f"{sample.contract.name}-{sample.case}"


@pytest.mark.parametrize("sample", ALL, ids=name)
def test_sample_comes_out_as_it_says(sample: Sample) -> None:
    faults = Checker(sample.contract, sample.stage).check(sample.record)
    assert [f"{fault.reason}:{fault.field}" for fault in faults] == list(sample.faults)


@pytest.mark.parametrize("sample", [s for s in ALL if not s.faults], ids=name)
def test_passing_sample_is_carried_by_avro(sample: Sample) -> None:
    schema = fastavro.parse_schema(sample.contract.avro(sample.stage))
    written = BytesIO()
    fastavro.schemaless_writer(written, schema, sample.record, strict_allow_default=True)
    written.seek(0)
    read = fastavro.schemaless_reader(written, schema, None)
    assert isinstance(read, dict)
    assert not Checker(sample.contract, sample.stage).check(read)
    assert read["occurred_from" if "occurred_from" in read else next(iter(read))] is not None


@pytest.mark.parametrize("contract", contracts.all(), ids=lambda c: c.name)
def test_record_has_samples_of_both_outcomes_and_an_example_that_passes(contract: Contract) -> None:
    own = [sample for sample in ALL if sample.contract.name == contract.name]
    assert {bool(sample.faults) for sample in own} == {True, False}, f"write schemas/samples/{contract.name}/*.json"
    for stage in contract.stages:
        assert Checker(contract, stage).check(samples.example(contract, stage)) == []
