"""The guard as an application: a request comes in, is judged, and its answer flows through."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

import httpx
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from infra.guard import judge, request, statement
from infra.guard.engine import Engine
from infra.guard.refusal import NETWORK_ERROR, TOO_MANY_QUERIES, Refused
from infra.guard.request import Asked
from infra.guard.statement import Kind, Statement
from infra.guard.turns import Turns
from streams.settings import Guard

Answer = TypeVar("Answer")
# All else that the server says of an answer is left out: X-ClickHouse-Summary counts rows before the filter.
HEADERS = ("Content-Type", "Content-Encoding", "X-ClickHouse-Format", "X-ClickHouse-Timezone", "X-ClickHouse-Query-Id")
log = structlog.get_logger()


class App:
    """One guard before one database."""

    def __init__(self, options: Guard, engine: Engine, opened: judge.Open) -> None:
        self.options = options
        self.engine = engine
        self.opened = opened
        self.counts: Counter[str] = Counter()
        self._turns = Turns(options)

    def starlette(self) -> Starlette:
        """What an ASGI server serves."""
        return Starlette(
            routes=[
                Route("/ping", self._ping, methods=["GET", "HEAD"]),
                Route("/", self._ask, methods=["GET", "POST"]),
            ]
        )

    async def _ping(self, _: Request) -> Response:
        return PlainTextResponse("Ok.\n")

    async def _ask(self, asking: Request) -> Response:
        try:
            asked = await request.read(asking, self.opened.database, self.options.max_statement_bytes)
            what = statement.read(asked.text, asked.default_format)
            return await _unless_gone(asking, self._answer(asked, what, asking.headers.get("Accept-Encoding", "")))
        except Refused as refused:
            self.counts["refused"] += 1
            return _refusal(refused)
        except Exception as error:  # whatever it is, its words could hold rows: neither told nor logged
            self.counts["failed"] += 1
            log.error("a statement failed in the guard", error=type(error).__name__)
            return _refusal(
                Refused("the guard failed at this statement: tell the operators when it was", NETWORK_ERROR)
            )

    async def _answer(self, asked: Asked, what: Statement, encodings: str) -> Response:
        """Wait for a turn, judge, run; the turn is given back when the answer has been sent."""
        async with contextlib.AsyncExitStack() as turn:
            await turn.enter_async_context(self._turns.of(asked.user))
            await self._judge(asked, what)
            answer = await self.engine.run(what.text, what.fmt, asked, {"Accept-Encoding": encodings or "identity"})
            turn.push_async_callback(answer.aclose)
            self.counts["answered"] += 1
            headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
            return StreamingResponse(_flow(answer, turn.pop_all()), headers=headers)

    async def _judge(self, asked: Asked, what: Statement) -> None:
        if what.kind is Kind.SELECT:
            for prefix, look in ((judge.FIRST, judge.first), (judge.SECOND, judge.second)):
                look(await self.engine.explain(prefix, what.text, asked), self.opened)
        elif what.kind is Kind.DESCRIBE:
            judge.described(what, self.opened)


def _refusal(refused: Refused) -> Response:
    return PlainTextResponse(refused.body, refused.status, {"X-ClickHouse-Exception-Code": str(refused.code)})


async def _flow(answer: httpx.Response, turn: contextlib.AsyncExitStack) -> AsyncIterator[bytes]:
    async with turn:
        async for piece in answer.aiter_raw():
            yield piece


async def _unless_gone(asking: Request, work: Awaitable[Answer]) -> Answer:
    """The work's result; when the one who asked hangs up, the work is broken off, and the server's with it."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(asking))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            raise Refused("the connection was closed before the answer", TOO_MANY_QUERIES)
        return await task
    finally:
        gone.cancel()


async def _gone(asking: Request) -> None:
    while (await asking.receive())["type"] != "http.disconnect":
        pass
