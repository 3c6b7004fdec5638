"""What can go wrong with a backup."""

from __future__ import annotations


class BackupError(Exception):
    """A backup could not be made, deleted or put back; the message says what to do next."""
