"""The one exception of a backfill."""

from __future__ import annotations


class BackfillError(RuntimeError):
    """A run that cannot go on. What was committed stays; the same command again goes on from there."""
