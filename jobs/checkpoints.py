"""Finds what a job recovers from: the newest complete checkpoint or savepoint in its folder.

Each job keeps its own folder, ``<checkpoint_dir>/<pattern>``. Flink writes ``_metadata`` last and by a rename, so a
checkpoint with that file is complete, and one that a kill cut short has none.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog

from streams.settings import Settings

METADATA = "_metadata"
SHARED = "shared"
ASIDE = "set-aside"
"""Where a state lies that its job could not go on from. Only the newest is kept."""
WHY = "why.txt"
TOLD_DAYS = 7
"""For how long after it status and doctor say that a pattern began anew."""
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
    checkpoint but not the folder. What RocksDB left in ``shared`` stays: checkpoints of later runs build on it.
    """
    root = folder(where)
    if root is None or not root.is_dir():
        return
    for run in root.iterdir():
        if (
            run.is_dir()
            and run.name != ASIDE
            and keep is not None
            and keep not in (run, *run.iterdir())
            and not any(run.rglob(METADATA))
            and not any((run / SHARED).glob("*"))
        ):
            log.info("removed what an earlier run left", folder=run.name)
            shutil.rmtree(run)


def set_aside(where: str, why: str) -> None:
    """Move all that a job could go on from out of its way, with the reason, so that its next start begins anew."""
    root = folder(where)
    if root is None or not root.is_dir():
        return
    shutil.rmtree(root / ASIDE, ignore_errors=True)
    now = time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime())
    kept = root / ASIDE / now
    kept.mkdir(parents=True)
    # First the reason: where a kill cuts this short, the next start finds the rest and moves it as well.
    (kept / WHY).write_text(why)
    for one in root.iterdir():
        if one.name != ASIDE:
            one.rename(kept / one.name)
    log.warning(
        "a pattern begins anew: its state cannot be gone on from", pattern=root.name, reason=why, kept=str(kept)
    )


def told_anew(where: str) -> str:
    """When and why the job last began anew, in words; empty where it did not within the last days."""
    root = folder(where)
    notes = sorted(root.glob(f"{ASIDE}/*/{WHY}")) if root is not None else []
    if not notes or time.time() - notes[-1].stat().st_mtime > TOLD_DAYS * 86_400:
        return ""
    return f"{notes[-1].parent.name}: {notes[-1].read_text()}"
