"""Attach where records lie: cells near them, districts near them, and in whose area they are; for all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from streams.codec import Record
from streams.districts import District
from streams.gate.areas import Areas
from streams.gate.near_cells import NearCells
from streams.gate.options import Gate

NOWHERE: Record = {"h3_9": None, "near_cells": (), "near_districts": (), "place_district": None}


class Placing:
    """Works out place keys against the districts that are known now."""

    def __init__(self, options: Gate, districts: Mapping[str, District]) -> None:
        self._options = options
        self._near_cells = NearCells(options.reach_m)
        self.know(districts)

    def know(self, districts: Mapping[str, District]) -> None:
        """Work by these districts from now on."""
        self._areas = Areas(list(districts.values()), self._options.reach_m, self._options.outside_m)

    def __call__(self, records: Sequence[Record], owners: Sequence[str]) -> list[bool]:
        """Attach the place keys to records that have a point or may have one; for each whether it lies far outside."""
        at = [index for index, record in enumerate(records) if record["lat"] is not None]
        outside = [False] * len(records)
        if len(at) < len(records):
            for record in records:
                if record["lat"] is None:
                    record.update(NOWHERE)
        if not at:
            return outside
        lat = np.array([records[index]["lat"] for index in at])
        lon = np.array([records[index]["lon"] for index in at])
        own, near = self._near_cells.of(lat, lon)
        others, holders, far = self._areas.locate(lat, lon, [owners[index] for index in at])
        for index, cell, cells, names, holder, is_far in zip(at, own, near, others, holders, far.tolist(), strict=True):
            record = records[index]
            record["h3_9"], record["near_cells"] = cell, cells
            record["near_districts"], record["place_district"] = names, holder
            outside[index] = is_far
        return outside
