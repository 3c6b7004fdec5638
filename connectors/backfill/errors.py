"""The one exception of a backfill, and what else may come of a broker or a registry that is away."""

from __future__ import annotations

import httpx
from confluent_kafka import KafkaException

from streams.registry import SchemaNotRegistered


class BackfillError(RuntimeError):
    """A run that cannot go on. What was committed stays; the same command again goes on from there."""


AWAY: tuple[type[Exception], ...] = (BackfillError, KafkaException, SchemaNotRegistered, httpx.HTTPError)
"""What a worker waits for rather than ends: none of them is the data's fault."""
