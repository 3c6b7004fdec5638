"""Let the districts of a mapping join, without taking from one what an earlier mapping or its own people gave it."""

from __future__ import annotations

from pathlib import Path

from connectors.mapping import Mapping
from streams import districts
from streams.districts import District


def join_districts(mapping: Mapping, folder: Path) -> list[District]:
    """Join each district that the mapping names, in its order; a known one keeps area and title if none is given."""
    known = districts.load_all(folder)
    joined = []
    for name, title in mapping.districts.items():
        before = known.get(name)
        area = mapping.areas.polygons.get(name) or (before.area if before else None)
        kept = before.title if before is not None and title == name else title
        joined.append(districts.join(folder, name, kept, area))
    return joined
