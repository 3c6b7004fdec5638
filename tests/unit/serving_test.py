"""Small answers leave as one piece, in order, and none is lost when the connection is closed after it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import Response
from uvicorn.server import ServerState

from connectors import serving
from streams.settings import Intake

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n%b\r\n"


class Wire(asyncio.Transport):
    """What goes out, write by write."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.open = True

    def write(self, data: Any) -> None:
        assert self.open, "written after it was closed"
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.open = False

    def is_closing(self) -> bool:
        return not self.open

    def pause_reading(self) -> None:
        """Nothing comes by itself."""

    resume_reading = pause_reading


@pytest.mark.parametrize(("header", "answers"), [(b"", 2), (b"Connection: close\r\n", 1)])
def test_head_and_body_go_out_together(header: bytes, answers: int) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Response(b"kept")(scope, receive, send)

    async def talk() -> Wire:
        config = serving.server(app, Intake(), connections=10, grace_s=1, http=serving.SmallAnswers).config
        config.load()
        wire, spoken = Wire(), serving.SmallAnswers(config, ServerState(), {})
        spoken.connection_made(wire)
        for number in range(1, answers + 1):
            spoken.data_received(REQUEST % header)
            async with asyncio.timeout(5):
                while len(wire.sent) < number:
                    await asyncio.sleep(0)
        return wire

    wire = asyncio.run(talk())
    assert len(wire.sent) == answers
    assert all(one.startswith(b"HTTP/1.1 200 ") and one.endswith(b"\r\n\r\nkept") for one in wire.sent)
    assert wire.open is not bool(header)
