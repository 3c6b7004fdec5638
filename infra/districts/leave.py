"""What becomes of the records of a district that leaves.

A record whose release has an end, its own or that of the agreement it was shared under, is kept by those who have it
until then. Every other is retracted, so that what was derived from it goes too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from clickhouse_connect.driver.exceptions import ClickHouseError
from confluent_kafka import KafkaError, Message, Producer

from connectors.retract.send import Wish, record
from infra.provision.errors import ProvisionError, first_words
from infra.provision.store import connect
from infra.provision.tables import landed
from schemas import codes, contracts
from streams.codec import Encoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings

PATIENCE_S = 120.0
EVERY_S = 0.5
REASON = "release_withdrawn"
MOST_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Records of a district in the tables: how many are kept until their release ends, how many are to be retracted."""

    kept: int
    retracted: int

    def __str__(self) -> str:
        if not self.kept + self.retracted:
            return "no record of it stands"
        return f"{self.retracted:,} of its records are retracted, {self.kept:,} kept until their release ends"


def standing(settings: Settings, district: str) -> Standing:
    """Count them.

    Raises:
        ProvisionError: the store did not answer.
    """
    with _Store(settings) as store:
        return store.count(district)


def retract_all(settings: Settings, district: str) -> str:
    """Ask the gate to take back what is not to be kept, and wait until that has landed.

    Returns:
        What was done, in words. Run again after an interruption, it goes on with what still stands.

    Raises:
        ProvisionError: a server did not answer, or not all was taken back in time.
    """
    with _Store(settings) as store:
        first = store.count(district)
        while wishes := store.to_retract(district):
            before = store.count(district).retracted
            _publish(settings, district, wishes)
            until = time.monotonic() + PATIENCE_S
            while (now := store.count(district).retracted) > before - len(wishes):
                if time.monotonic() > until:
                    words = f"{now:,} records of {district} were asked back and still stand"
                    raise ProvisionError(f"{words}: see `crossbeat status` for gate and loader, then run it again")
                time.sleep(EVERY_S)
    return f"retracted {first.retracted:,} records of district {district}; {first.kept:,} stay until their release ends"


class _Store:
    """The tables of records that districts own."""

    def __init__(self, settings: Settings) -> None:
        self._client = connect(settings)
        published = codes.get("record_type")
        self._tables = {contract.name: said.table for contract, said in landed() if contract.name in published}

    def __enter__(self) -> _Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def count(self, district: str) -> Standing:
        kept = retracted = 0
        for table in self._tables.values():
            (row,) = self._ask(
                f"SELECT countIf({_KEPT}), countIf(NOT ({_KEPT})) FROM `{table}` FINAL "  # noqa: S608 - our own names
                "WHERE district = {district:String}",
                {"district": district},
            )
            kept, retracted = kept + int(row[0]), retracted + int(row[1])
        return Standing(kept, retracted)

    def to_retract(self, district: str) -> list[Wish]:
        found: list[Wish] = []
        for record_type, table in self._tables.items():
            rows = self._ask(
                f"SELECT record_id, revision FROM `{table}` FINAL "  # noqa: S608 - our own names
                f"WHERE district = {{district:String}} AND NOT ({_KEPT}) LIMIT {MOST_AT_ONCE - len(found)}",
                {"district": district},
            )
            found += [Wish(record_type, str(name), int(revision), REASON) for name, revision in rows]
        return found

    def _ask(self, statement: str, parameters: dict[str, str]) -> list[tuple[Any, ...]]:
        try:
            return [tuple(row) for row in self._client.query(statement, parameters=parameters).result_rows]
        except ClickHouseError as error:
            raise ProvisionError(f"the records cannot be counted: {first_words(error)}") from error


# Its release has an end, and others have it: they may keep it so long.
_KEPT = "release_expires_at IS NOT NULL AND length(visible_to) > 1"


def _publish(settings: Settings, district: str, wishes: list[Wish]) -> None:
    contract = contracts.get("retraction")
    topic = contract.topic("district", district).name
    encode = Encoder(ConfluentRegistry(settings), contract.subject("district"), contract.avro("district"))
    producer = Producer(settings.kafka.client("admin") | {"enable.idempotence": True, "linger.ms": 20})
    refused: list[str] = []

    def told(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            refused.append(str(error.str()))

    for wish in wishes:
        made = record(wish, district)
        producer.produce(topic, encode(made), made["record_id"].encode(), on_delivery=told)
        producer.poll(0)
    if producer.flush(PATIENCE_S) or refused:
        raise ProvisionError(f"topic {topic} did not take the retractions: {refused[:1] or 'no answer'}: run it again")
