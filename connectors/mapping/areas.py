"""The ground of the districts: polygons from GeoJSON, and which of them a point lies in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from connectors.mapping.problems import MappingError
from connectors.mapping.spec import Districts
from streams.toml_file import nearest


@dataclass(frozen=True, slots=True)
class Areas:
    """The polygons by district, in the order of the file, and the titles that the file gives."""

    polygons: dict[str, BaseGeometry] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def find(self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """For each point the index of the first polygon that holds it or has it on its edge, -1 for none."""
        found = np.full(len(lon), -1, dtype=np.int64)
        for index, polygon in enumerate(self.polygons.values()):
            west, south, east, north = polygon.bounds
            near = np.flatnonzero((found < 0) & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
            found[near[shapely.intersects_xy(polygon, lon[near], lat[near])]] = index
        return found


def read_areas(path: Path, districts: Districts) -> Areas:
    """Read a GeoJSON FeatureCollection; features of one district are joined. Raises :class:`MappingError`."""
    try:
        features = json.loads(path.read_text())["features"]
    except OSError as error:
        raise MappingError(f"areas {path}: cannot be read: {error.strerror}; see districts.areas or --areas") from error
    except (ValueError, KeyError, TypeError) as error:
        raise MappingError(f"areas {path}: not a GeoJSON FeatureCollection") from error
    parts: dict[str, list[BaseGeometry]] = {}
    titles: dict[str, str] = {}
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") or {}
        if districts.property not in properties:
            raise MappingError(
                f"areas {path.name}: feature {number} has no property districts.property"
                f" = {districts.property!r}{nearest(districts.property, properties)}"
            )
        value = str(properties[districts.property])
        name = districts.names.get(value, value)
        try:
            parts.setdefault(name, []).append(shapely.make_valid(shape(feature["geometry"])))
        except (KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
            raise MappingError(f"areas {path.name}: feature {number} ({value}) has no readable geometry") from error
        titles.setdefault(name, str(properties.get(districts.title_property or "", name)))
    polygons = {name: _polygonal(shapely.union_all(several)) for name, several in parts.items()}
    for name, polygon in polygons.items():
        if polygon.is_empty:
            raise MappingError(f"areas {path.name}: {name} has no polygon, only lines or points")
        shapely.prepare(polygon)
    return Areas(polygons, titles)


def _polygonal(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons only: repairing an outline can leave stray lines."""
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        return geometry
    parts = [part for part in getattr(geometry, "geoms", ()) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts)
