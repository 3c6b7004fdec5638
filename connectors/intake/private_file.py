"""TOML files that only their owner may read: mode 0600, replaced whole, never half written."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connectors.intake.errors import BadFile


def read(path: Path) -> dict[str, Any]:
    """What the file says; empty when there is none.

    Raises:
        BadFile: others may read it, or it is no TOML.
    """
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise BadFile(f"{path} can be read by others: chmod 600 it, and make new keys if they may have been")
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # The parser's own words could quote a key.
        raise BadFile(f"{path} is no TOML: mend it, or restore it from a backup") from error


def write(path: Path, body: Mapping[str, Any]) -> None:
    """Replace the file; it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("\n".join(_lines(body)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file against other processes while it is read and written again."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sync_folder(folder: Path) -> None:
    """Make sure that a file which was made or renamed in the folder is found there after a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(body: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """TOML of plain values first, then of tables. JSON's texts, numbers and arrays are TOML's."""
    for name, value in body.items():
        if not isinstance(value, Mapping):
            yield f"{name} = {json.dumps(value, ensure_ascii=False)}"
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield f"\n[{prefix}{name}]"
            yield from _lines(value, f"{prefix}{name}.")
