"""Read the files of districts as they will be used, mappings and all, and name every mistake."""

from __future__ import annotations

from pathlib import Path

from connectors.mapping import MappingError, load
from infra.districts.files import DISTRICT, BadFiles, Written, read


def folder(districts: Path, name: str | None = None) -> dict[str, list[str]]:
    """Each district of a folder, or the one that is named, and its mistakes; one without mistakes has an empty list."""
    found: dict[str, list[str]] = {}
    for path in sorted(districts.glob(f"{name or '*'}/{DISTRICT}")):
        found[path.parent.name] = problems = []
        try:
            mappings(read(path.parent))
        except (BadFiles, MappingError) as error:
            problems += str(error).splitlines()
    return found


def mappings(written: Written) -> None:
    """Read each mapping that a district names.

    Raises:
        MappingError: with the mistakes of the first that has any, or when it fills the topics of another district.
    """
    for name in written.said.mappings:
        mapping = load(written.folder / name)
        if others := [district for district in mapping.districts if district != written.said.name]:
            raise MappingError(f"{name}: district: it is a mapping of {', '.join(others)} too: give each its own")
