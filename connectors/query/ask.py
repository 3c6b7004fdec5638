"""Send an analyst's statement to ClickHouse, as the read-only user, and turn a refusal into words that help.

ClickHouse holds the line: the analyst's user may read one database and write nothing. Nothing here judges a statement.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import clickhouse_connect
import urllib3
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, OperationalError

from streams.settings import Settings

WAIT_S = 5
PIECE_BYTES = 1 << 16
LONGEST_QUERY_S = 300
HINTS = {
    47: "`DESCRIBE TABLE …` lists the columns of a table or view",
    60: "`crossbeat query --examples` lists the views, `SHOW TABLES` all there is",
    62: "one statement of ClickHouse SQL is expected, quoted as a whole: see `crossbeat query --examples`",
    81: "leave the database out of the name: `crossbeat query` is in it already",
    159: "it took too long: narrow it by time or district, or ask for fewer columns",
    164: "analysts read only: statements that write or change settings are refused",
    497: "analysts may read the tables and views of this database and nothing else",
    516: "set CROSSBEAT_CLICKHOUSE__ANALYST_PASSWORD for a server of your own; `crossbeat up` sets it for its own",
}
DEFAULT_HINT = "`crossbeat query --examples` shows statements that work"


class QueryError(RuntimeError):
    """The statement got no answer. Its text is one line of reason and, after a line break, what to do next."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of an answer, which may be fewer than there are. Values are as in JSON: times are texts, see `types`."""

    columns: Sequence[str]
    types: Sequence[str]
    rows: Sequence[Sequence[Any]]
    more: bool


class Analyst:
    """A connection as the read-only user."""

    def __init__(self, settings: Settings) -> None:
        """Connect; raises :class:`QueryError` when there is no server or it does not know the user."""
        store = settings.clickhouse
        if not store.host:
            raise QueryError("no clickhouse is set and no stack runs here\nstart one with `crossbeat up --detach`")
        try:
            self._client: Client = clickhouse_connect.get_client(
                **store.client(analyst=True), connect_timeout=WAIT_S, send_receive_timeout=LONGEST_QUERY_S
            )
        except (ClickHouseError, OSError) as error:
            raise explain(error) from error

    def rows(self, statement: str, limit: int) -> Answer:
        """The first `limit` rows. The rest is neither read nor waited for: the connection is dropped."""
        with contextlib.closing(self._lines(statement)) as lines:
            columns, types = json.loads(next(lines, b"[]")), json.loads(next(lines, b"[]"))
            rows = [json.loads(line) for line in itertools.islice(lines, limit + 1)]
        return Answer(columns, types, rows[:limit], len(rows) > limit)

    def stream(self, statement: str, fmt: str) -> Iterator[bytes]:
        """The whole answer in a format of ClickHouse's own, piece by piece: memory stays small however long it is.

        Raises :class:`QueryError`, also in the middle: what came before is then not the whole answer.
        """
        try:
            answer = cast(BinaryIO, self._client.raw_stream(single(statement), fmt=fmt))
            with contextlib.closing(answer) as source:
                while piece := source.read(PIECE_BYTES):
                    yield piece
        except urllib3.exceptions.HTTPError as error:
            raise QueryError(f"clickhouse broke the answer off: it is not whole\n{DEFAULT_HINT}") from error
        except (ClickHouseError, OSError) as error:
            raise explain(error) from error

    def _lines(self, statement: str) -> Generator[bytes, None, None]:
        rest = b""
        for piece in self.stream(statement, "JSONCompactEachRowWithNamesAndTypes"):
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines


def single(statement: str) -> str:
    """The statement without a closing semicolon; raises :class:`QueryError` when it is empty."""
    cleaned = statement.strip().rstrip(";").rstrip()
    if not cleaned:
        raise QueryError(f"the statement is empty\n{DEFAULT_HINT}")
    return cleaned


def explain(error: BaseException) -> QueryError:
    """A server's refusal in two lines: its reason, and what to do."""
    if isinstance(error, OperationalError) or not isinstance(error, DatabaseError):
        return QueryError("clickhouse does not answer\n`crossbeat status` tells how the stack stands")
    code = getattr(error, "code", None)
    text = str(error).strip().splitlines()[0]
    text = re.sub(r"^Received ClickHouse exception, code: \d+, server response: ", "", text)
    text = re.sub(r"^Code: \d+\. |DB::Exception: | \(for url [^)]*\)| \(version [^)]*\)", "", text)
    # A syntax error lists every token that could follow: the place is what helps.
    text = re.sub(r" ?Expected one of: .*?(?=\([A-Z_]+\)$|$)", " ", text).strip()
    return QueryError(f"{text}\n{HINTS.get(code or 0, DEFAULT_HINT)}")
