"""The HTTP side: who sends, how much, what; and an answer only when it is kept.

Nothing that a sender wrote goes into a log or an answer: not the key, not the body, not a field's name.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.intake.commit import Committer
from connectors.intake.errors import SpoolFull
from connectors.intake.kafka import Message
from connectors.intake.openapi import document
from connectors.intake.plates import Secrets
from connectors.intake.problems import problem
from connectors.intake.rate import Bucket
from connectors.intake.recent import Recent
from connectors.intake.records import STAGE, Reader
from connectors.intake.sites import Site, Sites
from streams.settings import Intake

PATHS = {"online_report": "/v1/online-reports", "camera_event": "/v1/camera-events"}
BODY_TIMEOUT_S = 10.0
RETRY_FULL_S = "30"
Encode = Callable[[Mapping[str, Any]], bytes]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Feed:
    """One record type on its way: read, encoded, to its topic."""

    reader: Reader
    encode: Encode
    topic: str


@dataclass(slots=True)
class App:
    """All that the requests share. Used from one event loop."""

    options: Intake
    sites: Sites
    secrets: Secrets
    committer: Committer
    feeds: Mapping[str, Feed]
    recent: Recent = field(default_factory=Recent)
    counts: Counter[str] = field(default_factory=Counter)
    buckets: dict[str, tuple[Site, Bucket]] = field(default_factory=dict)

    def starlette(self) -> Starlette:
        """The application to serve."""
        described = orjson.dumps(document(self.feeds, PATHS, self.options))

        async def openapi(_: Request) -> Response:
            return Response(described, media_type="application/json")

        async def health(_: Request) -> Response:
            status = 200 if self.committer.alive else 503
            return Response(
                b'{"status":"ok"}' if status == 200 else b'{"status":"failing"}', status, None, "application/json"
            )

        async def refused(_: Request, error: Exception) -> Response:
            status = error.status_code if isinstance(error, HTTPException) else 500
            return problem("method" if status == 405 else "not-found")

        taken_in = [Route(PATHS[kind], self._guarded(kind), methods=["POST"]) for kind in self.feeds]
        told = [Route("/openapi.json", openapi), Route("/v1/health", health)]
        return Starlette(routes=[*taken_in, *told], exception_handlers={HTTPException: refused})

    def bucket(self, site: Site) -> Bucket:
        """The site's bucket; a new one when what its key says has changed."""
        known = self.buckets.get(site.name)
        if known is not None and known[0] is site:
            return known[1]
        if known is not None and (known[0].rate_per_s, known[0].burst) == (site.rate_per_s, site.burst):
            made = known[1]
        else:
            made = Bucket(site.rate_per_s or self.options.rate_per_s, site.burst or self.options.burst)
        self.buckets[site.name] = (site, made)
        return made

    def _guarded(self, kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                response = await self._take_in(kind, request)
            except SpoolFull:
                response = problem("full", headers={"Retry-After": RETRY_FULL_S})
            except ClientDisconnect:
                response = problem("slow")
            except Exception as error:
                # Its words could quote a body: only its kind and where it arose are told.
                place = traceback.extract_tb(error.__traceback__)[-1]
                log.error("a request failed", error=type(error).__name__, where=f"{place.name}:{place.lineno}")
                response = problem("ours")
            self.counts[f"answers_{response.status_code}"] += 1
            return response

        return endpoint

    async def _take_in(self, kind: str, request: Request) -> Response:
        site = self._site(request, kind)
        if isinstance(site, Response):
            return site
        bucket = self.bucket(site)
        if wait := bucket.wait_s():
            return problem("rate", headers={"Retry-After": str(int(wait) + 1)})
        # A request costs even if it turns out to hold nothing.
        bucket.spend(1)
        key = request.headers.get("idempotency-key")
        if key is not None and not (0 < len(key) <= 200 and key.isascii() and key.isprintable()):
            return problem("idempotency-key")
        said = await self._said(request)
        if isinstance(said, Response):
            return said
        items = said if isinstance(said, list) else [said]
        bucket.spend(len(items) - 1)
        return await self._keep(kind, site, items, key, batch=isinstance(said, list))

    async def _said(self, request: Request) -> Any:
        """The body as JSON, of no more items than may be; or the answer to one that is not so."""
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            return problem("json", line=error.lineno, column=error.colno)
        if said == []:
            return problem("json")
        if isinstance(said, list) and len(said) > self.options.max_items:
            return problem("too-large", most_items=self.options.max_items)
        return said

    async def _keep(self, kind: str, site: Site, items: list[Any], key: str | None, *, batch: bool) -> Response:
        feed, faults, records, messages, taken = self.feeds[kind], [], [], [], []
        scope = f"{kind}/{site.name}".encode()
        for index, item in enumerate(items):
            content = self.secrets.name(b"content", scope, orjson.dumps(item, option=orjson.OPT_SORT_KEYS))
            name = content if key is None else self.secrets.name(b"key", scope, key.encode(), str(index).encode())
            record = feed.reader(item, site, name)
            if isinstance(record, list):
                faults += [
                    {"item": index, "field": one.field, "reason": one.reason, "what": one.message} for one in record
                ]
                continue
            record_id = record["record_id"]
            records.append(record_id)
            seen = self.recent.look(record_id, content)
            if seen == "other":
                return problem("reused")
            if seen == "new":
                messages.append(Message(feed.topic, record_id.encode(), feed.encode(record)))
                taken.append((record_id, content))
        if faults:
            return problem("faults", faults=faults[:100], faults_in_all=len(faults))
        kept = await self.committer.keep(messages) if messages else "kafka"
        for record_id, content in taken:
            self.recent.add(record_id, content)
        self.counts[kind] += len(messages)
        self.counts["repeats"] += len(items) - len(messages)
        answer: dict[str, Any] = {"record_ids": records} if batch else {"record_id": records[0]}
        return Response(orjson.dumps(answer | {"kept_in": kept}), 202, None, "application/json")

    def _site(self, request: Request, kind: str) -> Site | Response:
        authorization = request.headers.get("authorization", "")
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key:
            key = request.headers.get("x-api-key", "")
        if not key:
            return problem("no-key", headers={"WWW-Authenticate": "Bearer"})
        site = self.sites.of(key.strip())
        if site is None:
            return problem("bad-key", headers={"WWW-Authenticate": "Bearer"})
        return site if kind in site.kinds else problem("not-yours")

    async def _body(self, request: Request) -> bytes | Response:
        headers = request.headers
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != "application/json" or headers.get("content-encoding", "identity") != "identity":
            return problem("type")
        most = self.options.max_body_bytes
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > most:
            return problem("too-large", most_bytes=most)
        chunks, size = [], 0
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                async for chunk in request.stream():
                    size += len(chunk)
                    if size > most:
                        return problem("too-large", most_bytes=most)
                    chunks.append(chunk)
        except TimeoutError:
            return problem("slow", headers={"Connection": "close"})
        return b"".join(chunks)


def feeds(readers: Mapping[str, Reader], encoders: Mapping[str, Encode]) -> dict[str, Feed]:
    """The ways of the record types."""
    return {
        kind: Feed(reader, encoders[kind], reader.contract.topic(STAGE, reader.district).name)
        for kind, reader in readers.items()
    }
