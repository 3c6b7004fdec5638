"""A difference between what runs and what the contracts say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

APPLY = "crossbeat apply"


@dataclass(frozen=True)
class Drift:
    """One live thing that differs from its contract.

    ``words`` go on from kind and name: "topic link.v1 is missing". ``mend`` is the command or the step that mends it.
    ``loses`` says what mending it would delete; empty where nothing is lost.
    """

    kind: Literal["topic", "subject", "table", "view", "account", "right", "quota"]
    name: str
    words: str
    mend: str
    loses: str = ""

    @property
    def missing(self) -> bool:
        """Whether it is not there at all."""
        return self.words == "is missing"

    @property
    def surplus(self) -> bool:
        """Whether it is there and should not be."""
        return self.words.startswith("is of no ")

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.words}: {self.mend}"
