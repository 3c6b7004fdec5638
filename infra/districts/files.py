"""The files that people write: ``<folder>/<district>/district.toml``, ``area.geojson`` and mappings; agreements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from streams import toml_file
from streams.agreements import Agreement
from streams.district_area import BadDistrict, read_area
from streams.district_file import DistrictFile
from streams.districts import check_name

DISTRICT, AREA = "district.toml", "area.geojson"


class BadFiles(ValueError):
    """Some file cannot be used; the message has a line for each mistake."""


@dataclass(frozen=True, slots=True)
class Written:
    """One district as its folder says."""

    said: DistrictFile
    area: BaseGeometry | None
    folder: Path


@dataclass(frozen=True, slots=True)
class Files:
    """All districts and agreements that are written down, by name; none where no folder was read."""

    districts: dict[str, Written] | None
    agreements: dict[str, Agreement] | None


def load(districts: Path | None, agreements: Path | None) -> Files:
    """Read both folders. None instead of a folder: nothing is said of that kind, and what is live of it stays.

    Raises:
        BadFiles: with every mistake of every file, each with file, line and key.
    """
    problems: list[str] = []
    written: dict[str, Written] = {}
    for path in sorted(districts.glob(f"*/{DISTRICT}")) if districts else ():
        try:
            written[path.parent.name] = read(path.parent)
        except BadFiles as error:
            problems.append(str(error))
    agreed: dict[str, Agreement] = {}
    for path in sorted(agreements.glob("*.toml")) if agreements else ():
        try:
            agreed[path.stem] = toml_file.read(path, Agreement)
        except toml_file.BadFile as error:
            problems.append(str(error))
    problems += _numbers(written)
    if problems:
        raise BadFiles("\n".join(problems))
    return Files(written if districts else None, agreed if agreements else None)


def read(folder: Path) -> Written:
    """The district of a folder.

    Raises:
        BadFiles: with each of its mistakes.
    """
    try:
        said = toml_file.read(folder / DISTRICT, DistrictFile)
    except toml_file.BadFile as error:
        raise BadFiles(str(error)) from error
    problems = []
    area = None
    try:
        check_name(said.name)
        if (folder / AREA).exists():
            area = read_area(folder / AREA, said.name)
    except BadDistrict as error:
        problems.append(f"{folder / DISTRICT}: {error}")
    if said.name != folder.name:
        problems.append(f'{folder / DISTRICT}: name: is "{said.name}": make it the folder\'s, "{folder.name}"')
    for name in said.mappings:
        if not (folder / name).is_file():
            problems.append(f"{folder / DISTRICT}: mappings: there is no {name} beside it: write it, or leave it out")
    if problems:
        raise BadFiles("\n".join(problems))
    return Written(said, area, folder)


def _numbers(written: dict[str, Written]) -> list[str]:
    """Two files must not say the same number."""
    seen: dict[int, str] = {}
    problems = []
    for name, one in written.items():
        number = one.said.number
        if number is not None and seen.setdefault(number, name) != name:
            problems.append(f"{one.folder / DISTRICT}: number: {number} is {seen[number]}'s too: leave one out")
    return problems
