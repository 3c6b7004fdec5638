"""Accounts of districts' analysts: no table is granted without a filter, whatever contracts come."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pydantic import SecretStr

from infra.local import credentials
from infra.local.clickhouse_config import users_xml
from infra.provision import analysts
from infra.provision.tables import landed, view_files
from schemas import contracts
from streams.districts import BadDistrict
from streams.settings import ClickHouse, Configured

STORE = ClickHouse(password=SecretStr("a"), analyst_password=SecretStr("b"))
MEMORY = 1 << 30
VIEWS = {path.stem for path in view_files()}


def users(**districts: str) -> ElementTree.Element:
    text = users_xml(STORE, MEMORY, {name: SecretStr(password) for name, password in districts.items()})
    return ElementTree.fromstring(text)


def granted(user: ElementTree.Element) -> set[str]:
    found = [
        re.fullmatch(r"GRANT SELECT ON crossbeat\.(\w+)", query.text or "") for query in user.findall("grants/query")
    ]
    assert all(found), "a grant of another kind"
    return {one[1] for one in found if one}


def test_every_table_that_is_granted_has_a_filter_that_names_the_district() -> None:
    user = users(**{"beat-07": "x", "north": "y"}).find("users/d_beat-07")
    assert user is not None
    tables = granted(user) - VIEWS
    filters = {one.tag: one.findtext("filter") or "" for one in user.findall("databases/crossbeat/*")}
    assert tables == set(filters)
    assert all("'beat-07'" in condition for condition in filters.values())
    assert {"incidents", "links", "alerts"} <= tables
    assert not {"quality_runs", "late_records", "receipts"} & tables


def test_a_landed_record_that_says_not_who_may_see_it_stays_closed() -> None:
    for contract, storage in landed():
        fields = {field.name for field in contract.stored_fields}
        assert (storage.table in analysts.filters("north")) == bool({"visible_to", storage.owner} & fields)
    unsaid = contracts.get("late_record")
    assert analysts.filters("north", [unsaid]) == {}


def test_only_views_that_read_open_tables_are_granted_and_all_read_as_the_one_who_asks() -> None:
    assert "incidents_now" in analysts.views()
    assert "quality_now" not in analysts.views()
    for path in view_files():
        assert "SQL SECURITY INVOKER" in path.read_text()


def test_sql_for_a_server_of_yours_opens_the_same() -> None:
    lines = analysts.statements("north", "x", "crossbeat", MEMORY)
    given = {found[1] for line in lines if (found := re.match(r"GRANT SELECT ON crossbeat\.(\w+) TO `d_north`", line))}
    filtered = {
        found[1] for line in lines if (found := re.search(r"ROW POLICY OR REPLACE `d_north` ON crossbeat\.(\w+)", line))
    }
    assert given == analysts.readable()
    assert given - VIEWS == filtered
    assert "x'" not in " ".join(lines)


def test_an_account_is_limited_and_has_a_password() -> None:
    root = users(north="y")
    assert root.findtext("users/d_north/profile") == "district"
    assert root.findtext("profiles/district/readonly") == "1"
    assert root.findtext("profiles/district/final") == "1"
    with pytest.raises(ValueError, match="passwords"):
        users(north="")
    with pytest.raises(BadDistrict):
        users(**{"no'rth": "y"})


def test_credentials_of_several_parts_stand_side_by_side_for_the_owner_alone(tmp_path: Path) -> None:
    credentials.put(tmp_path, "north", {"CROSSBEAT_KAFKA__USERNAME": "north"})
    file = credentials.put(
        tmp_path, "north", {"CROSSBEAT_CLICKHOUSE__HOST": "h", "CROSSBEAT_CLICKHOUSE__HTTP_PORT": "7"}
    )
    credentials.put(tmp_path, "north", {"CROSSBEAT_CLICKHOUSE__HTTP_PORT": "8"})
    assert file.stat().st_mode & 0o777 == 0o600
    assert credentials.read(tmp_path, "north") == {
        "CROSSBEAT_KAFKA__USERNAME": "north", "CROSSBEAT_CLICKHOUSE__HOST": "h", "CROSSBEAT_CLICKHOUSE__HTTP_PORT": "8",
    }  # fmt: skip
    found = credentials.as_analyst(Configured(data_dir=tmp_path), "north").clickhouse
    assert (found.host, found.http_port) == ("h", 8)
    with pytest.raises(LookupError, match="no credentials of south"):
        credentials.as_analyst(Configured(data_dir=tmp_path), "south")
