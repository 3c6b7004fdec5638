"""What the analysts of a district may read: the one place from which accounts, grants and row filters are made.

A landed table is open to a district only through a filter: the rows whose ``visible_to`` names it, or whose owner it is
where the contract says so (``storage.owner``). A table that says neither is not granted at all, so a new contract is
closed until it says who may see a row. Views read with the rights of the one who asks (``SQL SECURITY INVOKER``), and
one is granted when every table that it reads is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from infra.provision.tables import landed, view_files
from schemas.contract import Contract
from schemas.render import clickhouse
from streams.districts import check_name

VISIBLE_TO = "visible_to"
RELEASED_UNTIL = "release_expires_at"
PREFIX, SELECT = "d_", "SELECT"
COMMENT = re.compile(r"^--.*$", re.MULTILINE)
READS = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
LIMITS: dict[str, str | int] = {
    "readonly": 1,
    "final": 1,  # each record once, in its latest revision, whatever the statement says
    "apply_row_policy_after_final": 1,  # or else a revision that is withheld would leave the one before it in sight
    "max_execution_time": 30,
    "max_result_rows": 1_000_000,
    "max_result_bytes": 536_870_912,
    "max_concurrent_queries_for_user": 16,
    "max_query_size": 524_288,
    # When memory runs out on the whole server, an analyst's statement gives way, never the loader's.
    "memory_overcommit_ratio_denominator": 1_048_576,
    "memory_overcommit_ratio_denominator_for_user": 1_048_576,
    "max_threads": 2,
    # What would tell of rows before the filter: statistics in JSON, and a row count that is only a lower bound.
    "output_format_write_statistics": 0,
    "exact_rows_before_limit": 1,
    # An answer is whole before its first byte is sent: an error is an error, never the end of half an answer.
    "http_wait_end_of_query": 1,
    "http_response_buffer_size": 1_048_576,
    "enable_http_compression": 1,
    "cancel_http_readonly_queries_on_client_close": 1,
}
# Settings that an analyst may set, and their greatest value where it matters; the server refuses all others.
CHANGEABLE: dict[str, int | None] = {
    "max_threads": 2,
    "max_execution_time": 30,
    "max_result_rows": 1_000_000,
    "session_timezone": None,
    "join_use_nulls": None,
    "date_time_output_format": None,
    "output_format_json_quote_64bit_integers": None,
    "output_format_json_quote_decimals": None,
    "output_format_arrow_string_as_string": None,
    "output_format_parquet_string_as_string": None,
    "output_format_native_encode_types_in_binary_format": None,
    "enable_http_compression": None,
}
# A statement costs up to three queries: the guard asks the server twice what it would do.
QUOTA = {"queries": 1_800, "errors": 900}
QUOTA_S = 60


def account(district: str) -> str:
    """The ClickHouse account of a district's analysts.

    Raises:
        streams.districts.BadDistrict: no district can be called so.
    """
    return PREFIX + check_name(district)


def filters(district: str, contracts: Iterable[Contract] | None = None) -> dict[str, str]:
    """Each table that is open to the district, and the condition that a row must meet. What is missing is closed."""
    name, found = check_name(district), {}
    for contract in [contract for contract, _ in landed()] if contracts is None else contracts:
        storage = contract.storage
        if storage is None:
            continue
        columns = {column.name: column.type for column in clickhouse.columns(contract)}
        if columns.get(VISIBLE_TO, "").startswith("Array("):
            found[storage.table] = f"has({VISIBLE_TO}, '{name}')" + _while_released(columns, name)
        elif storage.owner and storage.owner in columns:
            found[storage.table] = f"{storage.owner} = '{name}'"
    return found


def _while_released(columns: Mapping[str, str], name: str) -> str:
    """From the moment a release ends only the owner sees the row; `crossbeat retention` withdraws it later."""
    if not {RELEASED_UNTIL, "district"} <= columns.keys():
        return ""
    return f" AND (district = '{name}' OR isNull({RELEASED_UNTIL}) OR {RELEASED_UNTIL} > now64(3))"


def views() -> tuple[str, ...]:
    """The views that read open tables, or views of such, only."""
    open_tables = set(filters("any-district"))
    texts = {path.stem: COMMENT.sub("", path.read_text(encoding="utf-8")) for path in view_files()}
    found: set[str] = set()
    while new := {name for name, text in texts.items() if set(READS.findall(text)) <= open_tables | found} - found:
        found |= new
    return tuple(sorted(found))


def readable() -> frozenset[str]:
    """Every table and view that a district's analysts may name."""
    return frozenset(filters("any-district")) | frozenset(views())


def grants(database: str) -> list[str]:
    """What an analyst's account is given, as ``SELECT ON …``."""
    return [f"{SELECT} ON {database}.{name}" for name in sorted(readable())]


def sha256(password: str) -> str:
    """The form in which the server keeps a password."""
    return hashlib.sha256(password.encode()).hexdigest()


def statements(district: str, password: str, database: str, memory: int) -> list[str]:
    """The account as SQL, for a ClickHouse of yours; can be run again. ``memory`` in bytes, of one statement.

    What was granted before and is not now is taken away: the account begins anew, its filters are replaced.
    """
    name = account(district)
    settings = [f"{key} = {value}" for key, value in {**LIMITS, "max_memory_usage": memory}.items()]
    for key, most in CHANGEABLE.items():
        at = next((n for n, text in enumerate(settings) if text.startswith(f"{key} = ")), None)
        words = f"{settings.pop(at) if at is not None else key}{'' if most is None else f' MAX {most}'}"
        settings.append(f"{words} CHANGEABLE_IN_READONLY")
    quota = ", ".join(f"{key} = {most}" for key, most in QUOTA.items())
    return [
        f"CREATE USER OR REPLACE `{name}` IDENTIFIED WITH sha256_hash BY '{sha256(password)}' "
        f"DEFAULT DATABASE {database} SETTINGS {', '.join(settings)}",
        f"CREATE QUOTA OR REPLACE `{name}` FOR INTERVAL {QUOTA_S} second MAX {quota} TO `{name}`",
        *(
            f"CREATE ROW POLICY OR REPLACE `{name}` ON {database}.{table} FOR SELECT USING {condition} TO `{name}`"
            for table, condition in filters(district).items()
        ),
        f"REVOKE ALL ON *.* FROM `{name}`",
        *(f"GRANT {grant} TO `{name}`" for grant in grants(database)),
    ]
