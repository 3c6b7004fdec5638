"""Copies of the tables that expire: taken, kept, deleted, and put back.

ClickHouse copies and restores by itself (``BACKUP`` and ``RESTORE``); what is here says what may be in a copy, for how
long, and what has to happen before a row of an old one is shown again. ``shelf`` is the folder and its manifests,
``scratch`` a second database that nobody but the platform reads, ``take`` makes a backup, ``expiry`` says which must
go, ``restore`` puts one back, ``since`` lands what was shared after it. Why it is so: decision 0188.
"""

from infra.backup.errors import BackupError
from infra.backup.expiry import expire, overdue
from infra.backup.restore import restore
from infra.backup.shelf import Manifest, Shelf
from infra.backup.take import take

__all__ = ["BackupError", "Manifest", "Shelf", "expire", "overdue", "restore", "take"]
