"""A statement's outside: where its tokens are, what kind it is, and the FORMAT at its end.

No judgement rests on this reading alone. The text that is cut out here is at once what the engine analyses and what it
runs, and the engine itself says in which format it answered the analysis.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from infra.guard.refusal import SYNTAX_ERROR, Refused

TOKEN = re.compile(
    r"""(?P<gap>\s+|--[^\n]*|\#[ !][^\n]*|/\*.*?\*/)
      | (?P<text>'(?:[^'\\]|\\.|'')*'|\$(\w*)\$.*?\$\3\$)
      | (?P<quoted>`(?:[^`\\]|\\.|``)*`|"(?:[^"\\]|\\.|"")*")
      | (?P<word>\w+)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
# Formats whose answer holds the rows and nothing of how they were found.
FORMATS = frozenset(
    {
        *("Arrow", "ArrowStream", "CSV", "CSVWithNames", "CSVWithNamesAndTypes", "JSON", "JSONColumns"),
        *("JSONColumnsWithMetadata", "JSONCompact", "JSONCompactColumns", "JSONCompactEachRow"),
        *("JSONCompactEachRowWithNames", "JSONCompactEachRowWithNamesAndTypes", "JSONCompactStrings"),
        *("JSONCompactStringsEachRow", "JSONEachRow", "JSONLines", "JSONStrings", "JSONStringsEachRow", "Markdown"),
        *("NDJSON", "Native", "Null", "Parquet", "Pretty", "PrettyCompact", "PrettyNoEscapes", "PrettySpace"),
        *("RowBinary", "RowBinaryWithNames", "RowBinaryWithNamesAndTypes", "TSKV", "TSV", "TSVRaw", "TSVWithNames"),
        *("TSVWithNamesAndTypes", "TabSeparated", "TabSeparatedRaw", "TabSeparatedWithNames"),
        *("TabSeparatedWithNamesAndTypes", "Values", "Vertical", "XML"),
    }
)
# What clickhouse-connect asks when it starts.
STARTUP = frozenset(
    {
        "SELECT name, value, readonly FROM system.settings LIMIT 10000",
        "SELECT name, value, readonly as readonly FROM system.settings LIMIT 10000",
    }
)
DESCRIBE = re.compile(r"(?:DESC|DESCRIBE)(?:\s+TABLE)?\s+(?:`?(\w+)`?\.)?`?(\w+)`?", re.IGNORECASE)
SHOW = re.compile(r"SHOW\s+TABLES", re.IGNORECASE)


class Kind(StrEnum):
    """What is to be done with a statement."""

    SELECT = "select"  # judged by the engine's analysis
    DESCRIBE = "describe"
    FIXED = "fixed"  # known word by word


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its FORMAT. ``table`` is what a DESCRIBE names, ``database`` where it says so."""

    kind: Kind
    text: str
    fmt: str
    table: str = ""
    database: str = ""


def read(text: str, default_format: str = "") -> Statement:
    """Take a statement apart.

    Raises:
        Refused: it is empty, several, of a kind that analysts may not send, or asks for a format that tells too much.
    """
    tokens = [found for found in TOKEN.finditer(text) if found.lastgroup != "gap"]
    while tokens and tokens[-1].group() == ";":
        tokens.pop()
    if not tokens:
        raise Refused("the statement is empty: send one SELECT", SYNTAX_ERROR)
    if any(token.lastgroup == "quoted" and not token.group().isprintable() for token in tokens):
        raise Refused("a quoted name holds a control character: leave it out", SYNTAX_ERROR)
    if any(token.group() == ";" for token in tokens):
        raise Refused("these are several statements: send one at a time", SYNTAX_ERROR)
    fmt = default_format or "TabSeparated"
    if len(tokens) > 2 and tokens[-2].group().upper() == "FORMAT" and tokens[-1].lastgroup == "word":
        fmt = tokens[-1].group()
        del tokens[-2:]
        if len(tokens) > 2 and tokens[-2].group().upper() == "FORMAT":
            raise Refused("write FORMAT once, at the very end of the statement", SYNTAX_ERROR)
    if fmt not in FORMATS:
        raise Refused(
            f"the format {fmt[:40]} is not for analysts: take JSONEachRow, CSVWithNames, Parquet or ArrowStream"
        )
    body = text[tokens[0].start() : tokens[-1].end()]
    first = tokens[0].group().upper()
    if body in STARTUP or SHOW.fullmatch(body):
        return Statement(Kind.FIXED, body, fmt)
    if named := DESCRIBE.fullmatch(body):
        return Statement(Kind.DESCRIBE, body, fmt, named[2], named[1] or "")
    if first not in {"SELECT", "WITH", "FROM", "("}:
        raise Refused(
            f"analysts may send SELECT, DESCRIBE TABLE and SHOW TABLES; this begins with {first[:40]}: nothing can be "
            "changed, set or explained here"
        )
    return Statement(Kind.SELECT, body, fmt)
