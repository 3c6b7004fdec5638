"""How a stack stands: its services as the supervisor last wrote, and what each worker counts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import psutil
from pydantic import BaseModel

from infra.local import report
from infra.local.hold import holder
from infra.local.intakes import PREFIX
from infra.local.process import resident_bytes
from infra.local.service import State
from infra.local.workers import WORKERS
from streams import metrics
from streams.settings import Settings

STALE_S = 5.0
UP = {State.HEALTHY, State.YOURS}


class Status(BaseModel):
    """What ``crossbeat status --json`` prints. ``counters`` by worker; memory in MiB, shared pages in each.

    ``failed_patterns`` failed and wait for their next turn; records and the other patterns go on meanwhile.
    ``begun_anew`` says of patterns that could not go on from their state when and why they began anew.
    ``set_aside`` says who met messages that it could not read, and how many: the rest flows, so that is no ill health.
    """

    data: Path
    running: bool
    healthy: bool
    pid: int | None = None
    services: list[report.ServiceReport] = []
    rss_mb: int = 0
    ports: dict[str, int] = {}
    counters: dict[str, dict[str, object]] = {}
    failed_patterns: list[str] = []
    begun_anew: dict[str, str] = {}
    set_aside: dict[str, int] = {}
    note: str = ""


def resident_mb(pid: int) -> int:
    """Memory of a process and all below it, in MiB."""
    return resident_bytes(pid) >> 20


def counters(data: Path) -> dict[str, dict[str, object]]:
    """What each worker last wrote, with ``age_s``: how long ago."""
    found: dict[str, dict[str, object]] = {}
    intakes = sorted(path.stem for path in (data / "run").glob(f"{PREFIX}*.json"))
    for name in [*WORKERS, *intakes]:
        numbers = metrics.read(name, data)
        if numbers:
            updated = numbers.get("updated_at")
            age = time.time() - updated if isinstance(updated, int | float) else None
            found[name] = {**numbers, "age_s": None if age is None else round(age, 1)}
    return found


def failed_patterns(counted: Mapping[str, Mapping[str, object]]) -> list[str]:
    """The patterns whose job failed and was not yet begun again, by what the jobs process counts."""
    return sorted(
        key.removesuffix(".state")
        for key, value in counted.get("jobs", {}).items()
        if key.endswith(".state") and value == "failed"
    )


def begun_anew(counted: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """When and why patterns began anew within the last days, by what the jobs process counts."""
    return {
        key.removesuffix(".anew"): str(value)
        for key, value in sorted(counted.get("jobs", {}).items())
        if key.endswith(".anew")
    }


def set_aside(counted: Mapping[str, Mapping[str, object]]) -> dict[str, int]:
    """Messages of our own topics that could not be read, since each process began: by gate, loader or pattern."""
    found = {
        "gate": counted.get("gate", {}).get("undecodable"),
        "loader": counted.get("loader", {}).get("refused"),
    } | {
        key.removesuffix(".undecodable"): value
        for key, value in counted.get("jobs", {}).items()
        if key.endswith(".undecodable")
    }
    return {name: int(number) for name, number in sorted(found.items()) if isinstance(number, int | float) and number}


def look(settings: Settings) -> Status:
    """The status of the stack on the data folder of ``settings``."""
    data = settings.data
    pid, written = holder(data), report.read(data)
    if pid is None:
        note = "its last supervisor was killed: `crossbeat up` recovers all data" if written else ""
        return Status(data=data, running=False, healthy=False, counters=counters(data), note=note)
    if written is None or written.pid != pid:
        return Status(data=data, running=True, healthy=False, pid=pid, note="it has just begun to start")
    for service in written.services:
        service.rss_mb = resident_mb(service.pid) if service.pid else None
    counted = counters(data)
    failed = failed_patterns(counted)
    stale = time.time() - written.updated_at
    note = f"its supervisor has not looked for {stale:.0f} s" if stale > STALE_S and written.ready else ""
    return Status(
        data=data,
        running=True,
        healthy=written.ready and not note and all(one.state in UP for one in written.services) and not failed,
        pid=pid,
        services=written.services,
        rss_mb=sum(service.rss_mb or 0 for service in written.services) + resident_own(pid),
        ports=ports_of(settings),
        counters=counted,
        failed_patterns=failed,
        begun_anew=begun_anew(counted),
        set_aside=set_aside(counted),
        note=note,
    )


def resident_own(pid: int) -> int:
    """Memory of the supervisor alone, in MiB."""
    try:
        return int(psutil.Process(pid).memory_info().rss >> 20)
    except psutil.NoSuchProcess:
        return 0


def ports_of(settings: Settings) -> Mapping[str, int]:
    """The ports in use, by name, from the endpoints."""
    found = {}
    for name, address in (("kafka", settings.kafka.bootstrap), ("registry", settings.registry.url)):
        port = address.removeprefix("http://").partition("/")[0].rpartition(":")[2]
        if port.isdigit():
            found[name] = int(port)
    if settings.clickhouse.host:
        found |= {"clickhouse_http": settings.clickhouse.http_port, "clickhouse_tcp": settings.clickhouse.tcp_port}
    return found
