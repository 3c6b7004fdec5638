"""What the state of a job rests on: kept beside its checkpoints, and compared before the next start goes on from them.

A job may go on from a state where its functions would find in it what they look for: the same tables are read, the
same functions have it by the same keys, and the settings by which it was laid out are the same. More may be written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jobs.pattern_settings import Value

FILE = "shape.json"
REFUSED = re.compile(r"Cannot map checkpoint/savepoint state|StateMigrationException|must not be incompatible")
"""What Flink says where the state does not fit, on the way down from a job that ended."""


@dataclass(frozen=True)
class Shape:
    """What a state rests on.

    ``reads`` and ``writes`` are names of tables, ``functions`` the keys of each by its uid, ``settings`` the values of
    those that decide what is kept or where (``begins_anew`` of a ``pattern.toml``).
    """

    reads: frozenset[str]
    writes: frozenset[str]
    functions: Mapping[str, str]
    settings: Mapping[str, Value] = field(default_factory=dict)

    def differs(self, before: Shape) -> str:
        """Why a job of this shape cannot go on from a state of the one before, in words; empty if it can."""
        for said, old, new in (("reads", before.reads, self.reads), ("writes", before.writes, self.writes)):
            if old - new:
                return f"it no longer {said} {_names(old - new)}"
        if self.reads - before.reads:
            return f"it also reads {_names(self.reads - before.reads)}"
        for uid in sorted({*before.functions, *self.functions}):
            if before.functions.get(uid) != self.functions.get(uid):
                return _function(uid, before.functions.get(uid), self.functions.get(uid))
        for name in sorted({*before.settings, *self.settings}):
            if before.settings.get(name) != self.settings.get(name):
                return f"{name} is {self.settings.get(name, 'gone')}, and was {before.settings.get(name, 'not there')}"
        return ""

    def write(self, folder: Path) -> None:
        """Keep it beside the checkpoints of that folder, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        body = {
            "reads": sorted(self.reads),
            "writes": sorted(self.writes),
            "functions": dict(self.functions),
            "settings": dict(self.settings),
        }
        whole = folder / f"{FILE}.tmp"
        whole.write_text(json.dumps(body, indent=1, ensure_ascii=False))
        whole.replace(folder / FILE)


def read(folder: Path) -> Shape | None:
    """What was kept there; none where nothing was, as before shapes were."""
    try:
        body = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return None
    return Shape(frozenset(body["reads"]), frozenset(body["writes"]), body["functions"], body["settings"])


def refused(why: str) -> bool:
    """Whether Flink ended a job, or did not begin it, because the state does not fit; anything else may pass."""
    return REFUSED.search(why) is not None


def _names(tables: frozenset[str]) -> str:
    return ", ".join(sorted(tables))


def _function(uid: str, old: str | None, new: str | None) -> str:
    if old is None:
        return f"the function {uid} is new"
    return (
        f"the function {uid} is gone"
        if new is None
        else f"the function {uid} has its state by {new}, and had it by {old}"
    )
