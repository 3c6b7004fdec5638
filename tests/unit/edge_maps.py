"""A mapping that works, changed as a test needs it, and rows for it. Shared by the tests of the edge."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from connectors.files import open_rows
from connectors.mapping import Mapped, Mapper, Mapping, load

PLAIN = """\
title = "test"

[district]
fixed = "north"

[id]
template = "{district}:{number}"

[time]
column = "when"
zone = "America/Toronto"

[place]
lat = "lat"
lon = "lon"

[fields.offence]
column = "kind"
codes = { "B&E" = "burglary", "Rob" = "robbery" }

[release]
to = ["all"]
purposes = ["prevention"]
"""
NOW_MS = 1_790_000_000_000
GOOD = {"number": "1", "when": "2024-03-07 18:00", "kind": "B&E", "lat": "43.66", "lon": "-79.39"}


def mapping(folder: Path, text: str = PLAIN, **sections: str) -> Mapping:
    """Load a mapping; ``time='…'`` puts that body in place of the section's."""
    for key, body in sections.items():
        name = key.replace("__", ".")
        parts = text.split(f"[{name}]\n")
        tail = parts[1].partition("\n\n[")[2] if len(parts) > 1 else ""
        text = f"{parts[0]}[{name}]\n{body}\n\n" + (f"[{tail}" if tail else "")
    path = folder / "mapping.toml"
    path.write_text(text)
    return load(path)


def apply(made: Mapping, *rows: dict[str, object]) -> Mapped:
    """Map rows given as dictionaries of local columns; what is not given is as in ``GOOD``."""
    full = [{**GOOD, **row} for row in rows]
    frame = pl.DataFrame(full, infer_schema_length=None).with_row_index("__row", offset=1)
    return Mapper(made, NOW_MS)(frame.with_columns(pl.col("__row").cast(pl.Int64)))


def one(made: Mapping, **row: object) -> dict[str, object]:
    """The record of a single row, which must not be rejected."""
    mapped = apply(made, row)
    assert not mapped.rejected, mapped.rejected
    return mapped.records.row(0, named=True)


def map_file(
    made: Mapping, path: Path, chunk_rows: int = 1000
) -> tuple[list[dict[str, object]], list[tuple[int, str]]]:
    """Map a whole file: the records, and row and message of what was rejected."""
    mapper = Mapper(made, NOW_MS)
    opened = open_rows(path, made.spec, 0, chunk_rows)
    mapper.check_header(opened.columns, path)
    mapped = [mapper(chunk) for chunk in opened.chunks]
    records = [row for part in mapped for row in part.records.iter_rows(named=True)]
    return records, [(rejection.row, rejection.message) for part in mapped for rejection in part.rejected]


def squares(path: Path, **corners: tuple[float, float, float, float]) -> Path:
    """A GeoJSON with a rectangle (west, south, east, north) for each name."""
    features = [
        {
            "type": "Feature",
            "properties": {"area": name},
            "geometry": {"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]},
        }
        for name, (w, s, e, n) in corners.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path
