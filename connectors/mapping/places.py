"""Coordinates of a file to degrees on WGS 84."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl
import pyproj

from connectors.mapping.draft import Draft
from connectors.mapping.spec import Place


def read(draft: Draft, place: Place, optional: bool = False) -> None:
    """Put ``lat`` and ``lon`` (degrees) into the draft and mark rows without a usable point.

    With ``optional`` a row that names no point at all is good, and both are null.
    """
    first, second = (place.lat, place.lon) if place.epsg is None else (place.y, place.x)
    lat, bad_lat = draft.number(first or "", place.decimal)
    lon, bad_lon = draft.number(second or "", place.decimal)
    none = lat.is_null() & lon.is_null() & ~bad_lat & ~bad_lon if optional else None
    for column, field, bad, value in ((first, "lat", bad_lat, lat), (second, "lon", bad_lon, lon)):
        text = draft.text(column or "")
        draft.reject(bad, "bad_place", field, f"column {column} is no number: mend the row, or see place.decimal", text)
        missing = value.is_null() & ~bad
        missing = missing if none is None else missing & ~none
        draft.reject(missing, "bad_place", field, f"column {column} is empty: a record needs a point; mend the row")
    nowhere = ((lat == 0) & (lon == 0)).fill_null(False)
    draft.reject(nowhere, "bad_place", None, "the point is 0, 0, which files write for an unknown place: mend the row")
    if place.epsg is not None:
        lon, lat = _unproject(place.epsg, lon, lat)
        if none is not None:
            lon, lat = lon.set(none, None), lat.set(none, None)
        lost = ~lat.is_finite().fill_null(True)
        draft.reject(lost, "bad_place", None, f"the point is outside of EPSG:{place.epsg}: is the number right?")
    for field, value, limit in (("lat", lat, 90.0), ("lon", lon, 180.0)):
        beyond = (value.abs() > limit).fill_null(False)
        hint = "are lat and lon exchanged, or the coordinates projected (x, y, epsg)?"
        draft.reject(beyond, "bad_place", field, f"{field} is beyond {limit:.0f} degrees: {hint}", value)
    draft.out["lat"], draft.out["lon"] = lat, lon


def nowhere(draft: Draft) -> None:
    """Put no place into the draft, for a record that may lack it."""
    draft.out["lat"] = draft.out["lon"] = pl.Series("", [None], dtype=pl.Float64).new_from_index(0, len(draft))


def _unproject(epsg: int, x: pl.Series, y: pl.Series) -> tuple[pl.Series, pl.Series]:
    lon, lat = _transformer(epsg).transform(x.fill_null(np.nan).to_numpy(), y.fill_null(np.nan).to_numpy())
    return pl.Series(lon).fill_nan(float("inf")), pl.Series(lat).fill_nan(float("inf"))


@lru_cache
def _transformer(epsg: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(f"EPSG:{epsg}", "EPSG:4326", always_xy=True)
