"""The ClickHouse table of a contract.

A record's revisions are rows of one ``ReplacingMergeTree``; the highest version wins. Merges never cross a partition,
so the partition is made of the record's id, which no revision changes. Coded text is ``LowCardinality``, not ``Enum``:
a new code then needs no change of the table.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.annotations import StorageNotes
from schemas.contract import Contract, Field
from schemas.errors import ContractError

TYPES = {
    "string": "String",
    "int": "Int32",
    "long": "Int64",
    "float": "Float32",
    "double": "Float64",
    "boolean": "Bool",
    "bytes": "String",
    "timestamp": "DateTime64(3, 'UTC')",
}
LANDED_AT = "landed_at"
# Blocks remembered by their token, so that a batch sent again is not inserted again; see the loader.
DEDUPLICATION_WINDOW = 10_000


@dataclass(frozen=True)
class Column:
    """A column as it must be. ``default`` is the whole clause, such as ``DEFAULT now64(3)``."""

    name: str
    type: str
    codec: str
    comment: str
    default: str = ""

    def ddl(self) -> str:
        """The column's line in the table."""
        clauses = [f"`{self.name}` {self.type}", self.default, f"COMMENT {_text(self.comment)}", self.codec]
        return " ".join(clause for clause in clauses if clause)


def columns(contract: Contract) -> list[Column]:
    """All columns of the contract's table, in order.

    Raises:
        ContractError: the record is not landed.
    """
    storage = _storage(contract)
    found = [Column(f.name, column_type(f), _codec(f), f.doc) for f in contract.stored_fields]
    if storage.version_expression:
        found.append(
            Column(
                storage.version,
                "UInt64",
                "CODEC(ZSTD(1))",
                "The highest wins among rows of the same record.",
                f"MATERIALIZED {storage.version_expression}",
            )
        )
    landed = Column(
        LANDED_AT, TYPES["timestamp"], "CODEC(Delta(8), ZSTD(1))", "When the row was inserted.", "DEFAULT now64(3)"
    )
    return [*found, landed]


def column_type(field: Field) -> str:
    """ClickHouse type of a field, such as ``LowCardinality(Nullable(String))``."""
    base = TYPES[field.kind]
    if base.startswith("Int") and field.notes.minimum is not None and field.notes.minimum >= 0:
        base = f"U{base}"
    kind = f"Nullable({base})" if field.nullable else base
    if base == "String" and _few(field):
        kind = f"LowCardinality({kind})"
    return f"Array({kind})" if field.array else kind


def table(contract: Contract, database: str) -> str:
    """The ``CREATE TABLE IF NOT EXISTS`` statement of the contract's table in that database.

    Raises:
        ContractError: the record is not landed.
    """
    storage = _storage(contract)
    lines = ",\n".join(f"    {column.ddl()}" for column in columns(contract))
    return (
        f"CREATE TABLE IF NOT EXISTS `{database}`.`{storage.table}`\n(\n{lines}\n)\n"
        f"ENGINE = ReplacingMergeTree({', '.join(f'`{name}`' for name in engine_columns(storage))})\n"
        f"PARTITION BY {storage.partition_by}\n"
        f"ORDER BY ({', '.join(f'`{name}`' for name in storage.order_by)})\n"
        f"TTL toDateTime({LANDED_AT}) + INTERVAL {storage.retention_days} DAY\n"
        f"SETTINGS non_replicated_deduplication_window = {DEDUPLICATION_WINDOW}\n"
        f"COMMENT {_text(contract.doc)}"
    )


def engine_columns(storage: StorageNotes) -> list[str]:
    """What the engine is told: the column of the version, and that of deletion where there is one."""
    return [storage.version, *([storage.deleted] if storage.deleted else [])]


def _storage(contract: Contract) -> StorageNotes:
    if contract.storage is None:
        raise ContractError(
            f'{contract.name} is not landed: write "storage" in records/{contract.name}.avsc to land it'
        )
    return contract.storage


def _few(field: Field) -> bool:
    """Whether a text has few different values, which a dictionary then holds once.

    Not in an array: decoding into a dictionary there doubles the cost of landing a row (decision 0070).
    """
    return not field.array and (field.notes.repeats or field.notes.code_list is not None)


def _codec(field: Field) -> str:
    if field.array or field.kind in {"string", "boolean"}:
        return "" if _few(field) or field.kind == "boolean" else "CODEC(ZSTD(1))"
    if field.kind == "bytes":
        return "CODEC(ZSTD(3))"
    if field.kind == "timestamp":
        return "CODEC(Delta(8), ZSTD(1))"
    return "CODEC(ZSTD(1))"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
