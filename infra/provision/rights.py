"""Who may do what in Kafka: the one table from which accounts, rights and quotas are made.

Nothing is allowed that is not here. ``admin`` is not: it is the operator, whom nothing is refused
(``infra.local.kafka_config``). A prefix always ends with a dot, or with a dash before a number or a random id: what is
given to ``north.`` says nothing about ``north-east.``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.loader import routes
from connectors.loader.intake import GROUP as LOADER_GROUP
from connectors.loader.routes import OWN
from infra.local import registry
from infra.provision.acls import Right
from infra.provision.quotas import CONSUME, PUBLISH, REQUESTS, Quota
from jobs import pattern, tables
from schemas import contracts
from streams import district_file
from streams.districts import NAME, RESERVED, District
from streams.settings import DistrictQuota, Settings

SHARED, DELIVERED, REJECTED = "shared.", "to.", "rejected."
ROUTER, LINKED = "router", "linked_incidents"
# Groups of the gate and its memory, of the catch-up (its transactional id too), and of whoever reads a topic whole.
GATE, CATCHUP, COLUMNS = "crossbeat-gate", "crossbeat-catchup", "crossbeat-columns"
RESULTS = ("link", "alert", "series", "late_record", "receipt", "heartbeat")
"""What the jobs write beside what is delivered, and read of each other."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its name, all that it may do, and how much of the broker it may take (empty: as it likes)."""

    name: str
    rights: frozenset[Right]
    quota: Quota = field(default_factory=dict, hash=False)
    of_district: bool = False


def platform(settings: Settings, joined: Iterable[str]) -> list[Account]:
    """The platform's own accounts, of those that the settings know; the gate reads what these districts publish."""
    every = [
        Account("registry", frozenset(_registry())),
        Account("gate", frozenset(_gate(settings, joined))),
        Account("jobs", frozenset(_jobs())),
        Account("catchup", frozenset(_catchup())),
        Account("loader", frozenset(_loader())),
        Account("quality", frozenset(_quality())),
    ]
    return [account for account in every if account.name in settings.kafka.accounts]


def district(name: str, quota: Quota | None = None) -> Account:
    """The account of a district: it publishes its own, reads what is meant for it, and sees nothing else."""
    own = f"{name}."
    rights = {
        Right("topic", own, "write", prefixed=True),
        Right("topic", f"{DELIVERED}{own}", "read", prefixed=True),
        Right("topic", f"{REJECTED}{name}.v1", "read"),
        # What it keeps of its own publishing; of its records it reads back only what is delivered.
        *(
            Right("topic", contracts.get(one).topic(OWN, name).name, "read")
            for one in ("backfill_progress", "rejection")
        ),
        Right("group", own, "read", prefixed=True),
        Right("transactional_id", own, "write", prefixed=True),
    }
    return Account(name, frozenset(rights), quota or {}, of_district=True)


def limits(said: district_file.Quota, default: DistrictQuota) -> dict[str, float]:
    """What a district may take: as its file says, else as the settings do."""
    return {
        PUBLISH: float(said.publish_bytes_per_s or default.publish_bytes_per_s),
        CONSUME: float(said.consume_bytes_per_s or default.consume_bytes_per_s),
        REQUESTS: float(said.request_percent or default.request_percent),
    }


def wanted(settings: Settings, joined: Mapping[str, District]) -> list[Account]:
    """Every account that there must be with these districts."""
    own = [district(one.name, limits(one.quota, settings.district_quota)) for one in joined.values()]
    return platform(settings, joined) + own


def gate_reads(name: str) -> Right:
    """What the gate needs of a district: all that it publishes."""
    return Right("topic", f"{name}.", "read", prefixed=True)


def read_by_gate(right: Right) -> str | None:
    """The district, whether it takes part or not, whose topics the gate reads by this right; none for another right."""
    name = right.name.removesuffix(".")
    ours = NAME.fullmatch(name) and name not in RESERVED and right == gate_reads(name)
    return name if ours else None


def _registry() -> Iterable[Right]:
    for topic in registry.TOPICS:
        for operation in ("create", "describe_configs", "read", "write"):
            yield Right("topic", topic, operation)
    yield Right("group", registry.GROUPS, "read", prefixed=True)


def _gate(settings: Settings, joined: Iterable[str]) -> Iterable[Right]:
    yield from (gate_reads(name) for name in joined)
    yield Right("topic", SHARED, "read", prefixed=True)
    yield Right("topic", SHARED, "write", prefixed=True)
    yield Right("topic", REJECTED, "write", prefixed=True)
    yield Right("topic", _result("read_count"), "write")
    yield Right("group", settings.gate.group, "read")
    yield Right("group", f"{settings.gate.group}-", "read", prefixed=True)
    if settings.gate.group != GATE:
        yield Right("group", f"{GATE}-", "read", prefixed=True)
    # Several gates are told apart by the number behind the dash.
    stem, dash, _ = settings.gate.instance.rpartition("-")
    name = f"crossbeat-{stem}-" if dash else f"crossbeat-{settings.gate.instance}"
    yield Right("transactional_id", name, "write", prefixed=bool(dash))


def _jobs() -> Iterable[Right]:
    yield Right("topic", SHARED, "read", prefixed=True)
    yield Right("topic", DELIVERED, "write", prefixed=True)
    # Feed health counts them; it decodes all but the bytes that were refused.
    yield Right("topic", REJECTED, "read", prefixed=True)
    # Cameras of which only counts are kept.
    yield Right("topic", _result("read_count"), "read")
    for name in RESULTS:
        yield Right("topic", _result(name), "read")
        yield Right("topic", _result(name), "write")
    for name in dict.fromkeys((*pattern.names(), ROUTER)):
        yield Right("group", tables.group(name), "read")
        yield Right("transactional_id", f"{tables.group(name)}-", "write", prefixed=True)


def _catchup() -> Iterable[Right]:
    yield Right("topic", contracts.get("incident").topic("shared").name, "read")
    yield Right("topic", _result("late_record"), "read")
    yield Right("topic", _result("link"), "read")
    yield Right("topic", _result("link"), "write")
    yield Right("group", CATCHUP, "read")
    yield Right("group", COLUMNS, "read")
    yield Right("group", tables.group(LINKED), "describe")
    yield Right("transactional_id", CATCHUP, "write")


def _loader() -> Iterable[Right]:
    for route in routes.from_contracts().routes:
        literal, _, rest = route.topics.pattern.partition(routes.DISTRICT)
        yield Right("topic", literal.replace("\\", ""), "read", prefixed=bool(rest))
    yield Right("group", LOADER_GROUP, "read")


def _quality() -> Iterable[Right]:
    yield Right("topic", _result("quality_run"), "write")


def _result(name: str) -> str:
    return contracts.get(name).topic("result").name
