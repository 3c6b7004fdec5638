"""How a folder is watched."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.files.read import CHUNK_ROWS


@dataclass(frozen=True, slots=True)
class Options:
    """What may differ from one folder to the next."""

    pattern: str = ""
    """Names to take, such as ``*.csv``; if empty, every ending that a reader knows."""
    settle_s: float = 2.0
    """A file is whole when size and time have been the same for so long."""
    every_s: float = 1.0
    """The folder is looked at so often, also without news from the system."""
    move: bool = False
    """Whether files go to ``done/`` and ``refused/`` within the folder; else they stay where they are."""
    polling: bool = False
    """For network disks, which tell nothing of changes."""
    tries: int = 3
    """So often a file is tried that cannot be read for a reason that may pass."""
    chunk_rows: int = CHUNK_ROWS
