"""The views with what each is for and a query to try: read from the files that create them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "views"
EXAMPLE = re.compile(r"^-- example: (?P<statement>.+)$", re.MULTILINE)
COMMENT = re.compile(r"^COMMENT '(?P<text>.*)';?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A view, its purpose, and a statement that asks it."""

    view: str
    purpose: str
    statement: str


def examples(folder: Path = FOLDER) -> list[Example]:
    """One for each view, by name.

    Raises:
        ValueError: a view lacks its example or its comment; the file is named.
    """
    return [_read(path) for path in sorted(folder.glob("*.sql"))]


def _read(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    example, comment = EXAMPLE.search(text), COMMENT.search(text)
    if example is None or comment is None:
        raise ValueError(f"{path.name}: a view needs a first line `-- example: …` and a COMMENT: see views/README.md")
    return Example(path.stem, comment["text"], example["statement"])
