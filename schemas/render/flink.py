"""Flink SQL tables over the topics of a contract.

What matters here, each from the sources of Flink 2.3 and tried: a sink whose columns are those of the contract, in its
order and nullability, may name ``avro-confluent.schema``, and then writes with that very schema; without it Flink
derives one of its own and registers it. A source that reads only some columns must not name a schema: the reader's is
derived from its columns, and Avro skips the other fields while decoding. ``timestamp-millis`` is TIMESTAMP(3) in UTC
in this format, which has no switch for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from schemas.contract import Contract, Field
from schemas.errors import ContractError

DISTRICT = "{district}"
TYPES = {
    "string": "STRING",
    "int": "INT",
    "long": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "bytes": "BYTES",
    "timestamp": "TIMESTAMP(3)",
}


def column_type(field: Field) -> str:
    """Flink SQL type of a field, such as ``ARRAY<STRING NOT NULL> NOT NULL``."""
    base = TYPES[field.kind]
    kind = f"ARRAY<{base} NOT NULL>" if field.array else base
    return kind if field.nullable else f"{kind} NOT NULL"


def table(
    contract: Contract,
    stage: str,
    *,
    name: str,
    bootstrap: str,
    registry: str,
    district: str | None = None,
    columns: Sequence[str] | None = None,
    sink: bool = False,
    extra: Sequence[str] = (),
    options: Mapping[str, str] | None = None,
    avro: str = "avro-confluent",
) -> str:
    """A ``CREATE TEMPORARY TABLE`` statement over a contract's topic.

    Args:
        contract: the record type.
        stage: its stage: which topic, which fields.
        name: name of the table.
        bootstrap: brokers, ``host:port``.
        registry: address of the registry's Confluent API.
        district: for a topic that each district has of its own; a source that names none reads those of all districts.
        columns: for a source, the fields to read; None reads all. Fewer are faster.
        sink: for writing: names the registered schema, and the raw key from the contract's key field.
        extra: further lines of the table, such as a watermark or a metadata column, each whole.
        options: further options of the connector; they win over those set here.
        avro: the format; one of another name must take the same options.

    Raises:
        ContractError: an unknown column, a sink that leaves fields out, or a key of several fields.
    """
    fields = _chosen(contract, stage, columns)
    said = {
        "connector": "kafka",
        **_topic(contract, stage, district, sink),
        "properties.bootstrap.servers": bootstrap,
        "value.format": avro,
        f"value.{avro}.url": registry,
        f"value.{avro}.subject": contract.subject(stage),
    }
    said |= _sink(contract, stage, fields, avro) if sink else {"properties.isolation.level": "read_committed"}
    said |= options or {}
    lines = [f"`{field.name}` {column_type(field)}" for field in fields] + list(extra)
    return statement(name, lines, said)


def statement(name: str, lines: Sequence[str], options: Mapping[str, str]) -> str:
    """A ``CREATE TEMPORARY TABLE`` of these lines, each a whole column or clause, and options."""
    settings = [f"{_text(key)} = {_text(value)}" for key, value in options.items()]
    return f"CREATE TEMPORARY TABLE `{name}` (\n{_list(lines)}\n) WITH (\n{_list(settings)}\n)"


def _topic(contract: Contract, stage: str, district: str | None, sink: bool) -> dict[str, str]:
    name = contract.stage(stage).topic
    if sink or district is not None or DISTRICT not in name:
        return {"topic": contract.topic(stage, district).name}
    before, after = name.split(DISTRICT)
    return {"topic-pattern": f"{re.escape(before)}[^.]+{re.escape(after)}"}


def _chosen(contract: Contract, stage: str, columns: Sequence[str] | None) -> tuple[Field, ...]:
    fields = contract.fields(stage)
    if columns is None:
        return fields
    by_name = {field.name: field for field in fields}
    for column in columns:
        if column not in by_name:
            raise ContractError(f"{contract.name} has no field {column} in stage {stage}: it has {', '.join(by_name)}")
    return tuple(by_name[column] for column in columns)


def _sink(contract: Contract, stage: str, fields: Sequence[Field], avro: str) -> dict[str, str]:
    key = contract.stage(stage).key
    if fields != contract.fields(stage):
        raise ContractError(f"a sink writes every field of {contract.name}, in its order: leave columns out")
    if len(key) != 1:
        raise ContractError(f"the key of {contract.name} has {len(key)} fields: a raw Flink key has one")
    return {
        "key.format": "raw",
        "key.fields": key[0],
        "value.fields-include": "ALL",
        f"value.{avro}.schema": contract.avro_json(stage),
    }


def _list(lines: Sequence[str]) -> str:
    return ",\n".join(f"  {line}" for line in lines)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
