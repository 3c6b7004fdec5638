"""What can go wrong while topics, subjects and tables are made."""

from __future__ import annotations


class ProvisionError(Exception):
    """Something could not be made as its contract says; the message says what to do next."""


def first_words(error: Exception) -> str:
    """What a server said, without the codes and addresses that clients put around it."""
    text = str(error)
    said = text.split("DB::Exception: ", maxsplit=1)[-1]
    return said.split(" (for url", maxsplit=1)[0].strip()
