"""The embedded stack, for real: what is promised of its life and death."""

from __future__ import annotations

import pytest
from confluent_kafka.admin import AdminClient

from infra.local import clickhouse, registry
from streams.settings import Settings

pytestmark = pytest.mark.server


def test_all_three_answer(stack: Settings) -> None:
    assert AdminClient(stack.kafka.client()).list_topics(timeout=10).brokers
    assert registry.reachable(stack.registry.url)
    assert clickhouse.reachable(f"http://{stack.clickhouse.host}:{stack.clickhouse.http_port}")
