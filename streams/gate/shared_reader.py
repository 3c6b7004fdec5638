"""The consumer by which the gate reads back what is shared: what is committed, from where it says, with no trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confluent_kafka import Consumer


def shared_reader(client: Mapping[str, Any], **more: Any) -> Consumer:
    """A consumer that is assigned its partitions and told of their ends; ``more`` are options over those it has."""
    return Consumer(
        {
            **client,
            "group.id": "crossbeat-gate-memory",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            **more,
        }
    )
