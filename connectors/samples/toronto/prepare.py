"""Make one Parquet file and the areas from the tables of the package; done once, kept in the cache."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import structlog

from connectors.samples.toronto.areas import write_areas
from connectors.samples.toronto.fetch import LOCK, fetch

MAPPING = Path(__file__).parent / "mapping.toml"
ZONE = "America/Toronto"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the sample is: the file, its mapping, and the areas that the mapping names."""

    file: Path
    mapping: Path
    areas: Path


def prepare(cache: Path) -> Sample:
    """The sample, fetched and prepared in ``<cache>/samples/toronto``. Raises ``FetchError`` without a network."""
    root = cache / "samples" / "toronto"
    # What is prepared depends on the package and on this code: either changed, it is made anew.
    made_by = hashlib.sha256(
        b"".join(path.read_bytes() for path in (LOCK, Path(__file__), Path(__file__).parent / "areas.py"))
    )
    folder = root / made_by.hexdigest()[:12]
    sample = Sample(folder / "toronto.parquet", folder / "toronto.toml", folder / "districts.geojson")
    if not sample.file.exists():
        tables = fetch(root / "package")
        folder.mkdir(parents=True, exist_ok=True)
        incidents = with_districts(read_tables(tables))
        names = sorted(incidents["district"].unique().to_list(), key=lambda name: int(name.removeprefix("ps")))
        write_areas(incidents, {name: f"Station {name.removeprefix('ps')}" for name in names}, sample.areas)
        half = sample.file.with_suffix(".part")
        incidents.sort("occurred_at", maintain_order=True).write_parquet(half)
        half.replace(sample.file)
        log.info("prepared the Toronto sample", rows=incidents.height, districts=len(names))
    shutil.copyfile(MAPPING, sample.mapping)
    return sample


def read_tables(tables: list[Path]) -> pl.DataFrame:
    """The incidents with a time on the local clock: the file's date is local midnight, written in UTC."""
    rows = pl.concat([pl.read_csv(table, infer_schema=False) for table in tables])
    midnight = pl.col("occurrencedate").str.to_datetime("%Y/%m/%d %H:%M:%S%#z", time_unit="ms", time_zone="UTC")
    day = midnight.dt.convert_time_zone(ZONE).dt.replace_time_zone(None)
    return rows.select(
        (day + pl.duration(hours=pl.col("occurrencehour").cast(pl.Int64))).alias("occurred_at"),
        pl.col("MCI").alias("offence"),
        pl.col("premises_type").alias("premises"),
        pl.col("Neighbourhood").alias("neighbourhood"),
        pl.col("Lat").cast(pl.Float64).alias("lat"),
        pl.col("Long").cast(pl.Float64).alias("lon"),
        pl.col("PS_Id").cast(pl.Int64).alias("station"),
    )


def with_districts(incidents: pl.DataFrame) -> pl.DataFrame:
    """Put ``district`` in place of ``station``: one for each neighbourhood; see the package's docstring."""
    named = (
        incidents.filter(pl.col("station") != 0)
        .group_by("neighbourhood", "station")
        .len()
        .sort(["neighbourhood", "len", "station"], descending=[False, True, False])
        .group_by("neighbourhood", maintain_order=True)
        .agg(pl.col("station").first())
    )
    centres = incidents.group_by("neighbourhood").agg(pl.col("lat").mean(), pl.col("lon").mean())
    centres = centres.join(named, on="neighbourhood", how="left").sort("neighbourhood")
    known = centres.filter(pl.col("station").is_not_null())
    stations = dict(named.iter_rows())
    for name, lat, lon, _ in centres.filter(pl.col("station").is_null()).iter_rows():
        # Degrees of longitude are about 0.72 of those of latitude at this latitude.
        away = ((pl.col("lat") - lat) ** 2 + ((pl.col("lon") - lon) * 0.72) ** 2).alias("away")
        stations[name] = known.sort(away)["station"][0]
    station = pl.col("neighbourhood").replace_strict(stations, return_dtype=pl.Int64)
    return incidents.with_columns(pl.format("ps{}", station).alias("district")).drop("station")
