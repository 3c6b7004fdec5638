"""Topics, subjects, tables and views: made from the contracts, and held against them.

``apply`` makes what is missing and mends what can be mended without moving data; ``drift`` says in plain words what
differs, each with the command that mends it. Both can be run at any time and as often as you like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from infra.provision import accounts, topics
from infra.provision.analyst_accounts import AnalystAccounts
from infra.provision.difference import Drift
from infra.provision.errors import ProvisionError
from infra.provision.subjects import Subjects
from infra.provision.tables import Tables
from schemas.contract import Topic
from streams import districts
from streams.districts import District
from streams.settings import Settings

T = TypeVar("T")

__all__ = ["Drift", "ProvisionError", "apply", "drift", "ensure_district", "wanted_topics"]


def apply(settings: Settings) -> list[str]:
    """Make every topic, subject, table and view that the contracts and the districts that take part call for.

    Returns:
        A line for each change, such as ``made topic link.v1``; empty when all was so already.

    Raises:
        ProvisionError: a server refused or did not answer; what was made until then stays.
    """
    joined = districts.load_all(settings.districts)
    made = _beside(
        lambda: accounts.apply(settings, joined),
        lambda: topics.Topics(settings).apply(wanted_topics(joined)),
        lambda: Subjects(settings).apply(),
        lambda: _with_tables(settings, Tables.apply),
    )
    return made + _with_accounts(settings, lambda analysts: analysts.apply(joined))


def ensure_district(settings: Settings, *names: str) -> list[str]:
    """Make the topics that districts have of their own, and the accounts by which they reach them; all at once.

    Returns:
        A line for each change.

    Raises:
        BadDistrict: no topic could be called by that name.
        ProvisionError: the broker refused or did not answer.
    """
    joined = districts.load_all(settings.districts)
    each = [joined.get(name, name) for name in map(districts.check_name, names)]
    wanted = [topic for one in each for topic in (topics.of_district(one) if isinstance(one, str) else topics.of(one))]
    return _beside(
        lambda: topics.Topics(settings).apply(wanted),
        lambda: accounts.ensure(settings, *names),
    )


def drift(settings: Settings, joined: Mapping[str, District] | None = None) -> list[Drift]:
    """How the live topics, subjects, tables and views differ from their contracts.

    ``joined`` has the districts to hold them against, if others than those that take part.

    Raises:
        ProvisionError: a server did not answer, so nothing can be said.
    """
    present = districts.load_all(settings.districts) if joined is None else joined
    return _beside(
        lambda: accounts.drift(settings, present),
        lambda: topics.Topics(settings).drift(wanted_topics(present)),
        lambda: Subjects(settings).drift(),
        lambda: _with_tables(settings, Tables.drift),
        lambda: _with_accounts(settings, lambda analysts: analysts.drift(present)),
    )


def wanted_topics(joined: Mapping[str, District]) -> list[Topic]:
    """Every topic that there must be with these districts."""
    return topics.fixed() + [topic for district in joined.values() for topic in topics.of(district)]


def _with_tables(settings: Settings, work: Callable[[Tables], T]) -> T:
    tables = Tables(settings)
    try:
        return work(tables)
    finally:
        tables.close()


def _with_accounts(settings: Settings, work: Callable[[AnalystAccounts], T]) -> T:
    analysts = AnalystAccounts(settings)
    try:
        return work(analysts)
    finally:
        analysts.close()


def _beside(*works: Callable[[], list[T]]) -> list[T]:
    """Do all at once, each waits mostly for its own server, and give the results in order."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [line for future in [pool.submit(work) for work in works] for line in future.result()]
