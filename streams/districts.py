"""The districts that take part: a folder with ``<district>.toml`` and ``<district>.geojson`` each.

A district's ``number`` is given once, when it joins, and never again: the partition of the shared topic is worked out
from it. One that leaves is set aside in ``left/``, and has its number again should it come back. The folder is the
truth; every worker reads it and looks again when a file of it has changed (:class:`Roster`), so that a district may
join while all is running.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import tomli_w
from shapely.geometry.base import BaseGeometry

from streams import toml_file
from streams.district_area import BadDistrict, check_area, read_area, to_geojson
from streams.district_file import RECEIVES, DistrictFile, JoinedFile, Quota, ReleaseDefaults, purposes

__all__ = ["BadDistrict", "District", "Roster", "check_name", "join", "load_all", "put", "remove"]

LEFT = "left"
NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")
# First words of other topics, and words that mean something in a release: a district must not be mistaken for them.
RESERVED = frozenset(
    {"all", "alert", "backfill", "dead", "group", "late", "link", "rejected", "series", "shared", "to"}
)


_SAID = tuple(name for name in DistrictFile.model_fields if name != "number")


@dataclass(frozen=True, slots=True)
class District:
    """One district: its name in topics and records, its title for people, its number, and the ground it covers.

    What follows these is explained in :class:`streams.district_file.DistrictFile`.
    """

    name: str
    title: str
    number: int
    area: BaseGeometry | None
    """Polygon or MultiPolygon in degrees, longitude first (EPSG:4326); none when it gave no area."""
    languages: tuple[str, ...] = ()
    contacts: Mapping[str, str] = field(default_factory=dict, hash=False)
    groups: tuple[str, ...] = ()
    purposes: tuple[str, ...] = field(default_factory=purposes)
    receives: tuple[str, ...] = RECEIVES
    retention: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Record type to days, where its records are to go sooner than their contract says."""
    release: ReleaseDefaults | None = None
    quota: Quota = field(default_factory=Quota)
    mappings: tuple[str, ...] = ()
    managed: bool = False
    """Whether it joined by a file of its own (`crossbeat apply`), and so leaves when that file is gone."""

    @classmethod
    def of(cls, said: DistrictFile, number: int, area: BaseGeometry | None, managed: bool = False) -> District:
        """The district of a file."""
        body = {name: getattr(said, name) for name in _SAID}
        return cls(number=number, area=area, managed=managed, **body)

    @property
    def file(self) -> DistrictFile:
        """What it says of itself, as in its file, without its number."""
        return DistrictFile(**{name: getattr(self, name) for name in _SAID})


def check_name(name: str) -> str:
    """Return the name, or raise :class:`BadDistrict` when no topic could be called by it."""
    if not NAME.fullmatch(name):
        raise BadDistrict(f"district name {name!r}: use 2 to 31 of a-z, 0-9 and -, a letter first")
    if name in RESERVED:
        raise BadDistrict(f"district name {name!r} is reserved: choose another")
    return name


def load_all(folder: Path) -> dict[str, District]:
    """Every district in the folder, by name, in the order of their numbers. A missing folder holds none."""
    found = [_load(path) for path in folder.glob("*.toml")] if folder.is_dir() else []
    there = sorted((one for one in found if one is not None), key=lambda district: district.number)
    return {district.name: district for district in there}


def join(folder: Path, name: str, title: str, area: BaseGeometry | None) -> District:
    """Let a district join, or renew its title and area; all else stays. The same call again changes nothing.

    Safe to call from several processes at once: a lock file in the folder is held meanwhile.
    """
    return _put(folder, DistrictFile(name=check_name(name), title=_check_title(name, title)), area, whole=False)


def put(folder: Path, said: DistrictFile, area: BaseGeometry | None) -> District:
    """Let a district join, or renew all that it says of itself. Safe as :func:`join` is.

    Its number stays unless the file says one.

    Raises:
        BadDistrict: the file says a number that another has or had.
    """
    check_name(said.name)
    return _put(folder, said, area, whole=True)


