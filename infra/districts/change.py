"""One step of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["add", "change", "remove"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is to be made, changed or removed.

    ``words`` say what. ``unsafe`` says why it is not done unasked: it deletes, gives more away, or moves a border;
    empty when it is safe. ``by_hand`` is the step for what `crossbeat apply` does not do itself.
    """

    action: Action
    kind: str
    name: str
    words: str = ""
    unsafe: str = ""
    by_hand: str = ""
