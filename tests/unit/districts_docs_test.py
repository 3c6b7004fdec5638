"""docs/districts.md, "Joining": every key of a district's file and of an agreement is explained; commands exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from infra.cli import app
from streams.agreements import Agreement
from streams.district_file import DistrictFile, Quota, ReleaseDefaults

PAGE = (Path(__file__).parents[2] / "docs" / "districts.md").read_text()
JOINING = PAGE[PAGE.index("## Joining") : PAGE.index("## Ten minutes")]


@pytest.mark.parametrize("model", [DistrictFile, ReleaseDefaults, Quota, Agreement])
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        key = field.alias or name
        assert re.search(rf"`{key}`|^{key} = ", JOINING, re.MULTILINE), f"{model.__name__}.{key} is not in the page"


def test_the_agreement_that_is_shown_is_one() -> None:
    (block,) = re.findall(r"```TOML\n(.*?)```", JOINING, re.DOTALL)
    assert Agreement.model_validate(tomllib.loads(block)).retention_days == 365


def test_every_command_that_is_shown_exists() -> None:
    commands: Any = typer.main.get_command(app)
    named = {words for words in re.findall(r"crossbeat ([a-z]+(?: (?:add|check))?)", JOINING)}
    assert {"district add", "district check", "plan", "apply"} <= named
    for words in named:
        first, _, second = words.partition(" ")
        assert first in commands.commands, words
        below = commands.commands[first]
        assert not second or second in below.commands, words
