"""The shared stream's incidents as the reference wants them, and its pairs as rows of the link contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl

from jobs.columns import OFFSET, PARTITION, Columns, read_topic
from jobs.patterns.linked_incidents.reference import Incidents, Pairs, midpoint
from schemas import contracts
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

PATTERN: Final = "linked_incidents"
NEEDED: Final = (
    "record_id",
    "revision",
    "category",
    "district",
    "occurred_from",
    "lat",
    "lon",
    "visible_to",
    "retracted",
)


def read_shared(
    settings: Settings,
    match_on: tuple[str, ...] = ("category",),
    registry: Registry | None = None,
    ends: dict[int, int] | None = None,
) -> Incidents:
    """All committed incidents of the shared stream, from its start to ``ends`` (default: where it ends now).

    Of each record id the latest revision; none after a tombstone, or where that took the record back. Some 150
    bytes are held for each record.
    """
    return to_incidents(standing(read_columns(settings, match_on, registry, ends)), match_on)


def read_columns(
    settings: Settings,
    match_on: tuple[str, ...] = ("category",),
    registry: Registry | None = None,
    ends: dict[int, int] | None = None,
    account: str = "",
) -> Columns:
    """The columns that pairs need of every record of the shared stream, all revisions."""
    contract = contracts.get("incident")
    wanted = list(dict.fromkeys((*NEEDED, *match_on)))
    topic = contract.topic("shared").name
    registry = registry or ConfluentRegistry(settings)
    return read_topic(settings, registry, topic, contract.avro("shared"), wanted, ends=ends, account=account)


def latest(read: Columns) -> pl.DataFrame:
    """One row a record id: its highest revision (of copies the first), unless a tombstone came after it.

    Of two with one revision, the one that takes the record back is the later.
    """
    rows = read.records.sort("revision", "retracted", OFFSET, descending=[True, True, False]).unique(
        "record_id", keep="first"
    )
    if read.tombstones.height == 0:
        return rows
    # A record stays in one partition, so its offsets tell which came first.
    gone = read.tombstones.group_by(pl.col("key").alias("record_id"), PARTITION).agg(pl.col(OFFSET).max().alias("gone"))
    joined = read.records.join(gone, on=["record_id", PARTITION], how="left")
    alive = joined.filter(pl.col("gone").is_null() | (pl.col(OFFSET) > pl.col("gone"))).drop("gone")
    return latest(Columns(alive, read.tombstones.clear(), read.ends))


def standing(read: Columns) -> pl.DataFrame:
    """The latest of each record id, without those that were taken back."""
    return latest(read).filter(~pl.col("retracted"))


def to_incidents(rows: pl.DataFrame, match_on: tuple[str, ...] = ("category",)) -> Incidents:
    """Rows with the columns of the shared contract as the arrays of the reference."""
    # One text for each distinct reader set: a set is shared by thousands of records.
    match = rows.select(pl.concat_str([*match_on, pl.lit("")], separator="\n")).to_series()
    readers = rows["visible_to"].list.join(" ")
    sets = readers.unique().sort()
    return Incidents(
        record_id=rows["record_id"].to_numpy().astype(object),
        revision=rows["revision"].cast(pl.Int64).to_numpy(),
        category=rows["category"].to_numpy().astype(object),
        district=rows["district"].to_numpy().astype(object),
        occurred_from=rows["occurred_from"].cast(pl.Int64).to_numpy(),
        lat=rows["lat"].to_numpy(),
        lon=rows["lon"].to_numpy(),
        match=match.rank("dense").cast(pl.Int64).to_numpy(),
        visible=sets.search_sorted(readers).cast(pl.Int64).to_numpy() if rows.height else np.empty(0, np.int64),
        visible_sets=tuple(tuple(sorted(names.split())) for names in sets.to_list()),
    )


def link_id(a_record_id: str, b_record_id: str) -> str:
    """The name of a pair whose smaller record id (by bytes) is ``a``."""
    return f"{a_record_id}~{b_record_id}"


def link_rows(incidents: Incidents, pairs: Pairs) -> Iterator[dict[str, Any]]:
    """Pairs as records of the link contract; timestamps are milliseconds."""
    it, a, b = incidents, pairs.a, pairs.b
    lat, lon = midpoint(it.lat[a], it.lon[a], it.lat[b], it.lon[b])
    shared: dict[tuple[int, int], list[str]] = {}
    for row, (i, j) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        both = (int(it.visible[i]), int(it.visible[j]))
        if both not in shared:
            one, other = (set(it.visible_sets[side]) for side in both)
            shared[both] = sorted(one & other)
        yield {
            "link_id": link_id(it.record_id[i], it.record_id[j]),
            "pattern": PATTERN,
            "category": it.category[i],
            "a_record_id": it.record_id[i],
            "b_record_id": it.record_id[j],
            "a_revision": int(it.revision[i]),
            "b_revision": int(it.revision[j]),
            "a_district": it.district[i],
            "b_district": it.district[j],
            "a_occurred_from": int(it.occurred_from[i]),
            "b_occurred_from": int(it.occurred_from[j]),
            "a_lat": float(it.lat[i]),
            "a_lon": float(it.lon[i]),
            "b_lat": float(it.lat[j]),
            "b_lon": float(it.lon[j]),
            "lat": float(lat[row]),
            "lon": float(lon[row]),
            "metres": float(pairs.metres[row]),
            "hours": float(pairs.hours[row]),
            "visible_to": shared[both],
            "retracted": False,
            "prior_visible_to": [],
        }
