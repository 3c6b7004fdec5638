"""Topics, subjects, tables and views on the real servers: made, left alone when right, told and mended when not."""

from __future__ import annotations

import clickhouse_connect
import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType
from confluent_kafka.schema_registry import ConfigCompatibilityLevel, Schema, SchemaRegistryClient, ServerConfig
from confluent_kafka.schema_registry.error import SchemaRegistryError

from infra import provision
from infra.provision import topics
from infra.provision.subjects import Subjects
from infra.provision.tables import Tables
from schemas import contracts
from streams.districts import BadDistrict
from streams.settings import Settings

pytestmark = pytest.mark.server


def said(found: list[provision.Drift]) -> list[str]:
    return [str(one) for one in found]


def test_a_provisioned_stack_is_as_the_contracts_say_and_is_left_alone(stack: Settings) -> None:
    assert provision.apply(stack) == []
    assert said(provision.drift(stack)) == []


def test_a_district_gets_its_topics_once(stack: Settings) -> None:
    made = provision.ensure_district(stack, "contracts-one")
    sent = [contract.name for contract in contracts.all() if "district" in contract.stages]
    names = ["rejected.contracts-one.v1", "contracts-one.backfill.v1", "contracts-one.refused.v1"]
    names += [f"contracts-one.{name}.v1" for name in sent]
    names += [f"to.contracts-one.{name}.v1" for name in topics.RECEIVES]
    assert sorted(line for line in made if "topic" in line) == sorted(f"made topic {name}" for name in names)
    assert "made account contracts-one" in made
    assert provision.ensure_district(stack, "contracts-one") == []
    with pytest.raises(BadDistrict):
        provision.ensure_district(stack, "Contracts One")


def test_a_topic_that_differs_is_told_and_mended(stack: Settings) -> None:
    admin = AdminClient({**stack.kafka.client()})
    wrong = NewTopic("contracts-two.incident.v1", 1, 1, config={"max.message.bytes": "1000"})
    for future in admin.create_topics([wrong]).values():
        future.result()
    wanted, live = topics.of_district("contracts-two"), topics.Topics(stack)
    found = said(live.drift(wanted))
    assert "topic rejected.contracts-two.v1 is missing: crossbeat apply" in found
    expected = "topic contracts-two.incident.v1 has max.message.bytes 1000, its contract says 16777216: crossbeat apply"
    assert expected in found
    assert "mended the settings of topic contracts-two.incident.v1" in live.apply(wanted)
    assert live.drift(wanted) == []


def test_a_topic_gets_the_partitions_it_lacks_and_keeps_settings_of_its_operators(stack: Settings) -> None:
    live, few = topics.Topics(stack), topics.Topic("contracts-three.v1", 1, {"cleanup.policy": "delete"})
    many = topics.Topic(few.name, 3, few.config)
    live.apply([few])
    admin = AdminClient({**stack.kafka.client()})
    own = ConfigEntry("retention.bytes", "123456", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, few.name, incremental_configs=[own])
    for future in admin.incremental_alter_configs([resource]).values():
        future.result()
    assert said(live.drift([many])) == [
        "topic contracts-three.v1 has 1 partitions, its contract says 3: crossbeat apply"
    ]
    assert live.apply([many]) == ["added partitions to topic contracts-three.v1"]
    assert live.drift([many]) == []


def test_the_registry_holds_what_is_released_refuses_what_breaks_it_and_is_mended(stack: Settings) -> None:
    client, subjects = SchemaRegistryClient({"url": stack.registry.url}), Subjects(stack)
    contract = contracts.get("late_record")
    latest = client.get_latest_version(contract.subject("result"))
    assert latest.schema.schema_str == contract.avro_json("result")
    broken = contract.avro_json("result").replace('"double"', '"string"')
    with pytest.raises(SchemaRegistryError):
        client.register_schema(contract.subject("result"), Schema(broken, "AVRO"))
    client.set_config(contract.subject("result"), ServerConfig(compatibility=ConfigCompatibilityLevel.NONE))
    assert said(subjects.drift()) == ["subject late.v1-value has compatibility NONE: crossbeat apply"]
    assert subjects.apply() == ["set subject late.v1-value to FULL_TRANSITIVE"]
    assert subjects.drift() == []


def test_a_table_that_differs_is_told_and_lacking_columns_are_added(stack: Settings) -> None:
    at = stack.clickhouse
    client = clickhouse_connect.get_client(
        host=at.host, port=at.http_port, username=at.username, password=at.password.get_secret_value()
    )
    table = f"{at.database}.late_records"
    tables = Tables(stack)
    try:
        client.command(f"ALTER TABLE {table} ADD COLUMN stray String")
        client.command(f"ALTER TABLE {table} DROP COLUMN watermark")
        client.command(f"ALTER TABLE {table} MODIFY TTL toDateTime(landed_at) + INTERVAL 1 DAY")
        client.command(f"DROP VIEW {at.database}.alerts_now")
        found = said(tables.drift())
        assert len(found) == 4
        assert "table late_records lacks the column watermark: crossbeat apply" in found
        assert "view alerts_now is missing: crossbeat apply" in found
        assert any(
            line.startswith("table late_records has a column stray that its contract does not") for line in found
        )
        assert any("does not delete rows after 1826 days: ALTER TABLE" in line for line in found)
        assert tables.apply() == ["added column watermark to table late_records"]
        # What apply leaves to people, they do with the statement it names.
        client.command(f"ALTER TABLE {table} DROP COLUMN stray")
        client.command(next(one.mend for one in tables.drift() if "does not delete" in one.words))
        assert said(tables.drift()) == []
    finally:
        tables.close()
        client.close()