def remove(folder: Path, name: str) -> None:
    """Let a district leave. Its files are set aside: its number is given to nobody else.

    Raises:
        BadDistrict: none of that name takes part.
    """
    with _locked(folder):
        if name not in load_all(folder):
            raise BadDistrict(f"district {name} does not take part: see `crossbeat district list`")
        aside = folder / LEFT
        aside.mkdir(exist_ok=True)
        # The .toml first: without it the district is none.
        (folder / f"{name}.toml").replace(aside / f"{name}.toml")
        area = folder / f"{name}.geojson"
        if area.exists():
            area.replace(aside / area.name)


def _put(folder: Path, said: DistrictFile, area: BaseGeometry | None, *, whole: bool) -> District:
    check_area(said.name, area)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        known, left = load_all(folder), load_all(folder / LEFT)
        before = known.get(said.name)
        numbers = {name: other.number for name, other in (left | known).items()}
        number = numbers.get(said.name, 1 + max(numbers.values(), default=-1)) if said.number is None else said.number
        for name, other in numbers.items():
            if other == number and name != said.name:
                raise BadDistrict(f"district {said.name}: number {number} is {name}'s: leave `number` out of its file")
        district = District.of(said, number, area, managed=whole)
        if before is not None and not whole:
            district = replace(before, title=said.title, area=area)
        if before != district:
            _save(folder, district)
        for path in (folder / LEFT).glob(f"{said.name}.*"):
            path.unlink()
    return district


Stamp = frozenset[tuple[str, int, int]]


class Roster:
    """The districts of a folder, read again only when the folder has changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.districts: dict[str, District] = {}
        self._stamp: Stamp | None = None
        self.refresh()

    def refresh(self) -> bool:
        """Look at the folder; true when the districts are not those of the last look."""
        # It is taken before the files are read: a change in between is seen at the next look.
        stamp = stamp_of(self.folder)
        if stamp == self._stamp:
            return False
        before, self.districts = self.districts, load_all(self.folder)
        self._stamp = stamp
        return before != self.districts


def stamp_of(folder: Path) -> Stamp:
    """Name, time of change and size of each file of a folder: another stamp says that something has changed."""
    if not folder.is_dir():
        return frozenset()
    found = set()
    for path in folder.iterdir():
        # One that goes meanwhile is seen to be gone at the next look.
        with suppress(FileNotFoundError):
            if not path.name.startswith(".") and path.is_file():
                about = path.stat()
                found.add((path.name, about.st_mtime_ns, about.st_size))
    return frozenset(found)


def _load(path: Path) -> District | None:
    """The district of a file; none when the file went since it was listed."""
    name = check_name(path.stem)
    try:
        said = toml_file.read(path, JoinedFile)
    except toml_file.BadFile as error:
        if not path.exists():
            return None
        raise BadDistrict(f"{error}: mend the file, or run `crossbeat apply`") from error
    if said.name != name:
        raise BadDistrict(f"{path.name}: name is {said.name!r}: make it the file's name")
    area_path = path.with_suffix(".geojson")
    area = read_area(area_path, name) if area_path.exists() else None
    return District.of(said, said.number, area, said.managed)


def _check_title(name: str, title: str) -> str:
    if not title.isprintable():
        raise BadDistrict(f"district {name}: the title holds a control character: leave it out")
    return title


def _save(folder: Path, district: District) -> None:
    area_path = folder / f"{district.name}.geojson"
    if district.area is None:
        area_path.unlink(missing_ok=True)
    else:
        _replace(area_path, to_geojson(district.name, district.title, district.area))
    # The .toml last: a district exists when it does.
    body = JoinedFile(**dict(district.file) | {"number": district.number}, managed=district.managed)
    said = body.model_dump(exclude_defaults=True, exclude_none=True)
    _replace(folder / f"{district.name}.toml", tomli_w.dumps(said))


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text)
    temporary.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
