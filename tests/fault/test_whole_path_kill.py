"""From a district's file to ClickHouse with everything killed on the way: the counts are those of the file.

Flink, the gate, the loader and the broker are killed with ``kill -9``, each while records flow. What must come out is
worked out here from the file alone, by a loop that shares no code with the platform.
"""

from __future__ import annotations

import csv
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from clickhouse_connect.driver.exceptions import ClickHouseError
from shapely.geometry import box, mapping

from connectors.loader.store import connect
from jobs.columns import read_topic
from schemas import contracts
from streams.registry import ConfluentRegistry
from streams.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]
ROWS, BAD, TWICE = 14_000, 40, 60
RATE = 300
LAT, LON, SIDE = 51.0, 7.0, 0.04
NAMES = ("kill-nw", "kill-ne", "kill-sw", "kill-se")
OFFENCES = {"einbruch": "burglary", "raub": "robbery"}
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
# After how many landed rows each is killed. The broker last: what waited for its return lands in one go.
KILLS = {"jobs": 2_000, "gate": 4_500, "loader": 7_000, "kafka": 9_500}
MAPPING = """
title = "a made-up city"
[districts]
areas = "areas.geojson"
property = "name"
[district]
column = "beat"
[id]
template = "{district}:{no}"
[time]
column = "at"
format = "%Y-%m-%dT%H:%M:%S"
zone = "UTC"
precision = "minute"
[place]
lat = "lat"
lon = "lon"
[fields.offence]
column = "what"
codes = { einbruch = "burglary", raub = "robbery" }
[release]
to = ["all"]
purposes = ["prevention"]
[grading]
source = "reliable"
information = "A"
statement = "fact"
"""
Row = dict[str, str]


