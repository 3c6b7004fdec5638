"""The ground of a new district: a box, a circle, or a GeoJSON file of its own."""

from __future__ import annotations

import shapely
from pyproj import Geod
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

CORNERS = 48
# About a metre: an outline needs no more, and reads better.
DECIMALS = 5


class BadGround(ValueError):
    """What was given is no ground; the message says how to write it."""


def of_box(text: str) -> BaseGeometry:
    """``WEST,SOUTH,EAST,NORTH`` in degrees.

    Raises:
        BadGround: it is not that.
    """
    west, south, east, north = _numbers(text, 4, "--bbox", "WEST,SOUTH,EAST,NORTH in degrees")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BadGround(f"--bbox {text}: give WEST,SOUTH,EAST,NORTH in degrees, west before east, south before north")
    return box(west, south, east, north)


def of_circle(text: str) -> BaseGeometry:
    """``LAT,LON,KM``: a circle about a point, of so many km in radius.

    Raises:
        BadGround: it is not that.
    """
    lat, lon, km = _numbers(text, 3, "--circle", "LAT,LON,KM")
    if not (-85 <= lat <= 85 and -180 <= lon <= 180 and 0 < km <= 500):
        raise BadGround(f"--circle {text}: give LAT,LON in degrees (latitude first) and a radius of 500 km at most")
    turns = [360 * number / CORNERS for number in range(CORNERS)]
    away = [km * 1_000] * CORNERS
    east, north, _ = Geod(ellps="WGS84").fwd([lon] * CORNERS, [lat] * CORNERS, turns, away)
    if max(east) - min(east) > 180:
        raise BadGround(
            f"--circle {text}: it crosses the 180th meridian: give --area, two polygons in one multipolygon"
        )
    return shapely.set_precision(Polygon(zip(east, north, strict=True)), 10**-DECIMALS)


def points(area: BaseGeometry, count: int) -> list[tuple[float, float]]:
    """So many points inside, the same each time: latitude and longitude."""
    west, south, east, north = area.bounds
    found: list[tuple[float, float]] = []
    number = 0
    while len(found) < count:
        number += 1
        # Halton's sequence: spread evenly, and no two alike.
        x, y = west + (east - west) * _spread(number, 2), south + (north - south) * _spread(number, 3)
        if shapely.contains_xy(area, x, y):
            found.append((round(y, DECIMALS), round(x, DECIMALS)))
    return found


def _spread(number: int, base: int) -> float:
    found, part = 0.0, 1.0
    while number:
        part /= base
        found += part * (number % base)
        number //= base
    return found


def _numbers(text: str, count: int, option: str, how: str) -> list[float]:
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != count:
        raise BadGround(f"{option} {text}: give {how}")
    return found
