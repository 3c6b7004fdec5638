"""Accounts in Kafka: made as :mod:`infra.provision.rights` says, and held against it.

A district's password is made once, with its account, and written to its file in ``<data>/credentials``. Kafka tells
no password, so a later run leaves it as it is; :func:`rotate` gives a new one. Rights that an account of ours has
beyond the table are taken away; accounts of others on the same broker are left alone (:func:`of_nobody` names them).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka.admin import AdminClient

from infra.local import credentials
from infra.local.kafka_config import ADMIN
from infra.provision import rights
from infra.provision.acls import Acls, Right, Rights
from infra.provision.difference import APPLY, Drift
from infra.provision.errors import ProvisionError
from infra.provision.quotas import Quotas
from infra.provision.rights import Account
from infra.provision.scram import Users
from streams import districts
from streams.district_file import Quota
from streams.districts import NAME, District, check_name
from streams.settings import Kafka, Settings

SETTLE_S = 15.0
LOOK_S = 0.05
PASSWORD = "CROSSBEAT_KAFKA__PASSWORD"  # noqa: S105 - its name
ERRORS = 3
GATE = "gate"


def managed(kafka: Kafka) -> bool:
    """Whether this broker's accounts are ours to make: it knows SCRAM, and nobody told us to leave them alone."""
    known = kafka.security_protocol.startswith("SASL") and kafka.sasl_mechanism.startswith("SCRAM")
    return known and kafka.manage_accounts


def wanted(settings: Settings, joined: Mapping[str, District] | None = None) -> list[Account]:
    """Every account that there must be, with the districts that take part or with these; none where none are ours."""
    if not managed(settings.kafka):
        return []
    return rights.wanted(settings, districts.load_all(settings.districts) if joined is None else joined)


def apply(settings: Settings, joined: Mapping[str, District] | None = None) -> list[str]:
    """Make what is missing, take away what should not be; safe to call again.

    Returns:
        A line for each change.

    Raises:
        ProvisionError: the broker refused or did not answer.
    """
    accounts = wanted(settings, joined)
    return _Broker(settings).make(accounts, take=True) if accounts else []


def ensure(settings: Settings, *names: str) -> list[str]:
    """Make the accounts of these districts, all at once, and let the gate read what they publish. Takes nothing away.

    Returns and raises as :func:`apply`.
    """
    if not managed(settings.kafka):
        return []
    joined = districts.load_all(settings.districts)
    gate = Account(GATE, frozenset(rights.gate_reads(name) for name in names))
    known = [gate] if gate.name in settings.kafka.accounts else []
    quotas = {name: joined[name].quota if name in joined else Quota() for name in names}
    own = [rights.district(name, rights.limits(said, settings.district_quota)) for name, said in quotas.items()]
    return _Broker(settings).make(known + own, take=False)


def admit(settings: Settings) -> None:
    """Give the platform's accounts their passwords, and the registry its rights, without which it cannot start.

    Raises:
        ProvisionError: the broker refused or did not answer.
    """
    if managed(settings.kafka):
        platform = rights.platform(settings, ())
        broker = _Broker(settings)
        broker.users.put({one.name: settings.kafka.login(one.name)[1] for one in platform})
        broker.make([one for one in platform if one.name == "registry"], take=False)


def drift(settings: Settings, joined: Mapping[str, District] | None = None) -> list[Drift]:
    """How the broker's accounts, rights and quotas differ from those wanted.

    Raises:
        ProvisionError: the broker did not answer, so nothing can be said.
    """
    accounts = wanted(settings, joined)
    return _Broker(settings).look(accounts).drift() if accounts else []


def of_nobody(settings: Settings, joined: Mapping[str, District] | None = None) -> list[str]:
    """Accounts on the broker, or names that rights were given to, which the table does not know: of a district that
    left, or made by hand.

    Raises:
        ProvisionError: the broker did not answer.
    """
    accounts = wanted(settings, joined)
    return _Broker(settings).look(accounts).strangers() if accounts else []


