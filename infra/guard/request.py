"""What an HTTP request asks: by whom, which statement, with which parameters. ClickHouse's protocol, strictly read."""

from __future__ import annotations

import asyncio
import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from infra.guard.refusal import AUTHENTICATION_FAILED, BAD_ARGUMENTS, TOO_LARGE, Refused
from infra.provision import analysts

BODY_S = 10.0
# Known and of no use here: what they ask for is so already, or would only tell the guard how to speak to the server.
IGNORED = frozenset(
    {
        *("query", "user", "password", "database", "default_format", "session_id", "session_timeout", "session_check"),
        *("query_id", "quota_key", "wait_end_of_query", "buffer_size", "send_progress_in_http_headers", "readonly"),
        *("http_headers_progress_interval_ms", "log_comment", "async", "cancel_http_readonly_queries_on_client_close"),
    }
)
PASSED_ON = frozenset({"compress", "client_protocol_version"})
PARAMETER = "param_"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read."""

    user: str
    password: str
    text: str
    default_format: str
    parameters: Mapping[str, str]
    """``param_*`` and settings: what belongs to the statement, and goes with it through judgement and run alike."""
    transport: Mapping[str, str]
    """What concerns the answer's bytes only."""


async def read(request: Request, database: str, longest: int) -> Asked:
    """Read a request of at most ``longest`` bytes of statement.

    Raises:
        Refused: it says something that analysts may not say, or cannot be read.
    """
    given = request.query_params
    names = [name for name, _ in given.multi_items()]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Refused(f"the parameter {min(twice)} is given twice: give it once", BAD_ARGUMENTS)
    user, password = _account(request)
    wanted = given.get("database") or request.headers.get("X-ClickHouse-Database") or database
    if wanted not in {database, "default"}:
        raise Refused(f"the database {wanted[:64]} is not open to analysts: there is one, {database}")
    statement = "\n".join(filter(None, [given.get("query", ""), await _body(request, longest)]))
    if len(statement.encode()) > longest:
        raise Refused(f"the statement is longer than {longest} bytes: shorten it", TOO_LARGE)
    return Asked(
        user,
        password,
        statement,
        given.get("default_format") or request.headers.get("X-ClickHouse-Format", ""),
        _parameters(given),
        {name: value for name, value in given.items() if name in PASSED_ON},
    )


def _parameters(given: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, value in given.items():
        if name in IGNORED or name in PASSED_ON:
            continue
        if not name.startswith(PARAMETER) and name not in analysts.CHANGEABLE:
            raise Refused(f"the setting {name[:64]} is not one that analysts may change: leave it out", BAD_ARGUMENTS)
        found[name] = value
    return found


def _account(request: Request) -> tuple[str, str]:
    """Name and password, in each way that ClickHouse takes them; only accounts of districts get further."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(secret, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refused("the login cannot be read: send name and password", AUTHENTICATION_FAILED) from error
    elif "X-ClickHouse-User" in request.headers:
        user, password = request.headers["X-ClickHouse-User"], request.headers.get("X-ClickHouse-Key", "")
    else:
        user, password = request.query_params.get("user", ""), request.query_params.get("password", "")
    if not user.startswith(analysts.PREFIX) or not password:
        raise Refused(
            "this is the door for analysts of districts: log in as yours, which the operators gave you in a file named "
            "<district>.env",
            AUTHENTICATION_FAILED,
        )
    return user, password


async def _body(request: Request, longest: int) -> str:
    if request.headers.get("Content-Type", "").startswith("multipart/"):
        raise Refused("tables of yours cannot be sent along: write the values into the statement", BAD_ARGUMENTS)
    encoding = request.headers.get("Content-Encoding", "")
    if encoding not in {"", "identity", "gzip"} or "decompress" in request.query_params:
        raise Refused("send the statement as it is, or with gzip", BAD_ARGUMENTS)
    pieces, size = [], 0
    try:
        async with asyncio.timeout(BODY_S):
            async for piece in request.stream():
                size += len(piece)
                if size > longest:
                    raise Refused(f"the statement is longer than {longest} bytes: shorten it", TOO_LARGE)
                pieces.append(piece)
    except TimeoutError as error:
        raise Refused(f"the statement did not arrive within {BODY_S:.0f} s: send it again", BAD_ARGUMENTS) from error
    try:
        body = b"".join(pieces)
        return (_unzipped(body, longest) if encoding == "gzip" else body).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise Refused("the statement is no text in UTF-8: send it so", BAD_ARGUMENTS) from error


def _unzipped(body: bytes, longest: int) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    found = reader.decompress(body, longest + 1)
    if len(found) > longest:
        raise Refused(f"the statement is longer than {longest} bytes: shorten it", TOO_LARGE)
    return found
