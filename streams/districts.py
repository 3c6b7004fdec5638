"""The districts that take part: a folder with ``<district>.toml`` and ``<district>.geojson`` each.

A district's ``number`` is given once, when it joins, and never again: the partition of the shared topic is worked out
from it. The folder is the truth; every worker reads it and looks again when its modification time has changed
(:class:`Roster`), so that a district may join while all is running.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")
# First words of other topics, and words that mean something in a release: a district must not be mistaken for them.
RESERVED = frozenset({"all", "alert", "backfill", "dead", "group", "late", "link", "rejected", "shared", "to"})


class BadDistrict(ValueError):
    """A district's name, title, area or file is not as it must be; the message says what to change."""


@dataclass(frozen=True, slots=True)
class District:
    """One district: its name in topics and records, its title for people, its number, and the ground it covers."""

    name: str
    title: str
    number: int
    area: BaseGeometry | None
    """Polygon or MultiPolygon in degrees, longitude first (EPSG:4326); none when it gave no area."""


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
    return {district.name: district for district in sorted(found, key=lambda district: district.number)}


def join(folder: Path, name: str, title: str, area: BaseGeometry | None) -> District:
    """Let a district join, or renew its title and area; its number stays. The same call again changes nothing.

    Safe to call from several processes at once: a lock file in the folder is held meanwhile.
    """
    check_name(name)
    if not title.isprintable():
        raise BadDistrict(f"district {name}: the title holds a control character: leave it out")
    _check_area(name, area)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        known = load_all(folder)
        before = known.get(name)
        number = before.number if before else 1 + max((other.number for other in known.values()), default=-1)
        district = District(name, title, number, area)
        if before is None or before.title != title or not _same_area(before.area, area):
            _save(folder, district)
    return district


class Roster:
    """The districts of a folder, read again only when the folder has changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.districts: dict[str, District] = {}
        self._stamp = -1
        self.refresh()

    def refresh(self) -> bool:
        """Look at the folder; true when the districts are not those of the last look."""
        # The time is taken before the files are read: a change in between is seen at the next look.
        stamp = self.folder.stat().st_mtime_ns if self.folder.is_dir() else 0
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        before, self.districts = self.districts, load_all(self.folder)
        return before != self.districts


def _load(path: Path) -> District:
    name = check_name(path.stem)
    try:
        body = tomllib.loads(path.read_text())
        if body["name"] != name:
            raise BadDistrict(f"{path.name}: name is {body['name']!r}: make it the file's name")
        area_path = path.with_suffix(".geojson")
        area = _read_area(area_path.read_text()) if area_path.exists() else None
        _check_area(name, area)
        return District(name, str(body["title"]), int(body["number"]), area)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, shapely.errors.ShapelyError) as error:
        raise BadDistrict(f"{path.name}: {error!r}: mend the file, or let the district join again") from error


def _read_area(text: str) -> BaseGeometry:
    body = json.loads(text)
    if body.get("type") == "FeatureCollection":
        (body,) = body["features"]
    return shape(body["geometry"] if body.get("type") == "Feature" else body)


def _check_area(name: str, area: BaseGeometry | None) -> None:
    if area is None:
        return
    if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty:
        raise BadDistrict(f"district {name}: its area is a {area.geom_type}: give one polygon or multipolygon")
    west, south, east, north = area.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise BadDistrict(f"district {name}: its area is not in degrees: give longitude and latitude (EPSG:4326)")


def _same_area(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(one.equals_exact(other, 0.0))


def _save(folder: Path, district: District) -> None:
    area_path = folder / f"{district.name}.geojson"
    if district.area is None:
        area_path.unlink(missing_ok=True)
    else:
        feature = {
            "type": "Feature",
            "properties": {"name": district.name, "title": district.title},
            "geometry": mapping(district.area),
        }
        _replace(area_path, json.dumps(feature))
    # The .toml last: a district exists when it does. A JSON string is a TOML string for printable text.
    title = json.dumps(district.title, ensure_ascii=False)
    body = f'name = "{district.name}"\ntitle = {title}\nnumber = {district.number}\n'
    _replace(folder / f"{district.name}.toml", body)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text)
    temporary.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
