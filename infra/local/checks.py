"""What is looked at before a start, and by ``crossbeat doctor``: platform, memory, disk."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import psutil

from infra.local import parts
from infra.local.errors import DiskFull, MemoryShort, WrongPlatform
from infra.local.workers import ON_CAUSE
from streams.settings import Settings

# MiB that each takes at work, above the heaps and limits that the settings name (measured, see infra/README.md)
OVERHEAD_MB = {
    "kafka": 250,
    "registry": 150,
    "clickhouse": 300,
    "gate": 300,
    "jobs": 900,
    "catchup": 150,
    "loader": 250,
    "quality": 350,
    "guard": 120,
}
DATA_MB = 1_024  # least free disk for a new data folder


def needed_mb(settings: Settings, names: Sequence[str]) -> int:
    """Memory that ``names`` may take together, in MiB; not what runs only for a cause (some 110 for each intake)."""
    limits = {
        "kafka": settings.embedded.kafka_heap_mb,
        "registry": settings.embedded.registry_heap_mb,
        "clickhouse": settings.embedded.clickhouse_memory_mb,
        "jobs": settings.flink.heap_mb,
    }
    return sum(OVERHEAD_MB[name] + limits.get(name, 0) for name in names if name not in ON_CAUSE)


def platform() -> None:
    """Fail on a machine for which nothing is pinned."""
    if parts.here() != "linux-x86_64":
        raise WrongPlatform(
            f"the embedded stack is pinned for linux-x86_64, this machine is {parts.here()}",
            "run it on such a machine, or point the settings at Kafka, registry and ClickHouse of yours",
        )


def memory(settings: Settings, names: Sequence[str]) -> None:
    """Fail when less memory is available than three quarters of the most that the services may take."""
    need, have = needed_mb(settings, names) * 3 // 4, psutil.virtual_memory().available >> 20
    if have < need:
        raise MemoryShort(
            f"{have} MB of memory available, about {need} MB needed for {', '.join(names)}",
            "end other programs, start fewer parts (--only, --without), or lower embedded.*_mb and flink.heap_mb",
        )


def disk(folder: Path) -> None:
    """Fail when the data folder has no room to work in."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free >> 20
    if free < DATA_MB:
        raise DiskFull(
            f"{free} MB free on the disk of {folder}, {DATA_MB} MB needed at least",
            "free some, or set CROSSBEAT_DATA_DIR to a larger disk",
        )


def before_start(settings: Settings, servers: Sequence[str], workers: Sequence[str]) -> None:
    """All of them."""
    if servers:
        platform()
    disk(settings.data)
    memory(settings, [*servers, *workers])
