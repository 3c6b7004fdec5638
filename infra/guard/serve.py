"""The guard as a process: its socket, its counts, its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket

import structlog

from connectors import serving
from infra.guard.app import App
from infra.guard.engine import Engine
from infra.guard.judge import Open
from streams.metrics import Meter
from streams.settings import Settings

CONNECTIONS = 256
GRACE_S = 5
log = structlog.get_logger()


class CannotServe(RuntimeError):
    """The guard cannot start; the message says what to set."""


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        CannotServe: it cannot start.
    """
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    options = settings.guard
    _check(settings)
    engine = Engine(settings.clickhouse, options.statements_at_once * 2)
    app = App(options, engine, Open(settings.clickhouse.database))
    listening = socket.create_server((options.host, options.port), backlog=CONNECTIONS)
    server = serving.server(app.starlette(), options, connections=CONNECTIONS, grace_s=GRACE_S)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, server.stop)
    port = listening.getsockname()[1]
    log.info("guarding", host=options.host, port=port)
    counting = asyncio.create_task(_count(app, Meter("guard", settings.data), port))
    try:
        await server.serve(sockets=[listening])
    finally:
        counting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await counting
        await engine.close()


async def _count(app: App, meter: Meter, port: int) -> None:
    try:
        while True:
            meter.set(port=port, answered=app.counts["answered"], refused=app.counts["refused"])
            await asyncio.sleep(1)
    finally:
        meter.flush()


def _check(settings: Settings) -> None:
    if not settings.clickhouse.host:
        raise CannotServe("no clickhouse is known: start one with `crossbeat up`, or set clickhouse.host")
    if wrong := serving.fault(settings.guard, "guard", "passwords and records"):
        raise CannotServe(wrong)
