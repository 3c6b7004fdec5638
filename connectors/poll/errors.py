"""The one exception of polling."""

from __future__ import annotations

from connectors.backfill.errors import BackfillError


class PollError(BackfillError):
    """The database or the query does not work. The message never holds the address, which has a password in it."""