def remove(settings: Settings, *names: str) -> list[str]:
    """Remove accounts with their rights and quotas, those of districts with their credentials and the gate's right to
    what they publish. Topics stay.

    Returns and raises as :func:`apply`.
    """
    return _Broker(settings).remove(names) if managed(settings.kafka) and names else []


def rotate(settings: Settings, name: str) -> Path:
    """Give the account of a district a new password; return the file that has it. The old one is refused at once.

    Raises:
        BadDistrict: no district can be called so.
        ProvisionError: it has no account here, or the broker refused.
    """
    broker = _Broker(settings)
    if not managed(settings.kafka) or check_name(name) not in broker.users.live():
        raise ProvisionError(f"district {name} has no account on this broker: see `crossbeat district list`")
    password = secrets.token_urlsafe(24)
    broker.users.put({name: password})
    return _tell(settings, name, password)


@dataclass(frozen=True)
class _Live:
    """What a broker has, beside what it should have."""

    wanted: Mapping[str, Account]
    users: set[str]
    rights: Rights
    quotas: Mapping[str, Mapping[str, float]]

    def missing_users(self) -> list[str]:
        return [name for name in self.wanted if name not in self.users]

    def missing_rights(self) -> dict[str, list[Right]]:
        return _some({name: one.rights - self._has(name) for name, one in self.wanted.items()})

    def odd_rights(self) -> dict[str, list[Right]]:
        """Without those by which the gate reads a district that takes no part: they go with its account."""
        odd = {name: self._has(name) - one.rights for name, one in self.wanted.items()}
        if GATE in odd:
            odd[GATE] = frozenset(right for right in odd[GATE] if rights.read_by_gate(right) is None)
        return _some(odd)

    def odd_quotas(self) -> dict[str, dict[str, float | None]]:
        """By account and key, the value that should be; none where there should be none."""
        found: dict[str, dict[str, float | None]] = {}
        for name, account in self.wanted.items():
            live = self.quotas.get(name, {})
            changes: dict[str, float | None] = {k: v for k, v in account.quota.items() if live.get(k) != v}
            changes |= {key: None for key in live if key not in account.quota}
            if changes:
                found[name] = changes
        return found

    def strangers(self) -> list[str]:
        read = {name for right in self._has(GATE) if (name := rights.read_by_gate(right)) is not None}
        return sorted(({*self.users, *self.rights} | read) - {*self.wanted, ADMIN})

    def drift(self) -> list[Drift]:
        """One line for an account that is missing as a whole, else one for each right and quota."""
        missing = self.missing_users()
        found = [Drift("account", name, "is missing", APPLY) for name in missing]
        for name, some in self.missing_rights().items():
            if name not in missing:
                found += [Drift("right", f"{name}: {right}", "is missing", APPLY) for right in some]
        for name, some in self.odd_rights().items():
            found += [Drift("right", f"{name}: {right}", "is not in the table", APPLY) for right in some]
        for name, changes in self.odd_quotas().items():
            live = self.quotas.get(name, {})
            for key, value in changes.items() if name not in missing else ():
                words = f"is {live.get(key, 'none')}, should be {'none' if value is None else value}"
                found.append(Drift("quota", f"{name}: {key}", words, APPLY))
        return found

    def _has(self, name: str) -> frozenset[Right]:
        return self.rights.get(name, frozenset())


