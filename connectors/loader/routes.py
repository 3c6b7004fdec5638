"""Which topic lands in which table: read from the contracts, so a new record type lands without a line here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from schemas import contracts
from schemas.contract import Contract
from schemas.render import clickhouse

DICTIONARY = re.compile(r"LowCardinality\((\w+(?:\(\w+\))?)\)")
DELIVERED = "delivered"
"""The stage of what was landed already, from the topic that it was delivered from."""
OWN = "own"
"""The stage of what a district writes about its own publishing: nobody vouches for it, so it is not landed."""
DISTRICT = r"[a-z][a-z0-9-]{1,30}"


@dataclass(frozen=True, slots=True)
class Route:
    """A topic, or a topic of each district, and the table that its records land in."""

    topics: re.Pattern[str]
    table: str
    columns: tuple[str, ...]
    structure: str

    @property
    def target(self) -> str:
        """What follows ``INSERT INTO``: the table, filled from the records as ClickHouse decodes them.

        Decoded into plain columns, which are then turned into the table's as a whole: to decode each value into
        a dictionary costs twice as much (decision 0070).
        """
        columns = ", ".join(f"`{column}`" for column in self.columns)
        return f"`{self.table}` ({columns}) SELECT {columns} FROM input('{self.structure}')"  # noqa: S608 - a contract's


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes; the first whose pattern fits a topic is its route."""

    routes: tuple[Route, ...]

    def of(self, topic: str) -> Route:
        """The route of a topic that was subscribed to.

        Raises:
            KeyError: no contract lands this topic.
        """
        if (route := self._find(topic)) is not None:
            return route
        raise KeyError(f"no contract lands topic {topic}")

    def lands(self, topic: str) -> bool:
        """Whether a contract lands this topic."""
        return self._find(topic) is not None

    def subscription(self) -> list[str]:
        """The topics for librdkafka, each as an anchored pattern: so a topic made later is noticed and then read."""
        return [f"^{route.topics.pattern}$" for route in self.routes]

    def tables(self) -> tuple[str, ...]:
        """Names of all tables, each once."""
        return tuple(dict.fromkeys(route.table for route in self.routes))

    def _find(self, topic: str) -> Route | None:
        return next((route for route in self.routes if route.topics.fullmatch(topic)), None)


def from_contracts(known: Iterable[Contract] | None = None) -> Routes:
    """Routes of every contract with a table: of each stage whose records are those of the stored stage."""
    return Routes(tuple(route for contract in known or contracts.all() for route in _routes(contract)))


def _routes(contract: Contract) -> Iterable[Route]:
    storage = contract.storage
    if storage is None:
        return
    stored = contract.fields(storage.stage)
    # ClickHouse skips what a record holds beyond these: fields that are never to be landed.
    landed = contract.stored_fields
    columns = tuple(field.name for field in landed)
    structure = ", ".join(f"`{field.name}` {plain(clickhouse.column_type(field))}" for field in landed)
    for stage in contract.stages:
        if stage not in (DELIVERED, OWN) and contract.fields(stage) == stored:
            # Every character but the district's place stands for itself.
            parts = (re.escape(part) for part in contract.stage(stage).topic.split("{district}"))
            yield Route(re.compile(DISTRICT.join(parts)), storage.table, columns, structure.replace("'", "\\'"))


def plain(kind: str) -> str:
    """A ClickHouse type without its dictionary."""
    return DICTIONARY.sub(r"\1", kind)
