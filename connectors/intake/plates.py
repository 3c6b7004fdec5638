"""Plates become keyed tokens here, and secret names of contents too. The keys never leave the district.

``secret.toml`` (mode 0600) holds ``identity``, by which record ids are made from contents, ``current``, the number of
the plate key in use, and ``[plates]`` with each key by its number: an old one stays, for look-outs made with it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from connectors.intake import private_file
from connectors.intake.errors import BadFile

LEAST, MOST = 2, 12
KEY_BYTES = 32


def normalised(plate: str) -> str | None:
    """The plate as every camera should have read it: letters and digits only, capitals, no full-width forms.

    None when no plate is left, or too much of one.
    """
    if len(plate) > 4 * MOST:
        return None
    kept = "".join(one for one in unicodedata.normalize("NFKC", plate).upper() if one.isalnum())
    return kept if LEAST <= len(kept) <= MOST else None


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secret keys of one district. They never print."""

    identity: bytes = field(repr=False)
    number: int
    plate_key: bytes = field(repr=False)

    def token(self, plate: str) -> str | None:
        """The contract's ``vehicle_token`` of a plate; None when it is none."""
        kept = normalised(plate)
        if kept is None:
            return None
        return f"k{self.number}:{hmac.new(self.plate_key, kept.encode(), hashlib.sha256).hexdigest()}"

    def name(self, *parts: bytes) -> str:
        """32 hexadecimal digits that are the same for the same parts, and tell nothing of them without the key."""
        told = hmac.new(self.identity, digestmod=hashlib.sha256)
        for part in parts:
            told.update(len(part).to_bytes(4, "big") + part)
        return told.hexdigest()[:32]


def load(path: Path) -> Secrets:
    """The secret keys, made at first use.

    Raises:
        BadFile: others may read the file, or it lacks a key.
    """
    with private_file.locked(path):
        body = private_file.read(path)
        if not body:
            key, identity = secrets.token_hex(KEY_BYTES), secrets.token_hex(KEY_BYTES)
            body = {"identity": identity, "current": 1, "plates": {"1": key}}
            private_file.write(path, body)
    try:
        number = int(body["current"])
        found = Secrets(bytes.fromhex(body["identity"]), number, bytes.fromhex(body["plates"][str(number)]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadFile(f"{path} lacks identity, current or the plate key of that number: restore it") from error
    if not 0 <= number <= 9_999 or min(len(found.identity), len(found.plate_key)) < KEY_BYTES:
        raise BadFile(f"{path} has a key shorter than {KEY_BYTES} bytes, or a number above 9999: restore it")
    return found


def rotate(path: Path) -> int:
    """Make a new plate key and use it from now on; its number. Look-outs made with the old one need a token anew."""
    load(path)
    with private_file.locked(path):
        body = private_file.read(path)
        number = 1 + max(int(one) for one in body["plates"])
        body |= {"current": number, "plates": body["plates"] | {str(number): secrets.token_hex(KEY_BYTES)}}
        private_file.write(path, body)
    return number
