"""Rights in Kafka (ACLs): who may do what with which topics, groups and transactional ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, cast

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it exports them without saying so
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from infra.provision.errors import ProvisionError

Kind = Literal["topic", "group", "transactional_id", "broker"]
Rights = dict[str, frozenset["Right"]]
ANYWHERE = "*"
ALLOW = "allow"
TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One thing that an account may do; ``read`` and ``write`` bring ``describe`` with them.

    With ``prefixed`` it holds for every name that begins so. A right found on a broker may be none that we would give:
    then ``host`` or ``permission`` say what is odd about it.
    """

    kind: Kind
    name: str
    operation: str
    prefixed: bool = False
    host: str = ANYWHERE
    permission: str = ALLOW

    def __str__(self) -> str:
        odd = "" if self.permission == ALLOW else f"{self.permission} "
        odd_host = "" if self.host == ANYWHERE else f" from {self.host}"
        words = f"{self.kind.replace('_', ' ')} {self.name}{'*' if self.prefixed else ''}{odd_host}"
        return f"{odd}{self.operation.replace('_', ' ')} {words}"


class Acls:
    """The rights of one broker. It asks as who ``admin`` is, who must be allowed to."""

    def __init__(self, admin: AdminClient) -> None:
        self._admin = admin

    def live(self) -> Rights:
        """Rights by account.

        Raises:
            ProvisionError: the broker has no authorizer, did not answer, or will not tell us.
        """
        try:
            found = self._admin.describe_acls(AclBindingFilter(**EVERYTHING), request_timeout=TIMEOUT_S).result()
        except KafkaException as error:
            raise ProvisionError(f"the broker does not tell its rights: {error.args[0].str()}") from error
        by_account: defaultdict[str, set[Right]] = defaultdict(set)
        for binding in found:
            by_account[binding.principal.removeprefix("User:")].add(_right(binding))
        return {name: frozenset(rights) for name, rights in by_account.items()}

    def give(self, rights: Mapping[str, Iterable[Right]]) -> None:
        """Give these rights, all in one request.

        Raises:
            ProvisionError: the broker refused one.
        """
        bindings = [AclBinding(**_parts(account, right)) for account, some in rights.items() for right in some]
        if not bindings:
            return
        for binding, done in self._admin.create_acls(bindings, request_timeout=TIMEOUT_S).items():
            try:
                done.result()
            except KafkaException as error:
                words = f"{_right(binding)} of {binding.principal}"
                raise ProvisionError(f"right {words} could not be given: {error.args[0].str()}") from error

    def take(self, rights: Mapping[str, Iterable[Right]]) -> None:
        """Take these rights away, all in one request.

        Raises:
            ProvisionError: the broker refused.
        """
        filters = [AclBindingFilter(**_parts(account, right)) for account, some in rights.items() for right in some]
        if not filters:
            return
        try:
            for done in self._admin.delete_acls(filters, request_timeout=TIMEOUT_S).values():
                done.result()
        except KafkaException as error:
            raise ProvisionError(f"rights could not be taken away: {error.args[0].str()}") from error


def _right(binding: AclBinding) -> Right:
    # Its own types allow for words and numbers, which it turns into these.
    kind, pattern, operation, permission = (
        cast(Enum, value)
        for value in (binding.restype, binding.resource_pattern_type, binding.operation, binding.permission_type)
    )
    return Right(
        cast(Kind, kind.name.lower()),
        binding.name,
        operation.name.lower(),
        pattern is ResourcePatternType.PREFIXED,
        binding.host,
        permission.name.lower(),
    )


def _parts(account: str, right: Right) -> dict[str, Any]:
    return {
        "restype": ResourceType[right.kind.upper()],
        "name": right.name,
        "resource_pattern_type": ResourcePatternType.PREFIXED if right.prefixed else ResourcePatternType.LITERAL,
        "principal": f"User:{account}",
        "host": right.host,
        "operation": AclOperation[right.operation.upper()],
        "permission_type": AclPermissionType[right.permission.upper()],
    }


EVERYTHING: dict[str, Any] = {
    "restype": ResourceType.ANY,
    "name": None,
    "resource_pattern_type": ResourcePatternType.ANY,
    "principal": None,
    "host": None,
    "operation": AclOperation.ANY,
    "permission_type": AclPermissionType.ANY,
}
