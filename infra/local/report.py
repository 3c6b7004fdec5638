"""What the supervisor writes down about its services, once a second: ``<data>/run/stack.json``.

``crossbeat status`` reads it. The truth of "is it running" is the lock (``hold.py``), not this file.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from infra.local.service import State
from streams.settings import ENDPOINTS

if TYPE_CHECKING:
    from infra.local.stack import Stack

FILE = Path("run") / "stack.json"


class ServiceReport(BaseModel):
    """One service: ``seconds`` is how long it took to become healthy; ``rss_mb`` is filled in by who reads."""

    name: str
    state: State
    address: str
    seconds: float | None = None
    pid: int | None = None
    restarts: int = 0
    detail: str = ""
    log: str = ""
    rss_mb: int | None = None


class StackReport(BaseModel):
    """The whole stack. ``updated_at`` in seconds since the epoch."""

    pid: int
    updated_at: float
    ready: bool
    services: list[ServiceReport]


def describe(stack: Stack) -> list[ServiceReport]:
    """How each service stands, those of the user's included."""
    inside = [
        ServiceReport(
            name=service.name,
            state=service.state,
            address=service.address,
            seconds=None if service.seconds is None else round(service.seconds, 1),
            pid=service.child.pid if service.child and service.child.alive else None,
            restarts=service.restarts,
            detail=service.detail,
            log=str(service.place.log(service.name)),
        )
        for service in stack.services
    ]
    addresses = {
        "kafka": stack.configured.kafka.bootstrap,
        "registry": stack.configured.registry.url,
        "clickhouse": f"{stack.configured.clickhouse.host}:{stack.configured.clickhouse.http_port}",
    }
    outside = [ServiceReport(name=name, state=State.YOURS, address=addresses[name]) for name in stack.outside]
    return inside + outside


def write(stack: Stack) -> None:
    """Replace the file."""
    file = stack.configured.data / FILE
    scratch = file.with_suffix(f".{os.getpid()}")
    report = StackReport(pid=os.getpid(), updated_at=time.time(), ready=stack.ready, services=describe(stack))
    scratch.write_text(report.model_dump_json())
    scratch.replace(file)


def read(data: Path) -> StackReport | None:
    """What was last written, if anything."""
    try:
        return StackReport.model_validate_json((data / FILE).read_text())
    except FileNotFoundError:
        return None


def remove(data: Path) -> None:
    """Forget a stack that has ended: its addresses answer no more."""
    (data / FILE).unlink(missing_ok=True)
    (data / ENDPOINTS).unlink(missing_ok=True)
