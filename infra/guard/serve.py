"""The guard as a process: its socket, its counts, its end."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
from collections.abc import Iterator

import structlog
import uvicorn

from infra.guard.app import App
from infra.guard.engine import Engine
from infra.guard.judge import Open
from streams.metrics import Meter
from streams.settings import Settings

CONNECTIONS = 256
KEEP_ALIVE_S = 30
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
    server = _Server(
        uvicorn.Config(
            app.starlette(),
            loop="none",
            http="httptools",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="critical",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=options.certificate or None,
            ssl_keyfile=options.certificate_key or None,
        )
    )
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


class _Server(uvicorn.Server):
    """Uvicorn's server, with handlers of signals that are ours."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        self.should_exit = True


async def _count(app: App, meter: Meter, port: int) -> None:
    try:
        while True:
            meter.set(port=port, answered=app.counts["answered"], refused=app.counts["refused"])
            await asyncio.sleep(1)
    finally:
        meter.flush()


def _check(settings: Settings) -> None:
    options = settings.guard
    if not settings.clickhouse.host:
        raise CannotServe("no clickhouse is known: start one with `crossbeat up`, or set clickhouse.host")
    if bool(options.certificate) != bool(options.certificate_key):
        raise CannotServe("guard.certificate and guard.certificate_key go together: set both or none")
    try:
        local = ipaddress.ip_address(options.host).is_loopback
    except ValueError:
        local = options.host == "localhost"
    if not local and not options.certificate:
        raise CannotServe(
            f"guard.host {options.host} is not loopback: passwords and records must not travel in the clear; set "
            "guard.certificate and guard.certificate_key, or stay on loopback behind a proxy that speaks TLS"
        )
