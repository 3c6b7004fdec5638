"""Kafka's own accounts (SCRAM users): who there is, and their passwords, which it never tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any, cast

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it exports them without saying so
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from infra.provision.errors import ProvisionError

ITERATIONS = 4_096
"""Kafka's default. Our passwords are 192 random bits, which more rounds would not make harder to guess."""
TIMEOUT_S = 20.0


class Users:
    """The users of one broker. Ask it nothing as somebody without the right to: the client would end the process."""

    def __init__(self, admin: AdminClient, mechanism: str) -> None:
        self._admin = admin
        self._mechanism = ScramMechanism[mechanism.replace("-", "_")]

    def live(self) -> set[str]:
        """Everyone who has a password for our mechanism.

        Raises:
            ProvisionError: the broker did not answer.
        """
        try:
            # Asked for everyone it gives one answer, asked for some one each: its type has both.
            everyone = cast("Future[dict[str, Any]]", self._admin.describe_user_scram_credentials(None))
            found = everyone.result(TIMEOUT_S)
        except KafkaException as error:
            raise ProvisionError(f"the broker does not tell its users: {error.args[0].str()}") from error
        return {
            name
            for name, said in found.items()
            if any(info.mechanism == self._mechanism for info in said.scram_credential_infos)
        }

    def put(self, passwords: Mapping[str, str]) -> None:
        """Make these users, or give them another password; all in one request.

        Raises:
            ProvisionError: the broker refused one.
        """
        info = ScramCredentialInfo(self._mechanism, ITERATIONS)
        self._alter([UserScramCredentialUpsertion(name, info, said.encode()) for name, said in passwords.items()])

    def delete(self, names: Iterable[str]) -> None:
        """Remove these users; one that is gone already is fine. Who is connected stays so until they connect again.

        Raises:
            ProvisionError: the broker refused.
        """
        self._alter([UserScramCredentialDeletion(name, self._mechanism) for name in names])

    def _alter(self, alterations: list[UserScramCredentialAlteration]) -> None:
        if not alterations:
            return
        done = self._admin.alter_user_scram_credentials(alterations, request_timeout=TIMEOUT_S)
        for name, future in done.items():
            try:
                future.result()
            except KafkaException as error:
                if error.args[0].code() != KafkaError.RESOURCE_NOT_FOUND:
                    raise ProvisionError(f"user {name} could not be changed: {error.args[0].str()}") from error
