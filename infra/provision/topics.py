"""Kafka topics: made as their contracts say, and held against them.

A topic may have more partitions than its contract or settings of its own beyond those: that is the operators' choice.
What the contract does set must be so.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future
from functools import cache
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it exports them without saying so
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from infra.provision.difference import APPLY, Drift
from infra.provision.errors import ProvisionError
from schemas import contracts
from schemas.contract import DAY_MS, Topic
from streams.district_file import RECEIVES
from streams.districts import NAME, RESERVED, District
from streams.settings import Settings

DELIVERED = "delivered"
TIMEOUT_S = 20.0
SETTLE_S = 0.05
# Syslog's level: what the client logs below it is of no use to who runs a command.
ERRORS = 3


def fixed() -> list[Topic]:
    """Topics that exist once, whoever takes part."""
    return _unlike(
        contract.topic(stage)
        for contract in contracts.all()
        for stage in contract.stages
        if "{district}" not in contract.stage(stage).topic
    )


def of_district(
    district: str, receives: Collection[str] = RECEIVES, retention: Mapping[str, int] | None = None
) -> list[Topic]:
    """Topics that a district has of its own: those it publishes to, and one of each record type that it receives.

    ``retention`` has the days of record types that it wants gone from its topics sooner than their contracts say.
    """
    days = retention or {}
    return _unlike(
        contract.topic(stage, district, None if stage == DELIVERED else days.get(contract.name))
        for contract in contracts.all()
        for stage in contract.stages
        if "{district}" in contract.stage(stage).topic and (stage != DELIVERED or contract.name in receives)
    )


def of(district: District) -> list[Topic]:
    """The topics that a district which takes part has of its own, as it wants them."""
    return of_district(district.name, district.receives, district.retention)


def owner(topic: str) -> str | None:
    """The district whose own topic that would be by its name; none for a topic that exists once, or of others."""
    for pattern in _patterns():
        if found := pattern.fullmatch(topic):
            return found["district"]
    return None


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    own = {
        contract.stage(stage).topic
        for contract in contracts.all()
        for stage in contract.stages
        if "{district}" in contract.stage(stage).topic
    }
    name = f"(?P<district>(?!(?:{'|'.join(RESERVED)})[.]){NAME.pattern})"
    return tuple(re.compile(re.escape(one).replace(r"\{district\}", name)) for one in sorted(own))


class Topics:
    """The topics of one broker."""

    def __init__(self, settings: Settings) -> None:
        self._admin = AdminClient({**settings.kafka.client("admin"), "log_level": ERRORS})
        self._replication = settings.kafka.replication

    def apply(self, wanted: Iterable[Topic]) -> list[str]:
        """Make what is missing and mend what differs. Safe to call again, and from several processes at once.

        Returns:
            A line for each change.

        Raises:
            ProvisionError: the broker refused.
        """
        topics = list(wanted)
        live = self._partitions()
        missing = [topic for topic in topics if topic.name not in live]
        changes = self._create(missing)
        present = [topic for topic in topics if topic.name in live]
        return changes + self._grow(present, live) + self._configure(present)

    def drift(self, wanted: Iterable[Topic]) -> list[Drift]:
        """How the broker's topics differ from those wanted."""
        topics, live = list(wanted), self._partitions()
        found = [Drift("topic", t.name, "is missing", APPLY) for t in topics if t.name not in live]
        present = [topic for topic in topics if topic.name in live]
        for topic in present:
            if live[topic.name] < topic.partitions:
                words = f"has {live[topic.name]} partitions, its contract says {topic.partitions}"
                found.append(Drift("topic", topic.name, words, APPLY))
        for topic, key, value in self._differences(present):
            words = f"has {key} {value}, its contract says {topic.config[key]}"
            found.append(Drift("topic", topic.name, words, APPLY, _lost(key, value, topic.config[key])))
        return found

    def of_nobody(self, wanted: Iterable[Topic]) -> list[str]:
        """Topics of a district's own that are not wanted: of one that left, or of a type that it no longer receives."""
        known = {topic.name for topic in wanted}
        return sorted(name for name in self._partitions() if name not in known and owner(name) is not None)

    def delete(self, names: Iterable[str]) -> list[str]:
        """Delete topics with all that is in them.

        Returns:
            A line for each change; one that is gone already is left out.

        Raises:
            ProvisionError: the broker refused.
        """
        chosen = list(names)
        if not chosen:
            return []
        gone = self._admin.delete_topics(chosen, operation_timeout=TIMEOUT_S, request_timeout=TIMEOUT_S)
        done = _wait(gone, "topic", ignore=KafkaError.UNKNOWN_TOPIC_OR_PART, verb="deleted")
        return [f"deleted topic {name}" for name in done]

    def _partitions(self) -> dict[str, int]:
        try:
            found = self._admin.list_topics(timeout=TIMEOUT_S).topics
        except KafkaException as error:
            raise ProvisionError(f"the broker cannot be asked for its topics: {_words(error)}") from error
        return {name: len(topic.partitions) for name, topic in found.items()}

    def _create(self, topics: list[Topic]) -> list[str]:
        if not topics:
            return []
        new = [NewTopic(t.name, t.partitions, self._replication, config=t.config) for t in topics]
        made = self._admin.create_topics(new, operation_timeout=TIMEOUT_S, request_timeout=TIMEOUT_S)
        done = _wait(made, "topic", ignore=KafkaError.TOPIC_ALREADY_EXISTS)
        return [f"made topic {name}" for name in done]

    def _grow(self, topics: list[Topic], live: Mapping[str, int]) -> list[str]:
        new = [NewPartitions(t.name, t.partitions) for t in topics if live[t.name] < t.partitions]
        if not new:
            return []
        done = _wait(self._admin.create_partitions(new, request_timeout=TIMEOUT_S), "topic")
        return [f"added partitions to topic {name}" for name in done]

    def _configure(self, topics: list[Topic]) -> list[str]:
        changed: dict[str, ConfigResource] = {}
        for topic, key, _ in self._differences(topics):
            resource = changed.setdefault(topic.name, ConfigResource(ResourceType.TOPIC, topic.name))
            entry = ConfigEntry(key, topic.config[key], incremental_operation=AlterConfigOpType.SET)
            resource.add_incremental_config(entry)
        if not changed:
            return []
        _wait(self._admin.incremental_alter_configs(list(changed.values()), request_timeout=TIMEOUT_S), "topic")
        # The controller has them; the broker that is asked next may tell the old ones for a moment.
        until = time.monotonic() + TIMEOUT_S
        while self._differences(topics) and time.monotonic() < until:
            time.sleep(SETTLE_S)
        return [f"mended the settings of topic {name}" for name in changed]

    def _differences(self, topics: list[Topic]) -> list[tuple[Topic, str, str]]:
        """Topic, setting and its live value, where that is not what the contract says."""
        if not topics:
            return []
        by_name = {topic.name: topic for topic in topics}
        asked = [ConfigResource(ResourceType.TOPIC, name) for name in by_name]
        found: list[tuple[Topic, str, str]] = []
        for resource, future in self._admin.describe_configs(asked, request_timeout=TIMEOUT_S).items():
            topic, live = by_name[resource.name], future.result()
            for key, value in topic.config.items():
                entry = live.get(key)
                if entry is None or entry.value != value:
                    found.append((topic, key, "unset" if entry is None else str(entry.value)))
        return found


def _wait(futures: Mapping[Any, Future[Any]], what: str, ignore: int | None = None, verb: str = "made") -> list[str]:
    """Names of what was done; what another process did meanwhile is left out."""
    done: list[str] = []
    for key, future in futures.items():
        name = str(getattr(key, "name", key))
        try:
            future.result()
        except KafkaException as error:
            if error.args[0].code() == ignore:
                continue
            raise ProvisionError(f"{what} {name} could not be {verb}: {_words(error)}") from error
        done.append(name)
    return done


def _lost(key: str, live: str, wanted: str) -> str:
    """What the broker would delete once the setting is mended."""
    if key == "cleanup.policy" and "delete" in wanted and "delete" not in live:
        return "what is older than its retention is deleted"
    forever = ("-1", "unset")
    if key != "retention.ms" or wanted in forever or (live not in forever and int(live) <= int(wanted)):
        return ""
    return f"what is older than {int(wanted) // DAY_MS} days is deleted"


def _words(error: KafkaException) -> str:
    return str(error.args[0].str())


def _unlike(topics: Iterable[Topic]) -> list[Topic]:
    return list({topic.name: topic for topic in topics}.values())
