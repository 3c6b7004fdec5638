"""A difference between what runs and what the contracts say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

APPLY = "crossbeat apply"


@dataclass(frozen=True)
class Drift:
    """One live thing that differs from its contract.

    ``words`` go on from kind and name: "topic link.v1 is missing". ``mend`` is the command or the step that mends it.
    """

    kind: Literal["topic", "subject", "table", "view"]
    name: str
    words: str
    mend: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.words}: {self.mend}"
