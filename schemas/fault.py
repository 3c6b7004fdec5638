"""What is wrong with a record, as a value: bad input is ordinary at the gate."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """What is wrong with a record. ``reason`` is a code of the list ``rejection_reason``; no message shows a value."""

    reason: str
    field: str
    message: str
