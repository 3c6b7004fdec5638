"""What is due by contract, district file and release, as conditions on rows. No server is asked.

Days count from landing, as the contracts say. A link, a series or an alert is kept no longer than the shortest-kept
records that it was made from. Conditions are written with names of ours only: districts (checked), columns, numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra.provision.tables import landed
from infra.retention.due import Reason
from schemas.contract import Contract
from streams.district_file import longest_days
from streams.districts import District, check_name

# What is made of incidents, and how a row says of whose.
DERIVED = {
    "link": "a_district = '{0}' OR b_district = '{0}'",
    "alert": "has(districts, '{0}')",
    "series": "has(districts, '{0}')",
}
SOURCE = "incident"
OVER = "release_expires_at IS NOT NULL AND release_expires_at <= now64(3) AND length(visible_to) > 1"


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition of one table. ``owner`` is the column or expression that tells whose a row is."""

    table: str
    owner: str
    reason: Reason
    condition: str
    days: int | None = None
    """How long it is kept, from landing; None where that is not counted in days."""


def rules(joined: Mapping[str, District], ahead_days: int = 0) -> Iterator[Rule]:
    """Every rule for these districts; of two that hold for a row either deletes it, so the shorter wins.

    ``ahead_days``: what will be due in so many days, instead of what is due now.
    """
    for contract, storage in landed():
        owner, days = _owner(contract), storage.retention_days
        yield Rule(storage.table, owner, Reason.CONTRACT, _older(days - ahead_days), days)
        for name, district in joined.items():
            if (found := _of_district(contract, check_name(name), district)) is not None:
                whose, days = found
                condition = f"({whose}) AND {_older(days - ahead_days)}"
                yield Rule(storage.table, f"'{name}'", Reason.DISTRICT, condition, days)
        if {"release_expires_at", "visible_to"} <= _columns(contract):
            yield Rule(storage.table, owner, Reason.RELEASE, OVER)


def _of_district(contract: Contract, name: str, district: District) -> tuple[str, int] | None:
    """Which rows are made of its records, and how many days it keeps them; None where the contract keeps no longer."""
    if contract.name in DERIVED:
        days = district.retention.get(SOURCE, longest_days()[SOURCE])
        whose = DERIVED[contract.name].format(name)
    elif contract.name in district.retention:
        days, whose = district.retention[contract.name], f"district = '{name}'"
    else:
        return None
    if contract.storage is None or days >= contract.storage.retention_days:
        return None
    return whose, days


def _older(days: int) -> str:
    return f"landed_at < now64(3) - INTERVAL {max(days, 0)} DAY"


def _owner(contract: Contract) -> str:
    return "district" if "district" in _columns(contract) else "''"


def _columns(contract: Contract) -> set[str]:
    return {field.name for field in contract.stored_fields}
