"""Turn the end of a service into words: what its log says, read for the usual causes."""

from __future__ import annotations

from infra.local.errors import DiskFull, MemoryShort, PortTaken, StackError, StartFailed
from infra.local.service import Service

SIGNS: tuple[tuple[tuple[str, ...], type[StackError], str, str], ...] = (
    (
        ("Address already in use", "BindException"),
        PortTaken,
        "another program took its port",
        "start again: free ports are chosen anew; if a setting names the port (embedded.*_port), change it",
    ),
    (
        ("No space left on device", "NOT_ENOUGH_SPACE"),
        DiskFull,
        "the disk is full",
        "free some, or set CROSSBEAT_DATA_DIR to a larger disk",
    ),
    (
        ("OutOfMemoryError", "MEMORY_LIMIT_EXCEEDED", "Cannot allocate memory", "insufficient memory"),
        MemoryShort,
        "it ran out of memory",
        "end other programs, or change its limit (CROSSBEAT_EMBEDDED__KAFKA_HEAP_MB and the like)",
    ),
)


def diagnose(service: Service) -> StackError:
    """The error for a service that ended while it started."""
    said = service.child.said() if service.child else ""
    log = service.place.log(service.name)
    for words, kind, what, todo in SIGNS:
        if any(word in said for word in words):
            return kind(f"{service.name} {service.detail}: {what}", f"{todo}; its log: {log}")
    if "SIGKILL" in service.detail:
        return MemoryShort(
            f"{service.name} {service.detail}, which is what a machine short of memory does",
            f"end other programs or give the machine more memory; its log: {log}",
        )
    return StartFailed(f"{service.name} {service.detail} while it started:\n{said}", f"read its log: {log}")
