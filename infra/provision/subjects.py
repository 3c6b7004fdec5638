"""Registry subjects: every released version of each contract, in order, under FULL_TRANSITIVE."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from confluent_kafka.schema_registry import ConfigCompatibilityLevel, Schema, ServerConfig
from confluent_kafka.schema_registry.error import SchemaRegistryError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from infra.provision.difference import APPLY, Drift
from infra.provision.errors import ProvisionError
from schemas import contracts, released
from streams import registry
from streams.settings import Settings

COMPATIBILITY = "FULL_TRANSITIVE"
NOT_FOUND = 404
PATIENCE_S = 30.0
AT_ONCE = 8


def wanted() -> dict[str, list[str]]:
    """Each subject and the texts of its versions, oldest first."""
    return {
        contract.subject(stage): released.versions(contract, stage)
        for contract in contracts.all()
        for stage in contract.stages
    }


class Subjects:
    """The subjects of one registry."""

    def __init__(self, settings: Settings) -> None:
        self._client = registry.client(settings)

    def apply(self) -> list[str]:
        """Register what is missing. Safe to call again; a registry that is just starting is waited for.

        Returns:
            A line for each change.

        Raises:
            ProvisionError: the registry refused, or did not answer in time.
        """
        changes: list[str] = []
        try:
            known = self._subjects()
            # The registry answers each when its own topic has it: together they wait once, not one after the other.
            with ThreadPoolExecutor(AT_ONCE) as pool:
                made = [
                    pool.submit(self._register, subject, versions, subject in known)
                    for subject, versions in wanted().items()
                ]
                for one in made:
                    changes += one.result()
        except (SchemaRegistryError, httpx.HTTPError) as error:
            raise ProvisionError(f"the registry refused or did not answer: {error}: see its log") from error
        return changes

    def drift(self) -> list[Drift]:
        """How the registry's subjects differ from the contracts."""
        found: list[Drift] = []
        try:
            known = self._subjects()
            for subject, versions in wanted().items():
                if subject not in known:
                    found.append(Drift("subject", subject, "is missing", APPLY))
                else:
                    found += self._difference(subject, versions)
        except (SchemaRegistryError, httpx.HTTPError) as error:
            raise ProvisionError(f"the registry refused or did not answer: {error}: see its log") from error
        return found

    def _subjects(self) -> set[str]:
        asking = Retrying(
            retry=retry_if_exception_type((httpx.HTTPError, SchemaRegistryError)),
            wait=wait_exponential(multiplier=0.1, max=2),
            stop=stop_after_delay(PATIENCE_S),
            reraise=True,
        )
        return set(asking(self._client.get_subjects))

    def _register(self, subject: str, versions: list[str], known: bool) -> list[str]:
        changes = []
        for number, text in enumerate(versions, start=1):
            if not known or not self._registered(subject, text):
                self._client.register_schema(subject, Schema(text, "AVRO"))
                changes.append(f"registered subject {subject}, version {number}")
            known = True
        if self._compatibility(subject) != COMPATIBILITY:
            self._client.set_config(subject, ServerConfig(compatibility=ConfigCompatibilityLevel(COMPATIBILITY)))
            changes.append(f"set subject {subject} to {COMPATIBILITY}")
        return changes

    def _difference(self, subject: str, versions: list[str]) -> list[Drift]:
        found = []
        if not self._registered(subject, versions[-1]):
            found.append(Drift("subject", subject, "lacks the contract's schema", APPLY))
        else:
            latest = self._client.get_latest_version(subject).schema.schema_str or "null"
            if _without_docs(json.loads(latest)) != _without_docs(json.loads(versions[-1])):
                mend = "find who registered it, then delete that version in the registry"
                found.append(Drift("subject", subject, "has a newer schema than the contract's", mend))
        level = self._compatibility(subject)
        if level != COMPATIBILITY:
            found.append(Drift("subject", subject, f"has compatibility {level or 'unset'}", APPLY))
        return found

    def _registered(self, subject: str, text: str) -> bool:
        try:
            self._client.lookup_schema(subject, Schema(text, "AVRO"))
        except SchemaRegistryError as error:
            if error.http_status_code == NOT_FOUND:
                return False
            raise
        return True

    def _compatibility(self, subject: str) -> str | None:
        try:
            return str(self._client.get_compatibility(subject))
        except SchemaRegistryError as error:
            if error.http_status_code == NOT_FOUND:
                return None
            raise


def _without_docs(schema: Any) -> Any:
    """A schema as this registry compares schemas: new words alone make no new version."""
    if isinstance(schema, dict):
        return {key: _without_docs(value) for key, value in schema.items() if key != "doc"}
    return [_without_docs(one) for one in schema] if isinstance(schema, list) else schema
