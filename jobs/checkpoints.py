"""Finds what a job recovers from: the newest complete checkpoint or savepoint in its folder.

Each job keeps its own folder, ``<checkpoint_dir>/<pattern>``. Flink writes ``_metadata`` last and by a rename, so a
checkpoint with that file is complete, and one that a kill cut short has none.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog

from streams.settings import Settings

METADATA = "_metadata"
log = structlog.get_logger(__name__)


def address(settings: Settings, pattern: str) -> str:
    """The folder of a pattern's checkpoints and savepoints, as an address."""
    root = settings.flink.checkpoint_dir or (settings.data / "flink" / "checkpoints").as_uri()
    return f"{root.rstrip('/')}/{pattern}"


def folder(where: str) -> Path | None:
    """The address as a local path; none when it is on another file system, where Flink alone can look."""
    parts = urlsplit(where)
    return Path(unquote(parts.path)) if parts.scheme in ("", "file") else None


def newest(where: str) -> Path | None:
    """The newest complete checkpoint or savepoint below the address, if any."""
    root = folder(where)
    if root is None or not root.is_dir():
        return None
    complete = [file for depth in ("*", "*/*") for file in root.glob(f"{depth}/{METADATA}") if file.stat().st_size]
    return max(complete, key=lambda file: file.stat().st_mtime_ns).parent if complete else None


def tidy(where: str, keep: Path | None) -> None:
    """Remove folders of earlier runs that hold nothing to recover from.

    A run that was killed leaves its folder; once another has gone on from its checkpoint, Flink deletes that
    checkpoint but not the folder.
    """
    root = folder(where)
    if root is None or not root.is_dir():
        return
    for run in root.iterdir():
        if run.is_dir() and keep is not None and keep not in (run, *run.iterdir()) and not any(run.rglob(METADATA)):
            log.info("removed what an earlier run left", folder=run.name)
            shutil.rmtree(run)
