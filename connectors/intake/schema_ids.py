"""Ids of schemas, also while the registry is away: the id that it gave last is kept beside the spool."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import httpx
import structlog
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connectors.intake.errors import IntakeError
from streams.registry import AvroSchema, Registry

log = structlog.get_logger()


class KeptIds:
    """A registry that remembers the ids that another gave. An id never changes its schema, so an old one is good."""

    def __init__(self, registry: Registry, path: Path) -> None:
        self._registry, self._path = registry, path

    def id_of(self, subject: str, schema: AvroSchema) -> int:
        """See :class:`streams.registry.Registry`.

        Raises:
            IntakeError: the registry is away, and never told the id of this schema.
        """
        name = f"{subject} {hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()}"
        known: dict[str, int] = json.loads(self._path.read_text()) if self._path.exists() else {}
        try:
            found = self._registry.id_of(subject, schema)
        except (httpx.HTTPError, SchemaRegistryError, OSError) as error:
            if name not in known:
                raise IntakeError(f"the registry does not answer, and the id of {subject} is not known yet") from error
            log.warning("the registry does not answer: the id that it gave before is used", subject=subject)
            return known[name]
        if known.get(name) != found:
            temporary = self._path.with_suffix(".tmp")
            temporary.write_text(json.dumps(known | {name: found}))
            temporary.replace(self._path)
        return found

    def schema_of(self, schema_id: int) -> AvroSchema | None:
        """See :class:`streams.registry.Registry`."""
        return self._registry.schema_of(schema_id)
