"""What nobody but its owner may do in Kafka, each thing tried with a real client; docs/security.md lists them."""

from __future__ import annotations

import stat
import time
import uuid
from collections.abc import Callable

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from infra import provision
from infra.local import credentials
from infra.provision import accounts
from infra.provision.acls import Acls, Right
from infra.provision.quotas import Quotas
from streams import districts
from streams.settings import Settings

pytestmark = pytest.mark.server
NORTH, OTHER = "acl-north", "acl-north-east"  # the one's name begins like the other's
PATIENCE_S = 10.0


@pytest.fixture(scope="module")
def joined(stack: Settings) -> dict[str, str]:
    """The client options of a district whose neighbour's name begins with its own."""
    provision.ensure_district(stack, NORTH, OTHER)
    return options(stack, NORTH)


def options(stack: Settings, name: str) -> dict[str, str]:
    """Client options made of a district's credentials file alone."""
    said = credentials.read(stack.data, name)
    return {
        "bootstrap.servers": said["CROSSBEAT_KAFKA__BOOTSTRAP"],
        "security.protocol": said["CROSSBEAT_KAFKA__SECURITY_PROTOCOL"],
        "sasl.mechanism": said["CROSSBEAT_KAFKA__SASL_MECHANISM"],
        "sasl.username": said["CROSSBEAT_KAFKA__USERNAME"],
        "sasl.password": said["CROSSBEAT_KAFKA__PASSWORD"],
    }


def produced(client: dict[str, str], topic: str) -> KafkaError | None:
    """Write one message; the error with which it was refused, if it was."""
    answers: list[KafkaError | None] = []
    producer = Producer(client | {"message.timeout.ms": "8000", "log_level": "0"})
    producer.produce(topic, b"value", b"key", on_delivery=lambda error, _: answers.append(error))
    assert producer.flush(PATIENCE_S) == 0
    return answers[0]


def consumed(client: dict[str, str], topic: str, group: str) -> KafkaError | None:
    """Subscribe and wait for a message of the topic; the error that came instead, if one did."""
    consumer = Consumer(client | {"group.id": group, "auto.offset.reset": "earliest", "log_level": "0"})
    consumer.subscribe([topic])
    try:
        message = consumer.poll(PATIENCE_S)
        assert message is not None, "neither a message nor a refusal"
        return message.error()
    finally:
        consumer.close()


def refused(error: KafkaError | None, code: int) -> None:
    assert error is not None, "it was allowed"
    assert error.code() == code, error.str()


def put(stack: Settings, topic: str) -> None:
    """A message of the operator's, so that who may read has something to read."""
    assert produced(stack.kafka.client(), topic) is None


# What a district may do.


def test_a_district_writes_its_own_topic(joined: dict[str, str]) -> None:
    assert produced(joined, f"{NORTH}.incident.v1") is None


def test_a_district_reads_what_is_meant_for_it(stack: Settings, joined: dict[str, str]) -> None:
    for topic in (f"to.{NORTH}.alert.v1", f"rejected.{NORTH}.v1"):
        put(stack, topic)
        assert consumed(joined, topic, f"{NORTH}.{uuid.uuid4().hex}") is None


def test_a_district_writes_in_transactions_of_its_own(joined: dict[str, str]) -> None:
    producer = Producer(joined | {"transactional.id": f"{NORTH}.backfill"})
    producer.init_transactions(PATIENCE_S)
    producer.begin_transaction()
    producer.produce(f"{NORTH}.incident.v1", b"value", b"key")
    producer.commit_transaction(PATIENCE_S)


# What it must not.


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param(f"{OTHER}.incident.v1", id="another's topic"),
        pytest.param("shared.incident.v1", id="the shared stream"),
        pytest.param("alert.v1", id="alerts"),
        pytest.param(f"to.{NORTH}.alert.v1", id="what is delivered to itself"),
        pytest.param(f"rejected.{NORTH}.v1", id="its own rejections"),
    ],
)
def test_a_district_cannot_write(joined: dict[str, str], topic: str) -> None:
    refused(produced(joined, topic), KafkaError.TOPIC_AUTHORIZATION_FAILED)


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param(f"to.{OTHER}.alert.v1", id="what is delivered to another"),
        pytest.param(f"{OTHER}.incident.v1", id="another's topic"),
        pytest.param(f"rejected.{OTHER}.v1", id="another's rejections"),
        pytest.param("shared.incident.v1", id="the shared stream"),
        pytest.param("alert.v1", id="alerts of all"),
        pytest.param("link.v1", id="links of all"),
        pytest.param("kafkasql-journal", id="the registry's store"),
        pytest.param("__consumer_offsets", id="the broker's own topics"),
    ],
)
def test_a_district_cannot_read(stack: Settings, joined: dict[str, str], topic: str) -> None:
    refused(consumed(joined, topic, f"{NORTH}.{uuid.uuid4().hex}"), KafkaError.TOPIC_AUTHORIZATION_FAILED)


