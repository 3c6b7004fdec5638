"""Districts that receive, the whole chain of jobs, and what each district has been given."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Consumer

from connectors.delivered import Delivered
from infra import provision
from jobs.columns import end_offsets, read_topic
from schemas import contracts
from streams import districts
from streams.district_file import DistrictFile
from streams.registry import ConfluentRegistry
from streams.settings import Settings
from tests.flow.join_world import Jobs, Record

RECEIVES = ("alert", "incident", "link")
PATIENCE_S = 120.0


class Chain(Jobs):
    """Pairs, alerts and the router, as `crossbeat up` runs them."""

    patterns = ("linked_incidents", "linked_alerts", "router")

    def log_end(self) -> str:
        """The last of what it has to say."""
        return (self.data / "jobs.log").read_text()[-3000:]


def join(stack: Settings, jobs: Jobs, names: Iterable[str], receives: tuple[str, ...] = RECEIVES) -> None:
    """Let districts take part: their topics on the broker, their files where the jobs look."""
    for name in names:
        said = DistrictFile(name=name, title=name, receives=receives)
        for folder in (stack.districts, jobs.data / "districts"):
            districts.put(folder, said, None)
        provision.ensure_district(stack, name)


@dataclass
class Mailbox:
    """All that one district was given, by type: each message as key and record, a record of None takes its key back."""

    messages: dict[str, list[tuple[str, Record | None]]] = field(default_factory=lambda: defaultdict(list))

    def standing(self, kind: str) -> dict[str, Record]:
        """What it holds of a type now."""
        held: dict[str, Record] = {}
        for key, record in self.messages[kind]:
            if record is None:
                held.pop(key, None)
            else:
                held[key] = record
        return held

    @property
    def alerts(self) -> list[Record]:
        """Its alerts in order, each identifier once."""
        return list({key: record for key, record in self.messages["alert"] if record is not None}.values())


class Post:
    """Reads the topics of many districts."""

    def __init__(self, stack: Settings, names: Iterable[str]) -> None:
        self._readers = {name: Delivered(stack, name) for name in names}
        self.of = {name: Mailbox() for name in self._readers}

    def take(self) -> None:
        """Read what came."""
        for name, reader in self._readers.items():
            while arrivals := reader.take(0.05):
                for arrival in arrivals:
                    assert not arrival.defect, arrival
                    self.of[name].messages[arrival.kind].append((arrival.key, arrival.record))

    def until(self, wanted: Callable[[], bool], jobs: Chain) -> None:
        """Read until something holds.

        Raises:
            AssertionError: it does not in time.
        """
        limit = time.monotonic() + PATIENCE_S
        while not wanted():
            jobs.check()
            assert time.monotonic() < limit, f"{self.of}\n{jobs.counted()}\n{jobs.log_end()}"
            self.take()

    def until_quiet(self, jobs: Chain, still_s: float = 4.0) -> None:
        """Read until nothing has come for so long."""
        count, since = -1, time.monotonic()
        while time.monotonic() - since < still_s:
            jobs.check()
            self.take()
            now = sum(len(messages) for box in self.of.values() for messages in box.messages.values())
            if now != count:
                count, since = now, time.monotonic()

    def close(self) -> None:
        """Leave."""
        for reader in self._readers.values():
            reader.close()


def receipts(stack: Settings) -> dict[str, dict[str, Any]]:
    """All receipts by id."""
    contract = contracts.get("receipt")
    topic, columns = contract.topic("result").name, [field.name for field in contract.fields("result")]
    consumer = Consumer({**stack.kafka.client(), "group.id": "retraction-tests"})
    ends = end_offsets(consumer, topic)
    consumer.close()
    read = read_topic(stack, ConfluentRegistry(stack), topic, contract.avro("result"), columns, ends=ends)
    return {row["receipt_id"]: row for row in read.records.iter_rows(named=True)}


def after(before: Record, **changes: Any) -> Record:
    """The next revision of a record, with what the gate says of the one before."""
    return (
        before
        | {
            "revision": before["revision"] + 1,
            "prior_revision": before["revision"],
            "prior_visible_to": before["visible_to"],
            "prior_occurred_from": before["occurred_from"],
            "prior_lat": before["lat"],
            "prior_lon": before["lon"],
            "prior_category": before["category"],
            "prior_offence": before["offence"],
        }
        | changes
    )


def stub(before: Record) -> Record:
    """What the gate writes where a record is taken back."""
    return after(before, retracted=True)