class _Broker:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._admin = AdminClient({**settings.kafka.client(ADMIN), "log_level": ERRORS})
        self.users = Users(self._admin, settings.kafka.sasl_mechanism)
        self._acls = Acls(self._admin)
        self._quotas = Quotas(settings.kafka, ADMIN)

    def look(self, accounts: Iterable[Account]) -> _Live:
        """What is there. Rights are asked for first: who may not see them would be thrown out by the next question."""
        with ThreadPoolExecutor(1) as pool:
            quotas = pool.submit(self._quotas.live)
            live_rights = self._acls.live()
            users = self.users.live()
            return _Live({one.name: one for one in accounts}, users, live_rights, quotas.result())

    def make(self, accounts: list[Account], *, take: bool) -> list[str]:
        live = self.look(accounts)
        changes = self._passwords(live)
        missing, odd, quotas = live.missing_rights(), live.odd_rights() if take else {}, live.odd_quotas()
        self._acls.give(missing)
        self._acls.take(odd)
        self._quotas.put(quotas)
        changes += [f"gave {name} {len(some)} rights" for name, some in missing.items()]
        changes += [f"took from {name} the right to {right}" for name, some in odd.items() for right in some]
        changes += [f"set the quota of {name}" for name in quotas]
        if changes:
            self._settle(accounts, take=take)
        self._refresh(live)
        return changes

    def remove(self, names: Iterable[str]) -> list[str]:
        chosen = [name for name in names if name != ADMIN]
        live = self.look([])
        there = [name for name in chosen if name in live.users]
        self.users.delete(there)
        gone = {name: live.rights.get(name, frozenset()) for name in chosen}
        gate = [rights.gate_reads(name) for name in chosen]
        held = live.rights.get(GATE, frozenset())
        self._acls.take(gone | {GATE: [right for right in gate if right in held]})
        self._quotas.put({name: dict.fromkeys(live.quotas[name]) for name in chosen if name in live.quotas})
        for name in filter(NAME.fullmatch, chosen):
            credentials.file_of(self._settings.data, name).unlink(missing_ok=True)
        return [f"removed account {name}" for name in there]

    def _passwords(self, live: _Live) -> list[str]:
        """Make the accounts that are missing."""
        made: dict[str, str] = {}
        for name in live.missing_users():
            if live.wanted[name].of_district:
                before = credentials.read(self._settings.data, name).get(PASSWORD)
                made[name] = before or secrets.token_urlsafe(24)
            else:
                made[name] = self._settings.kafka.login(name)[1]
        self.users.put(made)
        for name, password in made.items():
            if live.wanted[name].of_district:
                _tell(self._settings, name, password)
        return [f"made account {name}" for name in made]

    def _refresh(self, live: _Live) -> None:
        """Keep addresses in the files of districts right: the embedded broker may have another port this time."""
        for name, account in live.wanted.items():
            if account.of_district and (known := credentials.read(self._settings.data, name).get(PASSWORD)):
                _tell(self._settings, name, known)

    def _settle(self, accounts: list[Account], *, take: bool) -> None:
        """The controller has it all; wait until the broker that is asked has it too."""
        until = time.monotonic() + SETTLE_S
        while True:
            live = self.look(accounts)
            if not (live.missing_rights() or live.odd_quotas() or (take and live.odd_rights())):
                return
            if time.monotonic() > until:
                raise ProvisionError(f"the broker does not show its new rights after {SETTLE_S:.0f} s: run it again")
            time.sleep(LOOK_S)


def _tell(settings: Settings, name: str, password: str) -> Path:
    kafka = settings.kafka
    values = {
        "CROSSBEAT_KAFKA__BOOTSTRAP": kafka.bootstrap,
        "CROSSBEAT_KAFKA__SECURITY_PROTOCOL": kafka.security_protocol,
        "CROSSBEAT_KAFKA__SASL_MECHANISM": kafka.sasl_mechanism,
        "CROSSBEAT_KAFKA__USERNAME": name,
        PASSWORD: password,
        "CROSSBEAT_REGISTRY__URL": settings.registry.url,
    }
    if kafka.ca_file:
        values["CROSSBEAT_KAFKA__CA_FILE"] = kafka.ca_file
    return credentials.put(settings.data, name, values)


def _some(rights_of: Mapping[str, frozenset[Right]]) -> dict[str, list[Right]]:
    return {name: sorted(some) for name, some in rights_of.items() if some}