@pytest.mark.parametrize("group", [f"{OTHER}.desk", "crossbeat-gate", "crossbeat-loader"])
def test_a_district_cannot_use_a_group_of_another(stack: Settings, joined: dict[str, str], group: str) -> None:
    put(stack, f"to.{NORTH}.alert.v1")
    refused(consumed(joined, f"to.{NORTH}.alert.v1", group), KafkaError.GROUP_AUTHORIZATION_FAILED)


@pytest.mark.parametrize("name", [f"{OTHER}.backfill", "crossbeat-gate-1"])
def test_a_district_cannot_use_a_transactional_id_of_another(joined: dict[str, str], name: str) -> None:
    producer = Producer(joined | {"transactional.id": name, "log_level": "0"})
    with pytest.raises(KafkaException) as failure:
        producer.init_transactions(PATIENCE_S)
    refused(failure.value.args[0], KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)


@pytest.mark.parametrize("topic", [f"{NORTH}.more.v1", "anything"])
def test_a_district_cannot_make_a_topic(joined: dict[str, str], topic: str) -> None:
    admin = AdminClient(joined)
    failure = admin.create_topics([NewTopic(topic, 1)])[topic].exception(PATIENCE_S)
    refused(failure.args[0], KafkaError.TOPIC_AUTHORIZATION_FAILED)


def test_a_district_cannot_delete_its_topic(joined: dict[str, str]) -> None:
    admin, topic = AdminClient(joined), f"{NORTH}.patrol.v1"
    refused(admin.delete_topics([topic])[topic].exception(PATIENCE_S).args[0], KafkaError.TOPIC_AUTHORIZATION_FAILED)


def test_a_district_cannot_give_itself_a_right(joined: dict[str, str]) -> None:
    wish = AclBinding(
        ResourceType.TOPIC,
        "shared.",
        ResourcePatternType.PREFIXED,
        f"User:{NORTH}",
        "*",
        AclOperation.READ,
        AclPermissionType.ALLOW,
    )
    admin = AdminClient(joined)
    failure = admin.create_acls([wish])[wish].exception(PATIENCE_S)
    refused(failure.args[0], KafkaError.CLUSTER_AUTHORIZATION_FAILED)


def test_a_district_sees_only_its_topics(joined: dict[str, str]) -> None:
    seen = set(AdminClient(joined).list_topics(timeout=PATIENCE_S).topics)
    assert f"{NORTH}.incident.v1" in seen
    assert not [topic for topic in seen if f"{NORTH}." not in topic]


# Who has no account.


def logs_in(client: dict[str, str]) -> bool:
    admin = AdminClient(client | {"log_level": "0"})
    try:
        admin.list_topics(timeout=3)
    except KafkaException:
        return False
    return True


def test_nobody_gets_in_without_a_login(stack: Settings) -> None:
    assert not logs_in({"bootstrap.servers": stack.kafka.bootstrap, "security.protocol": "PLAINTEXT"})


def test_nobody_gets_in_with_a_wrong_password(joined: dict[str, str]) -> None:
    assert logs_in(joined)
    assert not logs_in(joined | {"sasl.password": "guessed"})


def test_nobody_gets_in_by_the_controllers_listener(stack: Settings, joined: dict[str, str]) -> None:
    lines = (stack.data / "kafka" / "server.properties").read_text().splitlines()
    (voters,) = (line for line in lines if line.startswith("controller.quorum.voters="))
    controller = voters.partition("@")[2]
    for protocol, mechanism in (("PLAINTEXT", ""), ("SASL_PLAINTEXT", "PLAIN"), ("SASL_PLAINTEXT", "SCRAM-SHA-512")):
        tried = joined | {"bootstrap.servers": controller, "security.protocol": protocol}
        assert not logs_in(tried | ({"sasl.mechanism": mechanism} if mechanism else {}))
    admin = stack.kafka.client() | {"bootstrap.servers": controller, "sasl.mechanism": "PLAIN"}
    assert not logs_in(admin), "the operator's password opens it too"


# The platform's own accounts have no more than they need.


