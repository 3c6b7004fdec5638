"""An answer that is none, in the shape in which ClickHouse gives one, so that its clients raise it with its words."""

from __future__ import annotations

import re
from http import HTTPStatus

ACCESS_DENIED, AUTHENTICATION_FAILED, SYNTAX_ERROR = 497, 516, 62
TOO_MANY_QUERIES, TOO_LARGE, BAD_ARGUMENTS, NETWORK_ERROR = 202, 356, 36, 210
NAMES = {
    ACCESS_DENIED: ("ACCESS_DENIED", HTTPStatus.FORBIDDEN),
    AUTHENTICATION_FAILED: ("AUTHENTICATION_FAILED", HTTPStatus.FORBIDDEN),
    SYNTAX_ERROR: ("SYNTAX_ERROR", HTTPStatus.BAD_REQUEST),
    TOO_MANY_QUERIES: ("TOO_MANY_SIMULTANEOUS_QUERIES", HTTPStatus.INTERNAL_SERVER_ERROR),
    TOO_LARGE: ("QUERY_IS_TOO_LARGE", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    BAD_ARGUMENTS: ("BAD_ARGUMENTS", HTTPStatus.BAD_REQUEST),
    NETWORK_ERROR: ("NETWORK_ERROR", HTTPStatus.INTERNAL_SERVER_ERROR),
}
# Where the server says of an error by what step of which part it came: parts and their counts tell of hidden rows.
STEPS = re.compile(r"[:.]?\s*\(?\bwhile (?:reading|executing|processing|converting|parsing|loading)\b.*", re.I | re.S)
SCOPE = re.compile(r": In scope .*?(?= \([A-Z_0-9]+\)|$)", re.S)
VERSION = re.compile(r"\s*\(version [^)]*\)")
HEAD = re.compile(r"Code: (\d+)\. DB::\w*Exception: (.*?)(?:\s*\(([A-Z_0-9]+)\))?\s*$", re.S)
# These say how much was read or how long it took, and so something of rows that were filtered out.
INSTEAD = {
    159: "it took too long: narrow it by time or district, or ask for fewer columns",
    160: "it would take too long: narrow it by time or district, or ask for fewer columns",
    241: "it needs more memory than an analyst's statement may take: narrow it, or group by less",
    396: "the answer is larger than an analyst may have: narrow it, or add a LIMIT",
}


class Refused(Exception):
    """A statement that is not run. ``code`` is one of ClickHouse's; the text says why and what to do."""

    def __init__(self, words: str, code: int = ACCESS_DENIED, status: int = 0) -> None:
        super().__init__(words)
        self.code = code
        self.name, usual = NAMES.get(code, ("", HTTPStatus.INTERNAL_SERVER_ERROR))
        self.status = status or int(usual)

    @property
    def body(self) -> str:
        """The text of the HTTP answer."""
        return f"Code: {self.code}. DB::Exception: {self}" + (f" ({self.name})" if self.name else "") + "\n"


def from_server(text: str, status: int, prefix: int = 0) -> Refused:
    """The server's own error without what it tells of parts, counts and itself.

    ``prefix``: how many characters were put before the statement; places in it are counted without them.
    """
    found = HEAD.match(VERSION.sub("", text).strip())
    if found is None:
        return Refused("the server gave no answer: try again, then ask the operators", NETWORK_ERROR, status)
    code, words, name = int(found[1]), found[2], found[3] or ""
    words = SCOPE.sub("", STEPS.sub("", INSTEAD.get(code, words))).rstrip(" .:")
    words = re.sub(r"failed at position (\d+)", lambda at: f"failed at position {int(at[1]) - prefix}", words)
    refused = Refused(words, code, status)
    refused.name = name
    return refused
