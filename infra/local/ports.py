"""Which ports to listen on: those of the settings, else those of the last run, else free ones.

Free ones are taken below the range from which the kernel gives out ports to outgoing connections. A client that
retries on a port of that range while its server is down can be connected to itself, and then holds the port.
"""

from __future__ import annotations

import json
import random
import socket
import urllib.request
from http import HTTPStatus
from pathlib import Path

from infra.local.errors import PortTaken

HOST = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_000
MEMORY = "ports.json"


def serves(url: str, timeout_s: float = 2.0) -> bool:
    """Whether a server gives that page, with status 200."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as response:  # noqa: S310 - from settings
            return bool(response.status == HTTPStatus.OK)
    except (OSError, ValueError):
        return False


def free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: old connections don't count
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def choose(wanted: dict[str, int], folder: Path) -> dict[str, int]:
    """A port for each name; 0 means any. ``folder`` remembers what was given, so that addresses seldom change.

    Raises:
        PortTaken: a port that a setting names is in use.
    """
    memory = folder / MEMORY
    last: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else {}
    given: dict[str, int] = {}
    for name, port in wanted.items():
        given[name] = fixed(name, port)
    for name, port in wanted.items():
        taken = set(given.values())
        if not port:
            before = last.get(name, 0)
            given[name] = before if before and before not in taken and free(before) else _any(taken)
    folder.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps({**last, **given}))
    return given


def fixed(name: str, port: int) -> int:
    """The port that a setting names, or 0 for any, once it is known to be free.

    Raises:
        PortTaken: it is not.
    """
    if port and not free(port):
        raise PortTaken(
            f"port {port} ({name}) is in use by another program",
            f"end that program, or set CROSSBEAT_EMBEDDED__{name.upper()}_PORT to another port, or to 0 for any",
        )
    return port


def _any(taken: set[int]) -> int:
    for _ in range(1_000):
        port = random.randrange(LOWEST, HIGHEST)  # noqa: S311 - no secret
        if port not in taken and free(port):
            return port
    raise PortTaken(f"no free port between {LOWEST} and {HIGHEST}", "set the ports in the settings (embedded.*_port)")
