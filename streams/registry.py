"""The schema registry as the codec needs it: an id looked up, a schema by its id. Nothing is ever registered here."""

from __future__ import annotations

import json
from typing import Any, Protocol

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from streams.settings import Settings

AvroSchema = dict[str, Any]


class SchemaNotRegistered(RuntimeError):
    """The registry does not know a schema that we write with: register the contracts first (`crossbeat apply`)."""


def client(settings: Settings) -> SchemaRegistryClient:
    """A client of the registry that the settings name."""
    options: dict[str, Any] = {"url": settings.registry.url}
    if settings.registry.username:
        password = settings.registry.password.get_secret_value()
        options["basic.auth.user.info"] = f"{settings.registry.username}:{password}"
    return SchemaRegistryClient(options)


class Registry(Protocol):
    """What the codec asks of a registry; tests answer from memory."""

    def id_of(self, subject: str, schema: AvroSchema) -> int:
        """The id under which the schema is registered for the subject; raises :class:`SchemaNotRegistered`."""
        ...

    def schema_of(self, schema_id: int) -> AvroSchema | None:
        """The schema with that id, none if the registry has no such id; raises when it cannot be reached."""
        ...


class ConfluentRegistry:
    """A registry that speaks the Confluent API."""

    def __init__(self, settings: Settings) -> None:
        self._client = client(settings)

    def id_of(self, subject: str, schema: AvroSchema) -> int:
        """See :class:`Registry`."""
        try:
            found = self._client.lookup_schema(subject, Schema(json.dumps(schema), "AVRO"))
        except SchemaRegistryError as error:
            if error.http_status_code == 404:
                raise SchemaNotRegistered(
                    f"subject {subject}: the contract's schema is not registered: register it first"
                ) from error
            raise
        if found.schema_id is None:
            raise SchemaNotRegistered(f"subject {subject}: the registry answered without an id")
        return found.schema_id

    def schema_of(self, schema_id: int) -> AvroSchema | None:
        """See :class:`Registry`."""
        try:
            found = self._client.get_schema(schema_id)
        except SchemaRegistryError as error:
            if error.http_status_code == 404:
                return None
            raise
        body: AvroSchema = json.loads(found.schema_str or "null")
        return body


class MemoryRegistry:
    """A registry in memory, for tests and benches without a server: ids are given at first sight."""

    def __init__(self) -> None:
        self._schemas: list[str] = []

    def id_of(self, subject: str, schema: AvroSchema) -> int:
        """The schema's id, the subject aside."""
        text = json.dumps(schema, sort_keys=True)
        if text not in self._schemas:
            self._schemas.append(text)
        return self._schemas.index(text) + 1

    def schema_of(self, schema_id: int) -> AvroSchema | None:
        """See :class:`Registry`."""
        if not 1 <= schema_id <= len(self._schemas):
            return None
        body: AvroSchema = json.loads(self._schemas[schema_id - 1])
        return body
