"""Under which names a run keeps its state, by who publishes and for whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.backfill import BackfillError
from connectors.backfill.account import Account, own_login
from connectors.mapping import Mapping, load
from streams.settings import Settings


def mapping(folder: Path, *names: str) -> Mapping:
    titles = ", ".join(f'{name} = "{name.title()}"' for name in names)
    path = folder / "m.toml"
    path.write_text(f"""
title = "test"
districts.titles = {{ {titles} }}
district.column = "district"
id.template = "{{district}}:{{number}}"
time = {{ column = "when", zone = "UTC" }}
place = {{ lat = "lat", lon = "lon" }}
fields.offence = {{ column = "kind", codes = {{ A = "robbery" }} }}
release = {{ to = ["all"], purposes = ["prevention"] }}
""")
    return load(path)


def settings(username: str) -> Settings:
    found = Settings()
    found.kafka.security_protocol = "SASL_PLAINTEXT"
    found.kafka.username, found.kafka.password = username, SecretStr("secret")
    return found


def test_files_of_one_district_stand_in_its_ledger_whoever_publishes(tmp_path: Path) -> None:
    made = mapping(tmp_path, "north")
    own, operator = Account.of(made, settings("north")), Account.of(made, settings("admin"))
    assert own.ledgers == ("north.backfill.v1",)
    assert operator.ledgers == ("backfill.v1", "north.backfill.v1")
    assert own.group == operator.group == "north.backfill"
    assert own.prefix == operator.prefix == "north."
    assert (own.refusals, operator.refusals) == ("own", "result")


def test_files_of_several_districts_are_the_operators(tmp_path: Path) -> None:
    made = mapping(tmp_path, "north", "south")
    assert Account.of(made, settings("admin")) == Account(("backfill.v1",), "crossbeat-backfill", "", "result")
    with pytest.raises(BackfillError, match="the account of south only for south"):
        Account.of(made, settings("south"))


def test_without_a_login_everybody_is_the_operator(tmp_path: Path) -> None:
    open_to_all = settings("north")
    open_to_all.kafka.security_protocol = "PLAINTEXT"
    assert own_login(mapping(tmp_path, "north"), open_to_all) is None
