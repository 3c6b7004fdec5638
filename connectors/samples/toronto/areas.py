"""The ground of each district of the sample: the H3 cells in which its incidents lie, dissolved to polygons."""

from __future__ import annotations

import json
from pathlib import Path

import h3
import polars as pl

RESOLUTION = 9
"""Cells of about 0.1 km² each."""


def write_areas(incidents: pl.DataFrame, titles: dict[str, str], path: Path) -> None:
    """Write a GeoJSON with a feature for each district; a cell that two districts share is the majority's."""
    points = incidents.group_by("lat", "lon", "district").len().sort("lat", "lon", "district")
    rows = points.iter_rows()
    cells = [h3.latlng_to_cell(lat, lon, RESOLUTION) for lat, lon, _, _ in rows]
    owners = (
        points.with_columns(pl.Series("cell", cells))
        .group_by("cell", "district")
        .agg(pl.col("len").sum())
        .sort(["cell", "len", "district"], descending=[False, True, False])
        .group_by("cell", maintain_order=True)
        .first()
    )
    features = []
    for name, title in titles.items():
        owned = owners.filter(pl.col("district") == name)["cell"].to_list()
        shape = h3.cells_to_h3shape(owned)
        features.append(
            {
                "type": "Feature",
                "properties": {"district": name, "title": title},
                "geometry": shape.__geo_interface__,
            }
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
