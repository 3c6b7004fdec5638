"""A small HTTP service as a process: where it may listen, how uvicorn serves it, how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Iterator
from typing import Any, Protocol, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEEP_ALIVE_S = 30


class Listening(Protocol):
    """The part of a service's settings that says where it listens, and with which certificate."""

    host: str
    certificate: str
    certificate_key: str


class Server(uvicorn.Server):
    """Uvicorn's server, whose end by a signal is an ordinary one: the service sets the handlers."""

    stopped = False

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: the service has its own handlers."""
        yield

    def stop(self) -> None:
        """End in good order."""
        self.stopped = self.should_exit = True


class _Joined:
    """A transport that sends at once what is written in one turn of the loop, and else is the one it stands for."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, part: bytes) -> None:
        """Send it with the next part, or by itself when this turn is over."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(part)

    def close(self) -> None:
        """Close it when all has been sent."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            self._transport.write(b"".join(self._parts))
            self._parts.clear()


class SmallAnswers(HttpToolsProtocol):
    """For answers that are small and whole: head and body go out together, one packet and one system call less each."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own does
        """Begin with a connection."""
        super().connection_made(cast(asyncio.Transport, _Joined(transport, self.loop)))


def server(
    app: Any,
    options: Listening,
    *,
    connections: int,
    grace_s: int,
    http: type[HttpToolsProtocol] = HttpToolsProtocol,
    **more: Any,
) -> Server:
    """A server of an ASGI application that tells nothing of itself and logs no request.

    Args:
        app: the application.
        options: its certificate, if it has one.
        connections: how many at once.
        grace_s: seconds that what is open may take at the end.
        http: how HTTP is spoken.
        more: further settings of uvicorn.
    """
    return Server(
        uvicorn.Config(
            app,
            loop="none",
            http=http,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="critical",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=connections,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=grace_s,
            ssl_certfile=options.certificate or None,
            ssl_keyfile=options.certificate_key or None,
            **more,
        )
    )


def fault(options: Listening, section: str, cargo: str) -> str | None:
    """What is wrong with where a service is to listen, and what to set; none when nothing is.

    Args:
        options: its settings.
        section: their name, as people set them.
        cargo: what must not travel in the clear.
    """
    if bool(options.certificate) != bool(options.certificate_key):
        return f"{section}.certificate and {section}.certificate_key go together: set both or none"
    try:
        local = ipaddress.ip_address(options.host).is_loopback
    except ValueError:
        local = options.host == "localhost"
    if local or options.certificate:
        return None
    return (
        f"{section}.host {options.host} is not loopback: {cargo} must not travel in the clear; set "
        f"{section}.certificate and {section}.certificate_key, or stay on loopback behind a proxy that speaks TLS"
    )