def city(folder: Path) -> tuple[Path, list[Row]]:
    """Four districts that meet in a point, a file of theirs in order of time, some rows bad, some twice."""
    rng = random.Random(11)
    areas = [box(LON - SIDE, LAT, LON, LAT + SIDE), box(LON, LAT, LON + SIDE, LAT + SIDE)]
    areas += [box(LON - SIDE, LAT - SIDE, LON, LAT), box(LON, LAT - SIDE, LON + SIDE, LAT)]
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": mapping(area)}
        for name, area in zip(NAMES, areas, strict=True)
    ]
    (folder / "areas.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (folder / "city.toml").write_text(MAPPING)
    rows: list[Row] = []
    at = BEGAN
    for number in range(ROWS - TWICE):
        at += timedelta(minutes=rng.choice((30, 60, 90)))
        lat, lon = LAT + rng.gauss(0, 0.012), LON + rng.gauss(0, 0.012)
        lat, lon = min(max(lat, LAT - SIDE), LAT + SIDE), min(max(lon, LON - SIDE), LON + SIDE)
        beat = NAMES[(lat < LAT) * 2 + (lon >= LON)]
        what = rng.choice(tuple(OFFENCES)) if number >= BAD else "unbekannt"
        rows.append(
            {"no": str(number), "beat": beat, "at": f"{at:%Y-%m-%dT%H:%M:%S}", "lat": f"{lat:.6f}", "lon": f"{lon:.6f}"}
            | {"what": what}
        )
    for _ in range(TWICE):
        index = rng.randrange(BAD, len(rows))
        rows.insert(index + 1, rows[index])
    with (folder / "city.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder / "city.csv", rows


def expected_links(rows: list[Row]) -> set[str]:
    """Pairs by definition: a window that slides over the file in order of time, and the haversine."""
    seen: set[str] = set()
    window: list[tuple[datetime, Row, float, float]] = []
    links = set()
    for row in rows:
        if row["what"] not in OFFENCES or row["no"] in seen:
            continue
        seen.add(row["no"])
        at, lat, lon = datetime.fromisoformat(row["at"]), float(row["lat"]), float(row["lon"])
        window = [one for one in window if at - one[0] <= timedelta(days=14)]
        for _, other, other_lat, other_lon in window:
            if other["beat"] == row["beat"] or other["what"] != row["what"] or abs(lat - other_lat) > 0.004:
                continue
            p, q = math.radians(lat), math.radians(other_lat)
            half = math.sin((p - q) / 2) ** 2
            half += math.cos(p) * math.cos(q) * math.sin(math.radians(lon - other_lon) / 2) ** 2
            if 2 * 6_371_008.8 * math.asin(math.sqrt(half)) <= 400:
                links.add("~".join(sorted((f"{row['beat']}:{row['no']}", f"{other['beat']}:{other['no']}"))))
        window.append((at, row, lat, lon))
    return links


def kill(stack: Any, name: str) -> None:
    """Kill a service as a crash would: of the jobs, the JVM that is Flink."""
    service = next(one for one in stack.services if one.name == name)
    victim = psutil.Process(service.child.pid)
    if name == "jobs":
        victim = next(one for one in victim.children() if "java" in one.name())
    os.kill(victim.pid, signal.SIGKILL)


def count(settings: Settings, sql: str) -> int:
    """A number from ClickHouse; nought while it does not answer."""
    with suppress(ClickHouseError, OSError):
        return int(connect(settings).command(sql))
    return 0


def test_counts_are_those_of_the_file_whatever_is_killed(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    file, rows = city(tmp_path)
    wanted = expected_links(rows)
    assert len(wanted) > 1_000, "too few pairs to prove anything"
    stack = fresh_stack(workers=("gate", "jobs", "catchup", "loader"))
    settings = stack.start()
    began = time.monotonic()
    while not stack.ready:
        stack.watch()
        assert time.monotonic() - began < 150, "the workers did not start"
        time.sleep(0.2)

    command = [sys.executable, "-m", "infra.cli", "backfill", str(file), "--mapping", str(tmp_path / "city.toml")]
    environment = {**os.environ, "CROSSBEAT_DATA_DIR": str(settings.data)}
    log = (tmp_path / "backfill.log").open("w")
    backfill = subprocess.Popen([*command, "--rate", str(RATE)], env=environment, stdout=log, stderr=log)
    left = dict(KILLS)
    while True:
        time.sleep(0.3)
        stack.watch()
        assert time.monotonic() - began < 500, f"not done: {(tmp_path / 'backfill.log').read_text()[-500:]}"
        if backfill.poll() is not None and backfill.returncode != 0:
            # The broker died under it: the same command goes on from the last committed chunk.
            backfill = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        landed = count(settings, "SELECT uniqExact(record_id) FROM incidents")
        for name, after in list(left.items()):
            if landed >= after:
                assert landed < ROWS - BAD - TWICE, f"{name} was to be killed while records flow"
                kill(stack, name)
                del left[name]
        if left or backfill.poll() != 0 or landed < ROWS - BAD - TWICE:
            continue
        if count(settings, "SELECT uniqExact(link_id) FROM links") >= len(wanted):
            break
    log.close()

    restarts = {service.name: service.restarts for service in stack.services}
    assert all(restarts[name] >= 1 for name in KILLS), restarts
    assert count(settings, "SELECT count() FROM incidents FINAL") == ROWS - BAD - TWICE
    wait_until(stack, lambda: count(settings, "SELECT count() FROM rejections FINAL") == BAD + TWICE)
    link = contracts.get("link")
    read = read_topic(settings, ConfluentRegistry(settings), "link.v1", link.avro("result"), ["link_id"])
    committed = read.records["link_id"].to_list()
    assert len(committed) == len(set(committed)), "a pair was committed twice"
    assert set(committed) == wanted
    assert count(settings, "SELECT count() FROM links FINAL") == len(wanted)


def wait_until(stack: Any, condition: Callable[[], bool], limit_s: float = 60) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        stack.watch()
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.2)
