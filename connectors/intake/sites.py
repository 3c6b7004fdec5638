"""Who may send: sites and devices, each with API keys of which only hashes are kept.

``keys.toml`` (mode 0600) has a table ``[site.<name>]`` for each: ``hashes``, ``kinds`` (record types that it may send),
``rate_per_s`` and ``burst`` where it has its own, and ``[site.<name>.fields]``, which are put into each of its records
that lacks them. Release and grading can be set only there: a device does not decide who sees what it sent.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.intake import private_file
from connectors.intake.errors import BadFile

KINDS = ("online_report", "camera_event")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
# A key has 256 random bits, so that one fast hash protects it as well as a slow one.
KEY_BYTES = 32


class Site(BaseModel):
    """One site or device."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(exclude=True)
    hashes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    rate_per_s: float | None = Field(None, gt=0)
    burst: int | None = Field(None, ge=1)
    fields: Mapping[str, Any] = Field(default_factory=dict)


class Sites:
    """The sites of a file, read again when it changes, so that a key is good or revoked without a restart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version = 0
        """Grows with each change that was read."""
        self._stamp: tuple[int, int] | None = None
        self._by_hash: dict[str, Site] = {}
        self.refresh()

    def refresh(self) -> None:
        """Look whether the file has changed. Raises :class:`BadFile` as :func:`load` does; what was known stays."""
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return
        sites = load(self.path)
        self._by_hash = {one: site for site in sites.values() for one in site.hashes}
        self._stamp = stamp
        self.version += 1

    @property
    def some(self) -> bool:
        """Whether any site has a key."""
        return bool(self._by_hash)

    def of(self, key: str) -> Site | None:
        """The site with that key. It is looked up by its hash, so that the time tells nothing of keys."""
        return self._by_hash.get(digest(key))


def digest(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def load(path: Path) -> dict[str, Site]:
    """Every site, by name.

    Raises:
        BadFile: others may read the file, or it says something that it cannot mean.
    """
    found = {}
    for name, body in private_file.read(path).get("site", {}).items():
        try:
            site = found[name] = Site.model_validate({**body, "name": name})
        except (ValidationError, TypeError) as error:
            raise BadFile(f"{path}: site {name} has a setting that is unknown or not as it must be") from error
        if not NAME.fullmatch(name) or not set(site.kinds) <= set(KINDS):
            raise BadFile(f"{path}: site {name}: a name is 1 to 31 of a-z, 0-9, -; kinds are {', '.join(KINDS)}")
    return found


def add(
    path: Path,
    name: str,
    kinds: Sequence[str] = KINDS,
    fields: Mapping[str, Any] | None = None,
    *,
    replace: bool = False,
) -> str:
    """Give a site a new key, and return it: it is kept nowhere. Older keys stay good unless ``replace``.

    Raises:
        BadFile: the name or a kind cannot be, or the file cannot be used.
    """
    if not NAME.fullmatch(name) or not kinds or not set(kinds) <= set(KINDS):
        raise BadFile(f"site {name!r}: a name is 1 to 31 of a-z, 0-9, -; kinds are {', '.join(KINDS)}")
    key = f"cb_{secrets.token_urlsafe(KEY_BYTES)}"
    with private_file.locked(path):
        sites = load(path)
        before = sites.get(name, Site(name=name))
        hashes = (() if replace else before.hashes) + (digest(key),)
        changes = {"hashes": hashes, "kinds": tuple(kinds), "fields": {**before.fields, **(fields or {})}}
        sites[name] = before.model_copy(update=changes)
        _save(path, sites)
    return key


def remove(path: Path, name: str) -> bool:
    """Revoke every key of a site and forget it; false when there is none of that name."""
    with private_file.locked(path):
        sites = load(path)
        if sites.pop(name, None) is None:
            return False
        _save(path, sites)
    return True


def _save(path: Path, sites: Mapping[str, Site]) -> None:
    bodies = {name: site.model_dump(exclude_none=True) for name, site in sorted(sites.items())}
    private_file.write(path, {"site": bodies})


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
