"""Where the files of districts and agreements are looked for."""

from __future__ import annotations

from pathlib import Path

from infra.districts.files import DISTRICT, BadFiles, Files, load

DISTRICTS, AGREEMENTS = Path("connectors/districts"), Path("infra/agreements")


def read(districts: Path | None, agreements: Path | None) -> Files:
    """The files of both folders; where one is not named, that of the working directory, if it holds any.

    An empty folder that is named says that there is to be none; one that is not named says nothing.

    Raises:
        BadFiles: a named folder does not exist, or a file has a mistake.
    """
    return load(
        _found(districts, DISTRICTS, f"*/{DISTRICT}", "--districts"),
        _found(agreements, AGREEMENTS, "*.toml", "--agreements"),
    )


def _found(named: Path | None, usual: Path, files: str, option: str) -> Path | None:
    if named is None:
        return usual if any(usual.glob(files)) else None
    if not named.is_dir():
        raise BadFiles(f"{named} is no folder: give {option} another")
    return named