@pytest.mark.parametrize(
    ("account", "topic"),
    [
        ("gate", "alert.v1"),
        ("gate", f"{NORTH}.incident.v1"),
        ("jobs", "shared.incident.v1"),
        ("jobs", f"{NORTH}.incident.v1"),
        ("loader", "shared.incident.v1"),
        ("loader", "link.v1"),
        ("quality", "shared.incident.v1"),
        ("catchup", "alert.v1"),
        ("registry", "shared.incident.v1"),
    ],
)
def test_a_worker_cannot_write_what_is_not_its_work(
    stack: Settings, joined: dict[str, str], account: str, topic: str
) -> None:
    refused(produced(stack.kafka.client(account), topic), KafkaError.TOPIC_AUTHORIZATION_FAILED)


@pytest.mark.parametrize(("account", "group"), [("loader", "crossbeat-loader"), ("jobs", "crossbeat-linked-alerts")])
def test_a_worker_cannot_read_what_a_district_publishes(
    stack: Settings, joined: dict[str, str], account: str, group: str
) -> None:
    client = stack.kafka.client(account)
    consumer = Consumer(client | {"group.id": group, "log_level": "0"})
    try:
        topic = consumer.list_topics(f"{NORTH}.incident.v1", timeout=PATIENCE_S).topics[f"{NORTH}.incident.v1"]
        refused(topic.error, KafkaError.TOPIC_AUTHORIZATION_FAILED)
    finally:
        consumer.close()


# How accounts are made, and held.


def test_credentials_are_for_their_owner_alone_and_stay_the_same(stack: Settings, joined: dict[str, str]) -> None:
    file = credentials.file_of(stack.data, NORTH)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    assert provision.ensure_district(stack, NORTH) == []
    assert file.read_text() == before


def test_a_rotated_password_replaces_the_old_one(stack: Settings) -> None:
    provision.ensure_district(stack, "acl-rotated")
    before = options(stack, "acl-rotated")
    accounts.rotate(stack, "acl-rotated")
    assert logs_in(options(stack, "acl-rotated"))
    assert not logs_in(before)


def test_a_right_that_somebody_gave_by_hand_is_found_and_taken_back(stack: Settings, joined: dict[str, str]) -> None:
    districts.join(stack.districts, NORTH, "North", None)
    try:
        accounts.apply(stack)
        assert accounts.drift(stack) == []
        admin = AdminClient(stack.kafka.client())
        by_hand = Right("topic", "shared.", "read", prefixed=True)
        own = Right("topic", f"to.{NORTH}.", "read", prefixed=True)
        Acls(admin).give({NORTH: [by_hand]})
        Acls(admin).take({NORTH: [own]})
        Quotas(stack.kafka, "admin").put({NORTH: {"producer_byte_rate": None}})
        wait(lambda: len(accounts.drift(stack)) == 3)
        assert {(one.kind, one.words) for one in accounts.drift(stack)} == {
            ("right", "is not in the table"),
            ("right", "is missing"),
            ("quota", "is none, should be 8388608.0"),
        }
        accounts.apply(stack)
        assert accounts.drift(stack) == []
    finally:
        districts.remove(stack.districts, NORTH)


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)


def test_a_district_that_is_removed_is_refused(stack: Settings) -> None:
    provision.ensure_district(stack, "acl-gone")
    client = options(stack, "acl-gone")
    assert logs_in(client)
    assert "acl-gone" in accounts.of_nobody(stack), "it takes no part here"
    assert accounts.remove(stack, "acl-gone") == ["removed account acl-gone"]
    wait(lambda: "acl-gone" not in accounts.of_nobody(stack))
    assert not logs_in(client)
    assert not credentials.file_of(stack.data, "acl-gone").exists()


def test_a_district_that_floods_the_broker_is_slowed_down(stack: Settings, joined: dict[str, str]) -> None:
    Quotas(stack.kafka, "admin").put({NORTH: {"producer_byte_rate": 100_000.0}})
    throttled: list[float] = []
    producer = Producer(joined | {"throttle_cb": lambda event: throttled.append(event.throttle_time)})
    for _ in range(4_000):  # the broker counts over some ten seconds
        producer.produce(f"{NORTH}.incident.v1", bytes(1_000))
    wait(lambda: producer.poll(0.1) >= 0 and max(throttled, default=0.0) > 0.0)
    producer.purge()


def test_no_password_is_in_a_log(stack: Settings, joined: dict[str, str]) -> None:
    passwords = [one.get_secret_value() for one in stack.kafka.accounts.values()] + [joined["sasl.password"]]
    logs = list((stack.data / "logs").glob("*.log"))
    assert {"kafka.log", "registry.log"} <= {log.name for log in logs}
    for log in logs:
        text = log.read_text(errors="replace")
        assert not [one for one in passwords if one in text], f"a password is in {log.name}"
