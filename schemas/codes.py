"""Code lists: what a coded field may hold, in ``schemas/codes/<list>.toml``.

A code is stable and lower-case; its name may be reworded. Lists follow NIBRS where it has one, without its lists of
persons, gangs and ways of life.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError

from schemas.annotations import Notes
from schemas.errors import ContractError

FOLDER = Path(__file__).parent / "codes"


class Code(Notes):
    """One code of a list."""

    name: str = Field(description="what people read")
    category: str | None = Field(None, description="broad kind, where the list has such")
    nibrs: str | None = Field(None, description="code in NIBRS, where it has one")
    todo: str | None = Field(None, description="what to do next, for a rejection reason")


class CodeList(Notes):
    """A code list. ``code in codes`` tells whether it holds a code."""

    list: str = Field(description="name of the list: that of its file")
    title: str
    doc: str
    codes: Mapping[str, Code] = Field(min_length=1)

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def category(self, code: str) -> str:
        """The broad kind of a code, such as ``burglary`` for the offence ``burglary``.

        Raises:
            KeyError: the list has no such code, or gives no category.
        """
        category = self.codes[code].category
        if category is None:
            raise KeyError(f"code list {self.list} gives no category for {code}")
        return category


@lru_cache
def get(name: str) -> CodeList:
    """The code list of that name.

    Raises:
        ContractError: no such list, or its file says something that it cannot mean.
    """
    path = FOLDER / f"{name}.toml"
    if not path.is_file():
        raise ContractError(
            f"no code list {name}: write schemas/codes/{name}.toml, or name one of {', '.join(names())}"
        )
    try:
        return CodeList.model_validate({"list": name, **tomllib.loads(path.read_text(encoding="utf-8"))})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ContractError(f"codes/{name}.toml: {error}") from None


def names() -> list[str]:
    """Names of all code lists, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))
