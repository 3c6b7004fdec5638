"""The table of who may do what in Kafka, and how the broker's certificates are made."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.loader import routes
from infra.local import ca
from infra.local.kafka_config import ACCOUNTS, ADMIN, Secrets, properties
from infra.provision import accounts, rights
from infra.provision.acls import Right
from schemas import contracts
from streams.district_file import DistrictFile, Quota
from streams.districts import District
from streams.settings import DistrictQuota, Gate, Kafka, Settings


def settings(**more: object) -> Settings:
    known = {name: SecretStr("x") for name in ACCOUNTS}
    return Settings(kafka=Kafka(security_protocol="SASL_PLAINTEXT", accounts=known), **more)


def account(name: str, ours: Settings | None = None) -> rights.Account:
    (found,) = (one for one in rights.platform(ours or settings(), ("north",)) if one.name == name)
    return found


def may(name: str, operation: str, topic: str) -> bool:
    """As the authorizer judges."""
    return any(
        one.kind == "topic"
        and one.operation == operation
        and (topic.startswith(one.name) if one.prefixed else topic == one.name)
        for one in account(name).rights
    )


def test_each_account_of_the_platform_is_in_the_table_but_the_operator() -> None:
    assert {one.name for one in rights.platform(settings(), ())} == set(ACCOUNTS) - {ADMIN}


def test_no_right_is_wider_than_a_word() -> None:
    for one in [*rights.platform(settings(), ("north",)), rights.district("north")]:
        for right in one.rights:
            assert right.name not in ("", "*"), right
            assert not right.prefixed or right.name[-1] in ".-", f"{right}: what else begins so?"


def test_only_the_gate_writes_the_shared_stream_and_only_the_jobs_deliver() -> None:
    names = [name for name in ACCOUNTS if name != ADMIN]
    assert [name for name in names if may(name, "write", "shared.incident.v1")] == ["gate"]
    assert [name for name in names if may(name, "write", "to.north.alert.v1")] == ["jobs"]
    assert [name for name in names if may(name, "read", "north.incident.v1")] == ["gate"]
    assert [name for name in names if may(name, "read", "to.north.alert.v1")] == []


def test_the_loader_reads_each_topic_that_lands() -> None:
    landed = routes.from_contracts()
    for contract in contracts.all():
        for stage in contract.stages:
            topic = contract.topic(stage, "north").name
            if any(route.topics.fullmatch(topic) for route in landed.routes):
                assert may("loader", "read", topic), topic


def test_a_gate_of_another_name_has_its_own_group_and_ids() -> None:
    named = account("gate", settings(gate=Gate(instance="lake", group="lake-gate"))).rights
    assert Right("group", "lake-gate", "read") in named
    assert Right("transactional_id", "crossbeat-lake", "write") in named


def test_a_district_is_told_from_one_whose_name_begins_like_its_own() -> None:
    for right in rights.district("north").rights:
        assert not right.prefixed or not "north-east.incident.v1 to.north-east.alert.v1".count(right.name)


def test_a_district_may_take_what_its_file_says_else_what_the_settings_do() -> None:
    default = DistrictQuota(publish_bytes_per_s=5_000)
    assert rights.limits(Quota(consume_bytes_per_s=9_000), default) == {
        "producer_byte_rate": 5_000.0,
        "consumer_byte_rate": 9_000.0,
        "request_percentage": 100.0,
    }


@pytest.mark.parametrize(
    "kafka",
    [
        Kafka(),
        Kafka(security_protocol="SSL"),
        Kafka(security_protocol="SASL_SSL", sasl_mechanism="OAUTHBEARER"),
        Kafka(security_protocol="SASL_SSL", manage_accounts=False),
    ],
)
def test_accounts_that_are_not_ours_to_make_are_left_alone(kafka: Kafka) -> None:
    joined = {"north": District.of(DistrictFile(name="north", title="North"), 0, None)}
    ours = Settings(kafka=kafka)
    assert accounts.wanted(ours, joined) == []
    assert accounts.drift(ours, joined) == []
    assert accounts.apply(ours, joined) == []


def test_on_a_broker_of_yours_with_one_account_only_districts_get_theirs() -> None:
    joined = {"north": District.of(DistrictFile(name="north", title="North"), 0, None)}
    ours = Settings(kafka=Kafka(security_protocol="SASL_SSL", username="me"))
    assert [one.name for one in accounts.wanted(ours, joined)] == ["north"]


def test_the_operators_password_does_not_open_the_controller() -> None:
    said = properties(Path("logs"), 1, 2, Secrets("of the operator", "of the controller"))
    lines = dict(line.split("=", 1) for line in said.splitlines() if "=" in line and not line.startswith("#"))
    assert "of the operator" not in lines["listener.name.controller.plain.sasl.jaas.config"]
    assert lines["allow.everyone.if.no.acl.found"] == "false"
    assert "PLAINTEXT" not in lines["listener.security.protocol.map"].replace("SASL_PLAINTEXT", "")


def test_a_certificate_is_trusted_by_the_authority_and_for_its_names(tmp_path: Path) -> None:
    first = ca.make(tmp_path, ["127.0.0.1", "broker.example"])
    authority = first.ca.read_bytes()
    again = ca.make(tmp_path, ["127.0.0.1"])
    assert again.ca.read_bytes() == authority, "one authority, as many certificates as wanted"
    assert stat.S_IMODE(again.key.stat().st_mode) == 0o600
    ssl.create_default_context(cafile=str(again.ca))
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(again.certificate, again.key)
