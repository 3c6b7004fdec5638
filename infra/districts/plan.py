"""The difference between the files and the live system: districts, agreements, and all that follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from infra import provision
from infra.districts import compare, leave
from infra.districts.change import Action, Change
from infra.districts.files import Files
from infra.provision import Drift, accounts, topics
from infra.provision.difference import APPLY
from streams import agreements, districts
from streams.districts import District
from streams.settings import Settings


def plan(settings: Settings, files: Files) -> list[Change]:
    """Every change that makes the live system so as files and contracts say; empty when it is.

    Raises:
        BadDistrict, BadAgreement: what is live cannot be read.
        ProvisionError: a server did not answer, so nothing can be said.
    """
    live = districts.load_all(settings.districts)
    coming = compare.future(live, files)
    of_districts = [_with_records(settings, change) for change in compare.districts(live, files)]
    of_agreements = list(compare.agreements(agreements.load_all(settings.agreements), files))
    following = [_of_drift(one) for one in provision.drift(settings, coming)]
    nobodys = [*accounts_of_nobody(settings, coming), *topics_of_nobody(settings, coming)]
    return of_districts + of_agreements + following + nobodys


def topics_of_nobody(settings: Settings, joined: Mapping[str, District]) -> Iterator[Change]:
    """Topics that were a district's own, of one that is not to take part or of a type that it does not receive."""
    found = topics.Topics(settings).of_nobody(provision.wanted_topics(joined))
    for owner, name in sorted((str(topics.owner(name)), name) for name in found):
        words = f"{owner} does not receive it" if owner in joined else f"no district {owner} takes part"
        yield Change("remove", "topic", name, words, "what is in it is deleted")


def accounts_of_nobody(settings: Settings, joined: Mapping[str, District]) -> Iterator[Change]:
    """Accounts in Kafka that are neither the platform's nor of a district that is to take part."""
    for name in accounts.of_nobody(settings, joined):
        words = "it is neither the platform's nor of a district that takes part"
        yield Change("remove", "account", name, words, "who uses it is shut out")


def _of_drift(drift: Drift) -> Change:
    by_hand = "" if drift.mend == APPLY else drift.mend
    action: Action = "add" if drift.missing else "remove" if drift.surplus else "change"
    return Change(action, drift.kind, drift.name, drift.words, drift.loses, by_hand)


def _with_records(settings: Settings, change: Change) -> Change:
    """For one that leaves, say what becomes of its records."""
    if (change.action, change.kind) != ("remove", "district"):
        return change
    return replace(change, words=f"{change.words}; {leave.standing(settings, change.name)}")
