"""A proposed value, from its text to what the field holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from schemas.contract import Field

WORDS = {"true": True, "false": False}


class Unfit(ValueError):
    """A text that cannot be a value of its field; it says how to write one."""


def parse(field: Field, text: str) -> Any:
    """The value: of an array its items by commas, of a time ISO 8601 with a zone, in milliseconds since the epoch.

    Raises:
        Unfit: it cannot be one. Bounds and code lists are the contract's check, not done here.
    """
    if field.array:
        return [_one(field, part.strip()) for part in text.split(",") if part.strip()]
    if text == "":
        if not field.nullable:
            raise Unfit(f"{field.name} is never without a value: give one")
        return None
    return _one(field, text)


def _one(field: Field, text: str) -> Any:
    try:
        match field.kind:
            case "int" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "boolean":
                return WORDS[text.lower()]
            case "timestamp":
                return _milliseconds(text)
            case "string":
                return text
    except (KeyError, ValueError) as error:
        raise Unfit(
            f"{field.name} is a {field.kind}: write it as in docs/reference, times as ISO 8601 with a zone"
        ) from error
    raise Unfit(f"{field.name} is {field.kind}, which no text can say")


def _milliseconds(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return int(moment.timestamp() * 1000)
