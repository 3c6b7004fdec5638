"""Where the files of districts and agreements are looked for."""

from __future__ import annotations

from pathlib import Path

from infra.districts.files import BadFiles, Files, load

DISTRICTS, AGREEMENTS = Path("connectors/districts"), Path("infra/agreements")


def read(districts: Path | None, agreements: Path | None) -> Files:
    """The files of both folders; where one is not named, that of the working directory, if there is any.

    Raises:
        BadFiles: a named folder does not exist, or a file has a mistake.
    """
    return load(_found(districts, DISTRICTS, "--districts"), _found(agreements, AGREEMENTS, "--agreements"))


def _found(named: Path | None, usual: Path, option: str) -> Path | None:
    if named is None:
        return usual if usual.is_dir() else None
    if not named.is_dir():
        raise BadFiles(f"{named} is no folder: give {option} another")
    return named
