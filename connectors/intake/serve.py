"""The service as a whole: its folder, its threads, its socket, its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket

import structlog

from connectors import serving
from connectors.intake import plates
from connectors.intake.app import App, feeds
from connectors.intake.commit import Committer
from connectors.intake.errors import BadFile, IntakeError
from connectors.intake.home import KEYS, SECRET, SPOOL, folder
from connectors.intake.kafka import Publisher
from connectors.intake.records import STAGE, Reader, site_fields_faults
from connectors.intake.schema_ids import KeptIds
from connectors.intake.sites import KINDS, Sites, load
from connectors.intake.spool import Spool
from streams.flat import FlatEncoder
from streams.garbage import collect_rarely
from streams.metrics import Meter
from streams.registry import ConfluentRegistry
from streams.settings import Settings

CONNECTIONS = 2_000
GRACE_S = 10
log = structlog.get_logger()


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        IntakeError: it cannot start, or cannot go on.
        streams.registry.SchemaNotRegistered: the contracts are not registered.
    """
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    options = settings.intake
    home = folder(settings)
    _check_address(settings)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    secrets = plates.load(home / SECRET)
    for site in load(home / KEYS).values():
        if unknown := site_fields_faults(site):
            raise BadFile(f"{home / KEYS}: site {site.name} sets {', '.join(unknown)}, which is no field it may")
    ids = KeptIds(ConfluentRegistry(settings), home / "schema-ids.json")
    readers = {kind: Reader(kind, options.district, secrets, settings.gate.skew_s) for kind in KINDS}
    encoders = {kind: FlatEncoder(ids, reader.contract, STAGE) for kind, reader in readers.items()}
    spool = Spool(home / SPOOL, options.spool_mb * 2**20)
    committer = Committer(lambda: Publisher(settings), spool, asyncio.get_running_loop())
    app = App(options, Sites(home / KEYS), secrets, committer, feeds(readers, encoders))
    listening = socket.create_server((options.host, options.port), backlog=CONNECTIONS)
    server = serving.server(
        app.starlette(),
        options,
        connections=CONNECTIONS,
        grace_s=GRACE_S,
        http=serving.SmallAnswers,
        date_header=False,
    )
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, server.stop)
    port = listening.getsockname()[1]
    log.info("taking in", district=options.district, host=options.host, port=port, kept_bytes=spool.pending_bytes)
    watching = asyncio.create_task(_watch(app, spool, server, Meter(f"intake-{options.district}", settings.data), port))
    collect_rarely()
    try:
        await server.serve(sockets=[listening])
    finally:
        await asyncio.to_thread(committer.stop)
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        spool.close()
    if not server.stopped:
        raise IntakeError("the intake ended by itself: its log says why")


async def _watch(app: App, spool: Spool, server: serving.Server, meter: Meter, port: int) -> None:
    """Once a second: counters out, keys in, and the end when a thread has died, for then nothing would be answered."""
    try:
        while True:
            committer = app.committer
            meter.set(
                port=port,
                waiting_bytes=spool.pending_bytes,
                commits=committer.commits,
                spooled=committer.spooled,
                drained=committer.drained,
                **app.counts,
            )
            try:
                app.sites.refresh()
            except BadFile as error:
                log.error("keys are not read again", error=str(error))
            if not committer.alive:
                server.should_exit = True
            await asyncio.sleep(1)
    finally:
        meter.flush()


def _check_address(settings: Settings) -> None:
    if wrong := serving.fault(settings.intake, "intake", "reports and keys"):
        raise IntakeError(wrong)
    if not settings.kafka.bootstrap or not settings.registry.url:
        raise IntakeError("no stack is known: start one with `crossbeat up`, or set kafka.bootstrap and registry.url")
