"""Whose turn it is: so many statements at once of all districts, of these so many of one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from infra.guard.refusal import TOO_MANY_QUERIES, Refused
from streams.settings import Guard


class Turns:
    """Turns to be had; who waits longer than ``guard.wait_s`` is refused."""

    def __init__(self, options: Guard) -> None:
        self._options = options
        self._all = asyncio.Semaphore(options.statements_at_once)
        self._each: dict[str, asyncio.Semaphore] = {}
        self._present: dict[str, int] = {}

    @asynccontextmanager
    async def of(self, user: str) -> AsyncIterator[None]:
        """A turn of this user, given back at the end.

        Raises:
            Refused: none came in time.
        """
        mine = self._each.setdefault(user, asyncio.Semaphore(self._options.statements_of_one))
        self._present[user] = self._present.get(user, 0) + 1
        try:
            async with AsyncExitStack() as turn:
                try:
                    async with asyncio.timeout(self._options.wait_s):
                        await turn.enter_async_context(mine)
                        await turn.enter_async_context(self._all)
                except TimeoutError as error:
                    words = "too many statements run at once: try again when yours have ended"
                    raise Refused(words, TOO_MANY_QUERIES) from error
                yield
        finally:
            # Names come from outside, before any password is checked: none is remembered that is not here now.
            self._present[user] -= 1
            if not self._present[user]:
                del self._present[user], self._each[user]
