"""What was shared after a backup was taken, landed beside its rows before they are shown: retractions above all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import ClusterMetadata  # type: ignore[attr-defined]  # exported without saying so

from connectors.loader import routes
from connectors.loader.intake import GROUP, Source
from connectors.loader.landing import TooManyRefused
from connectors.loader.worker import Loader
from infra.backup.errors import BackupError
from infra.backup.shelf import Manifest
from streams.group_places import committed_places
from streams.metrics import Meter
from streams.settings import Settings

METER = "restore"
TIMEOUT_S = 10.0
# Of syslog, critical: what it cannot do it raises. That one is closed while it still connects it calls an error.
CRITICAL = 2
Places = dict[str, dict[int, int]]


def places(settings: Settings) -> tuple[str, Places]:
    """The id of the cluster, and where the loader stands in each partition that it has landed from.

    Raises:
        BackupError: the broker refused or did not answer.
    """
    with _consumer(settings) as consumer:
        there = consumer.list_topics(timeout=TIMEOUT_S)
        found: Places = {}
        for place in committed_places(consumer, list(_landed(there))):
            if place.offset >= 0:
                found.setdefault(place.topic, {})[place.partition] = place.offset
        return str(there.cluster_id), found


def gaps(settings: Settings, manifest: Manifest) -> list[str]:
    """Why what was shared since the backup cannot be known in full: a line for each topic; empty when it can be.

    Raises:
        BackupError: the broker refused or did not answer.
    """
    with _consumer(settings) as consumer:
        there = consumer.list_topics(timeout=TIMEOUT_S)
        if there.cluster_id != manifest.cluster:
            return ["the broker is another than that of the backup: its topics do not go on from there"]
        first = {
            (place.topic, place.partition): consumer.get_watermark_offsets(place, timeout=TIMEOUT_S)[0]
            for place in _landed(there)
            if place.topic in manifest.places
        }
        return [
            f"topic {topic} no longer holds all that came since"
            for topic, partitions in manifest.places.items()
            # A partition that is not there any more lacks everything.
            if any(first.get((topic, number), offset + 1) > offset for number, offset in partitions.items())
        ]


def land(settings: Settings, manifest: Manifest) -> int:
    """Land all that was shared since the backup into the database that ``settings`` name; how many rows.

    Of another broker than that of the backup all that it holds is landed: no place of one is a place of the other.

    Raises:
        BackupError: the broker refused or did not answer, or rows do not fit the tables.
    """
    with _consumer(settings) as consumer:
        there = consumer.list_topics(timeout=TIMEOUT_S)
        known = manifest.places if there.cluster_id == manifest.cluster else {}
        starts = list(_landed(there))
        for place in starts:
            place.offset = known.get(place.topic, {}).get(place.partition, OFFSET_BEGINNING)
    if not starts:
        return 0
    source = Source(settings, [], starts=starts)
    loader = Loader(settings, threading.Event(), source=source, meter=Meter(METER, settings.data))
    try:
        loader.run(until=source.ended)
    except TooManyRefused as error:
        raise BackupError(str(error)) from error
    return sum(loader.rows().values())


def _landed(there: ClusterMetadata) -> Iterator[TopicPartition]:
    """Each partition of the topics that land in a table."""
    here = routes.from_contracts()
    for name, topic in there.topics.items():
        if here.lands(name):
            yield from (TopicPartition(name, number) for number in topic.partitions)


@contextmanager
def _consumer(settings: Settings) -> Iterator[Consumer]:
    """A client that asks as the loader does, without being one of its group."""
    consumer = Consumer(settings.kafka.client("loader") | {"group.id": GROUP, "log_level": CRITICAL})
    try:
        yield consumer
    except KafkaException as error:
        words = "see `crossbeat status`"
        raise BackupError(f"the broker does not say where its topics stand: {error.args[0].str()}: {words}") from error
    finally:
        consumer.close()
