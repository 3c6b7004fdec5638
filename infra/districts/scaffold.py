"""The first files of a district, with comments that say what each key is for; and a sample that can be sent at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template

from shapely.geometry.base import BaseGeometry

from infra.districts import ground
from infra.districts.files import AREA, DISTRICT, BadFiles, Written, read
from streams.district_area import to_geojson
from streams.districts import check_name

SAMPLE, MAPPING = "incidents.csv", "incidents.toml"
TEMPLATES = Path(__file__).parent / "templates"
KINDS = (("B&E", "DWELLING"), ("ROBBERY", "STREET"), ("AUTO THEFT", "STREET"))
ROWS = 6


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a newcomer says of a district."""

    name: str
    title: str
    area: BaseGeometry
    zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    groups: tuple[str, ...] = ()
    release_to: tuple[str, ...] = ("all",)
    purposes: tuple[str, ...] = ("prevention", "investigation")
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def write(folder: Path, wishes: Wishes) -> Written:
    """Write ``<folder>/<name>/`` and read it back.

    Raises:
        BadFiles: there is a file of that district already, or what was wished is not allowed.
        BadDistrict: the name cannot name a district.
    """
    home = folder / check_name(wishes.name)
    if (home / DISTRICT).exists():
        raise BadFiles(f"{home / DISTRICT} exists: edit it, or choose another name")
    home.mkdir(parents=True, exist_ok=True)
    values = {
        "name": wishes.name,
        "title": _text(wishes.title),
        "zone": wishes.zone,
        "languages": _list(wishes.languages),
        "groups": _list(wishes.groups),
        "release_to": _list(wishes.release_to),
        "purposes": _list(wishes.purposes),
    }
    for file in (DISTRICT, MAPPING):
        text = Template((TEMPLATES / file).read_text(encoding="utf-8")).substitute(values)
        (home / file).write_text(text, encoding="utf-8")
    (home / AREA).write_text(to_geojson(wishes.name, wishes.title, wishes.area) + "\n", encoding="utf-8")
    (home / SAMPLE).write_text(_sample(wishes), encoding="utf-8")
    try:
        return read(home)
    except BadFiles:
        # Not left half made: the same command with other answers may follow.
        for file in (DISTRICT, MAPPING, AREA, SAMPLE):
            (home / file).unlink()
        raise


def _sample(wishes: Wishes) -> str:
    """Some made-up incidents of the last days, inside the area."""
    places = ground.points(wishes.area, ROWS)
    lines = ["CASE_NO,REPORTED,OCC_DATE,OCC_HOUR,TYPE,PREMISES,LATITUDE,LONGITUDE"]
    for number, (lat, lon) in enumerate(places):
        day = wishes.now - timedelta(days=2 + ROWS - number)
        kind, premises = KINDS[number % len(KINDS)]
        reported = day + timedelta(days=1)
        lines.append(
            f"{day:%Y}-{number + 1:05},{reported:%Y-%m-%d} 09:12,{day:%Y-%m-%d},{(18 + number) % 24:02},"
            f"{kind},{premises},{lat},{lon}"
        )
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A JSON string is a TOML string for printable text."""
    return json.dumps(text, ensure_ascii=False)


def _list(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(_text(name) for name in names) + "]"
