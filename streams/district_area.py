"""The ground of a district: one polygon or multipolygon in degrees, in a GeoJSON file."""

from __future__ import annotations

import json
from pathlib import Path

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry


class BadDistrict(ValueError):
    """A district's name, title, area or file is not as it must be; the message says what to change."""


def read_area(path: Path, name: str) -> BaseGeometry:
    """The ground of a district: a GeoJSON geometry, feature, or collection of one feature, in degrees.

    Raises:
        BadDistrict: the file holds no one polygon or multipolygon.
    """
    try:
        area = _read_area(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
        raise BadDistrict(f"{path}: cannot be read as one GeoJSON polygon: {error}") from error
    check_area(name, area)
    return area


def _read_area(text: str) -> BaseGeometry:
    body = json.loads(text)
    if body.get("type") == "FeatureCollection":
        (body,) = body["features"]
    return shape(body["geometry"] if body.get("type") == "Feature" else body)


def check_area(name: str, area: BaseGeometry | None) -> None:
    """Raise :class:`BadDistrict` for what is no ground of a district; none at all is allowed."""
    if area is None:
        return
    if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty:
        raise BadDistrict(f"district {name}: its area is a {area.geom_type}: give one polygon or multipolygon")
    west, south, east, north = area.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise BadDistrict(f"district {name}: its area is not in degrees: give longitude and latitude (EPSG:4326)")


def to_geojson(name: str, title: str, area: BaseGeometry) -> str:
    """The text of a GeoJSON feature with that ground."""
    properties = {"name": name, "title": title}
    return json.dumps({"type": "Feature", "properties": properties, "geometry": mapping(area)})
