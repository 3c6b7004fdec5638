"""The embedded broker takes a folder over whose passwords are lost, and speaks TLS when it has a certificate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from infra.local import ca
from infra.local import registry as registry_service
from streams.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]


def last(settings: Settings) -> bytes:
    consumer = Consumer(settings.kafka.client() | {"group.id": "kept"})
    consumer.assign([TopicPartition("kept", 0, 0)])
    try:
        message = consumer.poll(20)
        assert message is not None
        return message.value()
    finally:
        consumer.close()


def test_a_folder_without_its_passwords_is_taken_over_and_speaks_tls(
    fresh_stack: Callable[..., Any], tmp_path: Path
) -> None:
    first = fresh_stack(services=("kafka",))
    settings = first.start()
    admin = AdminClient(settings.kafka.client())
    admin.create_topics([NewTopic("kept", 1)])["kept"].result(20)
    producer = Producer(settings.kafka.client())
    producer.produce("kept", b"of before")
    assert producer.flush(20) == 0
    before = settings.kafka.client()
    first.stop()

    # A folder from before there were accounts looks the same: topics, and nobody whose password we know.
    (first.configured.data / "secrets.json").unlink()
    (first.configured.data / "kafka" / "operator").unlink()
    made = ca.make(tmp_path / "certificates", ["127.0.0.1"])
    again = fresh_stack(
        services=("kafka", "registry"),
        kafka={"ca_file": str(made.ca)},
        embedded={"kafka_certificate": str(made.certificate), "kafka_certificate_key": str(made.key)},
    )
    settings = again.start()
    assert settings.kafka.security_protocol == "SASL_SSL"
    assert last(settings) == b"of before"
    assert registry_service.reachable(settings.registry.url), "it reaches the broker over TLS too"

    encrypted = {"security.protocol": "SASL_SSL", "ssl.ca.location": str(made.ca)}
    plain = settings.kafka.client() | {"security.protocol": "SASL_PLAINTEXT"}
    for options in (before, before | encrypted, plain, settings.kafka.client() | {"ssl.ca.location": ""}):
        with pytest.raises(KafkaException):
            AdminClient(options | {"log_level": "0"}).list_topics(timeout=3)
