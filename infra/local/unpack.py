"""Unpack an archive once: into a folder beside, renamed when whole, with the checksums of what it holds.

The archive is deleted afterwards (it would double the cache); ``manifest.json`` in the folder keeps each file's
SHA-256, by which ``crossbeat doctor`` tells a damaged cache.
"""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from pathlib import Path

from infra.local.fetch import digest

MANIFEST = "manifest.json"


def unpack(archive: Path, folder: Path) -> None:
    """Unpack ``archive`` (tar, gzip) as ``folder``; refuse members that point outside it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unpack-"))
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        found = [file for file in sorted(scratch.rglob("*")) if file.is_file()]
        sums = {str(file.relative_to(scratch)): digest(file) for file in found}
        (scratch / MANIFEST).write_text(json.dumps(sums, indent=1))
        scratch.replace(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)  # gone already when all went well
    archive.unlink()


def damaged(folder: Path) -> list[str]:
    """Files of an unpacked folder that are missing or not what they were."""
    manifest = folder / MANIFEST
    if not manifest.exists():
        return [MANIFEST]
    sums: dict[str, str] = json.loads(manifest.read_text())
    return [name for name, sha in sums.items() if not (folder / name).is_file() or digest(folder / name) != sha]
