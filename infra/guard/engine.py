"""The guard's side of ClickHouse: ask for an analysis, run a statement, always as the account of the one who asks."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

import httpx

from infra.guard.refusal import NETWORK_ERROR, Refused, from_server
from infra.guard.request import Asked
from streams.settings import ClickHouse

RAW = "TabSeparatedRaw"
CONNECT_S, ANSWER_S = 5.0, 90.0
TREE_BYTES = 8 << 20  # an analysis that is longer is not read
FORMAT_HEADER = "X-ClickHouse-Format"


class Engine:
    """One server, by HTTP."""

    def __init__(self, store: ClickHouse, connections: int) -> None:
        verify: ssl.SSLContext | bool = ssl.create_default_context(cafile=store.ca_file) if store.ca_file else True
        self._database = store.database
        self._client = httpx.AsyncClient(
            base_url=f"{'https' if store.secure else 'http'}://{store.host}:{store.http_port}",
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            verify=verify,
            trust_env=False,
        )

    async def explain(self, prefix: str, text: str, asked: Asked) -> str:
        """What ``prefix`` and the statement give, in a raw format.

        Raises:
            Refused: the server refused, or answered in another format than it was told: the statement held one.
        """
        response = await self._send(prefix + text, asked, {"default_format": RAW}, {"Accept-Encoding": "identity"})
        try:
            if response.status_code != httpx.codes.OK:
                raise from_server((await response.aread()).decode(errors="replace"), response.status_code, len(prefix))
            if response.headers.get(FORMAT_HEADER) != RAW:
                raise Refused("write FORMAT once, at the very end of the statement")
            found, size = [], 0
            async for piece in response.aiter_bytes():
                size += len(piece)
                if size > TREE_BYTES:
                    raise Refused("the statement is too long to be judged: split it")
                found.append(piece)
        finally:
            await response.aclose()
        # A constant may be any bytes, such as those of a hash.
        return b"".join(found).decode(errors="backslashreplace")

    async def run(self, text: str, fmt: str, asked: Asked, headers: Mapping[str, str]) -> httpx.Response:
        """Start the statement; the answer is open and has to be closed.

        Raises:
            Refused: the server refused.
        """
        response = await self._send(text, asked, {"default_format": fmt, **asked.transport}, headers)
        if response.status_code != httpx.codes.OK:
            try:
                body = (await response.aread()).decode(errors="replace")
            finally:
                await response.aclose()
            raise from_server(body, response.status_code)
        return response

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _send(
        self, text: str, asked: Asked, more: Mapping[str, str], headers: Mapping[str, str]
    ) -> httpx.Response:
        request = self._client.build_request(
            "POST",
            "/",
            params={"database": self._database, **asked.parameters, **more},
            headers={
                "X-ClickHouse-User": asked.user,
                "X-ClickHouse-Key": asked.password,
                "Content-Type": "text/plain; charset=utf-8",
                **headers,
            },
            content=text.encode(),
        )
        try:
            return await self._client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise Refused("the database does not answer now: try again in a few seconds", NETWORK_ERROR, 503) from error
