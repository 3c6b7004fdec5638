"""What is due by contract, district file and release."""

from __future__ import annotations

from infra.retention import Reason, rules
from infra.retention.rules import Rule
from schemas import contracts
from streams.districts import District


def of(table: str, retention: dict[str, int] | None = None) -> list[Rule]:
    district = District("north", "North", 0, None, retention=retention or {})
    return [rule for rule in rules({"north": district}) if rule.table == table]


def test_every_landed_table_is_bounded_by_its_contract() -> None:
    bounded = {rule.table for rule in rules({}) if rule.reason is Reason.CONTRACT}
    assert bounded == {contract.storage.table for contract in contracts.all() if contract.storage}
    assert {rule.reason for rule in rules({})} == {Reason.CONTRACT, Reason.RELEASE}


def test_a_district_is_bounded_by_its_file_too() -> None:
    (sooner,) = [rule for rule in of("incidents", {"incident": 30}) if rule.reason is Reason.DISTRICT]
    assert sooner.condition == "(district = 'north') AND landed_at < now64(3) - INTERVAL 30 DAY"
    assert [rule.reason for rule in of("patrols", {"incident": 30})] == [Reason.CONTRACT, Reason.RELEASE]
    assert Reason.DISTRICT not in {rule.reason for rule in of("incidents", {"incident": 1826})}


def test_what_is_made_of_incidents_is_kept_no_longer_than_the_shortest_kept_of_them() -> None:
    (links,) = [rule for rule in of("links", {"incident": 30}) if rule.reason is Reason.DISTRICT]
    assert links.condition.startswith("(a_district = 'north' OR b_district = 'north') AND landed_at <")
    (alerts,) = [rule for rule in of("alerts", {"incident": 30}) if rule.reason is Reason.DISTRICT]
    assert alerts.condition.startswith("(has(districts, 'north')) AND landed_at <")
    assert Reason.DISTRICT not in {rule.reason for rule in of("links", {"patrol": 30})}


def test_only_records_with_a_release_can_have_it_end() -> None:
    over = {rule.table for rule in rules({}) if rule.reason is Reason.RELEASE}
    assert {"incidents", "online_reports", "lookouts"} <= over
    assert not {"links", "alerts", "rejections"} & over
