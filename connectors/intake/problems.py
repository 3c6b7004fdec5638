"""Answers to what cannot be taken in: problem+json (RFC 9457), which says what to do next and quotes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

PREFIX = "urn:crossbeat:intake:"
# Of each: its status, its title, and what to do next.
KINDS: Mapping[str, tuple[int, str, str]] = {
    "not-found": (404, "no such address", "/openapi.json lists the addresses"),
    "method": (405, "method not allowed", "/openapi.json lists the methods of each address"),
    "no-key": (401, "no API key", "send the header Authorization: Bearer, then the key of this site"),
    "bad-key": (401, "unknown API key", "ask the district for a new one: this one is unknown or was revoked"),
    "not-yours": (403, "this key may not send that", "ask the district to let this site send this record type"),
    "rate": (429, "too many at once", "wait as many seconds as Retry-After says, then send the same again"),
    "type": (415, "not JSON", "send application/json in UTF-8 with no content encoding"),
    "too-large": (413, "request too large", "send fewer or shorter ones in one request"),
    "slow": (408, "the request did not arrive in time", "send the same again"),
    "json": (400, "the body cannot be read", "send one JSON object, or an array of them"),
    "idempotency-key": (400, "bad idempotency key", "send 1 to 200 printable ASCII characters as Idempotency-Key"),
    "faults": (422, "a record does not keep its contract", "mend what faults lists and send again: nothing was taken"),
    "reused": (422, "idempotency key used before", "give a new record a key of its own: this one stood for another"),
    "full": (503, "no room while Kafka is away", "keep it and send the same again after Retry-After seconds"),
    "ours": (500, "our own fault", "send the same again later, and tell the district: its log says where it failed"),
}


def problem(kind: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """The answer of that kind; ``more`` are members beyond those that each has."""
    status, title, todo = KINDS[kind]
    body = {"type": PREFIX + kind, "title": title, "status": status, "detail": todo, **more}
    return Response(orjson.dumps(body), status, headers, "application/problem+json")
