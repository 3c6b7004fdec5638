"""What can go wrong while topics, subjects and tables are made."""

from __future__ import annotations


class ProvisionError(Exception):
    """Something could not be made as its contract says; the message says what to do next."""
