"""Expectations about the table of a contract, in the form in which Great Expectations keeps a suite.

Load it with ``ExpectationSuite(**suite(contract))``. It says again of landed rows what the check says of each record,
and what no single record can tell: that an id stands once. Whatever it finds was let through by mistake.
"""

from __future__ import annotations

from typing import Any

from schemas import codes
from schemas.contract import Contract, Field
from schemas.errors import ContractError
from schemas.render import clickhouse


def suite(contract: Contract) -> dict[str, Any]:
    """The suite of the contract's table.

    Each expectation's ``meta`` names the field's part and what it means when it fails. Values are those of a table read
    with the latest revision of each record only (``FINAL``); times are UTC.

    Raises:
        ContractError: the record is not landed.
    """
    storage = contract.storage
    if storage is None:
        raise ContractError(f"{contract.name} is not landed: it has no table to expect anything of")
    expectations = [
        {
            "type": "expect_table_columns_to_match_set",
            "kwargs": {"column_set": sorted(c.name for c in clickhouse.columns(contract)), "exact_match": False},
            "meta": {"means": "the table is not that of the contract: run crossbeat apply"},
        }
    ]
    for field in contract.stored_fields:
        expectations += _field(field)
    nullable = {field.name for field in contract.stored_fields if field.nullable}
    expectations += [_order(low, high, not nullable.isdisjoint((low, high))) for low, high in contract.order]
    return {"name": storage.table, "expectations": expectations, "meta": {"contract": contract.name}}


def _field(field: Field) -> list[dict[str, Any]]:
    notes = field.notes
    said: list[dict[str, Any]] = []
    if not field.nullable:
        said.append(_expect("expect_column_values_to_not_be_null", field, "a value is missing"))
    if notes.unique:
        said.append(_expect("expect_column_values_to_be_unique", field, "an id stands twice"))
    if field.array:
        return said
    if notes.minimum is not None or notes.maximum is not None:
        bounds = {"min_value": notes.minimum, "max_value": notes.maximum}
        said.append(_expect("expect_column_values_to_be_between", field, "a number is out of bounds", **bounds))
    if notes.code_list:
        known = sorted(codes.get(notes.code_list).codes)
        said.append(_expect("expect_column_values_to_be_in_set", field, "a code is not in its list", value_set=known))
    if notes.pattern:
        regex = f"^(?:{notes.pattern})$"
        said.append(_expect("expect_column_values_to_match_regex", field, "a text is not written so", regex=regex))
    if notes.max_length and field.kind == "string":
        length = {"min_value": notes.min_length or 0, "max_value": notes.max_length}
        said.append(_expect("expect_column_value_lengths_to_be_between", field, "a text is too long", **length))
    return said


def _order(low: str, high: str, nullable: bool) -> dict[str, Any]:
    ignored = {"ignore_row_if": "either_value_is_missing"} if nullable else {}
    return {
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {"column_A": high, "column_B": low, "or_equal": True, **ignored},
        "meta": {"means": f"{low} is later than {high}"},
    }


def _expect(kind: str, field: Field, means: str, **kwargs: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "kwargs": {"column": field.name, **kwargs},
        "meta": {"means": f"{field.name}: {means}", "part": field.part or "own"},
    }
