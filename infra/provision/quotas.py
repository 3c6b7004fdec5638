"""How much of the broker an account may take (client quotas).

confluent-kafka has no call for them (its pull request 2321), Kafka's own tool takes two seconds of Java for each look.
So the two requests are sent by aiokafka's client, which Faust brings: one is there, the other is described here as in
Kafka's protocol (AlterClientQuotas, version 0).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import DescribeClientQuotasRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String

from infra.provision.errors import ProvisionError
from streams.settings import Kafka

Quota = Mapping[str, float]
T = TypeVar("T")
PUBLISH, CONSUME, REQUESTS = "producer_byte_rate", "consumer_byte_rate", "request_percentage"
"""Bytes a second that are published, and that are read; the share of one broker thread's time, in per cent."""
USER = "user"
ANY_NAME = 2
TEXT = String("utf-8")
TIMEOUT_MS = 20_000


class _Altered(Response):  # type: ignore[misc]  # its package has no types
    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "entries",
            Array(
                ("error_code", Int16),
                ("error_message", TEXT),
                ("entity", Array(("entity_type", TEXT), ("entity_name", TEXT))),
            ),
        ),
    )


class _Alter0(RequestStruct):  # type: ignore[misc]
    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = _Altered
    SCHEMA = Schema(
        (
            "entries",
            Array(
                ("entity", Array(("entity_type", TEXT), ("entity_name", TEXT))),
                ("ops", Array(("key", TEXT), ("value", Float64), ("remove", Boolean))),
            ),
        ),
        ("validate_only", Boolean),
    )


class _Alter(Request[_Alter0]):  # type: ignore[misc]
    API_KEY = 49

    def __init__(self, changes: Mapping[str, Mapping[str, float | None]]) -> None:
        self._entries = [
            ([(USER, name)], [(key, value or 0.0, value is None) for key, value in said.items()])
            for name, said in changes.items()
        ]

    def build(self, request_struct_class: type[_Alter0]) -> _Alter0:
        return request_struct_class(self._entries, False)


class Quotas:
    """The quotas of users on one broker."""

    def __init__(self, kafka: Kafka, account: str) -> None:
        self._kafka, self._account = kafka, account

    def live(self) -> dict[str, dict[str, float]]:
        """Quotas by user.

        Raises:
            ProvisionError: the broker refused or did not answer.
        """

        async def ask(admin: AIOKafkaAdminClient) -> dict[str, dict[str, float]]:
            answer: Any = await admin._send_request(DescribeClientQuotasRequest([(USER, ANY_NAME, None)], True))
            if answer.error_code:
                raise ProvisionError(f"the broker does not tell its quotas: {answer.error_message}")
            return {entity[0][1]: dict(values) for entity, values in answer.entries or []}

        return self._run(ask)

    def put(self, changes: Mapping[str, Mapping[str, float | None]]) -> None:
        """Set quotas by user and key, or remove those that are none; all in one request.

        Raises:
            ProvisionError: the broker refused or did not answer.
        """
        if not changes:
            return

        async def change(admin: AIOKafkaAdminClient) -> None:
            answer: Any = await admin._send_request(_Alter(changes))
            for code, message, entity in answer.entries:
                if code:
                    raise ProvisionError(f"the quota of {entity[0][1]} could not be set: {message}")

        self._run(change)

    def _run(self, work: Callable[[AIOKafkaAdminClient], Awaitable[T]]) -> T:
        async def whole() -> T:
            admin = AIOKafkaAdminClient(**self._options())
            try:
                await admin.start()
                return await work(admin)
            finally:
                await admin.close()

        try:
            return asyncio.run(whole())
        except KafkaError as error:
            raise ProvisionError(f"the broker cannot be asked for its quotas: {error}") from error

    def _options(self) -> dict[str, Any]:
        kafka = self._kafka
        options: dict[str, Any] = {
            "bootstrap_servers": kafka.bootstrap,
            "security_protocol": kafka.security_protocol,
            "request_timeout_ms": TIMEOUT_MS,
        }
        if kafka.security_protocol.startswith("SASL"):
            username, password = kafka.login(self._account)
            options |= {
                "sasl_mechanism": kafka.sasl_mechanism,
                "sasl_plain_username": username,
                "sasl_plain_password": password,
            }
        if "SSL" in kafka.security_protocol:
            options["ssl_context"] = ssl.create_default_context(cafile=kafka.ca_file or None)
        return options
