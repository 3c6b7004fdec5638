"""Who a Kafka client says it is."""

from __future__ import annotations

from pydantic import SecretStr

from streams import jaas
from streams.settings import Kafka

SECURE = Kafka(
    bootstrap="broker:1",
    security_protocol="SASL_PLAINTEXT",
    username="north",
    password=SecretStr("own"),
    accounts={"gate": SecretStr("of the gate")},
)


def test_a_platform_account_that_is_known_is_used() -> None:
    options = SECURE.client("gate")
    assert (options["sasl.username"], options["sasl.password"]) == ("gate", "of the gate")


def test_without_an_account_or_with_one_that_is_not_known_it_is_who_the_settings_name() -> None:
    for account in ("", "loader"):
        options = SECURE.client(account)
        assert (options["sasl.username"], options["sasl.password"]) == ("north", "own")


def test_a_broker_that_asks_nobody_is_told_nothing() -> None:
    plain = Kafka(bootstrap="broker:1", accounts={"gate": SecretStr("of the gate")})
    assert plain.client("gate") == {"bootstrap.servers": "broker:1", "security.protocol": "PLAINTEXT"}


def test_passwords_of_accounts_never_print() -> None:
    for text in (repr(SECURE), str(SECURE), SECURE.model_dump_json(), str(SECURE.model_dump())):
        assert "of the gate" not in text


def test_a_password_with_quotes_stays_one_word_of_the_java_line() -> None:
    said = jaas.line(jaas.module("SCRAM-SHA-512"), {"username": "a", "password": 'b"; \\'}, "shaded.")
    assert said == (
        'shaded.org.apache.kafka.common.security.scram.ScramLoginModule required username="a" password="b\\"; \\\\";'
    )
