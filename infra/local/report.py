"""What the supervisor writes down about its services, once a second: ``<data>/run/stack.json``.

``crossbeat status`` reads it. The truth of "is it running" is the lock (``hold.py``), not this file.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from streams.settings import ENDPOINTS

if TYPE_CHECKING:
    from infra.local.stack import Stack

FILE = Path("run") / "stack.json"


def describe(stack: Stack) -> list[dict[str, object]]:
    """Each service: name, state, address, seconds until healthy, pid, restarts, detail, log."""
    inside: list[dict[str, object]] = [
        {
            "name": service.name,
            "state": str(service.state),
            "address": service.address,
            "seconds": None if service.seconds is None else round(service.seconds, 1),
            "pid": service.child.pid if service.child and service.child.alive else None,
            "restarts": service.restarts,
            "detail": service.detail,
            "log": str(service.place.log(service.name)),
        }
        for service in stack.services
    ]
    addresses = {
        "kafka": stack.configured.kafka.bootstrap,
        "registry": stack.configured.registry.url,
        "clickhouse": f"{stack.configured.clickhouse.host}:{stack.configured.clickhouse.http_port}",
    }
    outside: list[dict[str, object]] = [
        {"name": name, "state": "yours", "address": addresses[name], "pid": None, "restarts": 0, "detail": ""}
        for name in stack.outside
    ]
    return inside + outside


def write(stack: Stack) -> None:
    """Replace the file."""
    file = stack.configured.data / FILE
    scratch = file.with_suffix(f".{os.getpid()}")
    body = {"pid": os.getpid(), "updated_at": time.time(), "ready": stack.ready, "services": describe(stack)}
    scratch.write_text(json.dumps(body))
    scratch.replace(file)


def read(data: Path) -> dict[str, object]:
    """What was last written; empty when there is nothing."""
    try:
        return dict(json.loads((data / FILE).read_text()))
    except FileNotFoundError:
        return {}


def remove(data: Path) -> None:
    """Forget a stack that has ended: its addresses answer no more."""
    (data / FILE).unlink(missing_ok=True)
    (data / ENDPOINTS).unlink(missing_ok=True)
