"""Releases bounded by agreements: who may see a record, for what, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.agreements import DAY_MS, Agreement, Agreements, BadAgreement, Rules, load_all
from streams.district_file import purposes as all_purposes
from streams.districts import District
from streams.gate.release import Releases

NOON = int(datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp() * 1_000)
NAMES = ("north", "south", "east", "west")
GROUPS = ("river", "lake")
PURPOSES = ("prevention", "investigation", "planning")
TYPES = ("incident", "patrol")


def districts(**said: dict[str, Any]) -> dict[str, District]:
    return {name: District(name, name, number, None, **said.get(name, {})) for number, name in enumerate(NAMES)}


def agreement(**changes: Any) -> Agreement:
    body = {"title": "x", "parties": ["north", "south"], "records": ["incident"], "purposes": ["prevention"]}
    return Agreement.model_validate(body | changes)


def names(rules: Rules, to: tuple[str, ...] = ("all",), purposes: tuple[str, ...] = PURPOSES) -> tuple[str, ...]:
    return rules.audience("north", "incident", to, purposes, NOON).names


RIVER = districts(north={"groups": ("river",)}, east={"groups": ("river",), "purposes": ("planning",)})


def test_with_no_agreement_the_release_alone_counts() -> None:
    rules = Rules(RIVER, {})
    assert names(rules) == tuple(sorted(NAMES))
    assert names(rules, ("south",)) == ("north", "south")
    assert names(rules, ("group:river",)) == ("east", "north")
    assert names(rules, ()) == ("north",)
    assert names(rules, ("nobody", "group:none")) == ("north",)
    assert rules.unknown(("south", "nobody", "group:none", "group:river", "all")) == ("nobody", "group:none")


def test_a_reader_needs_a_purpose_that_it_is_allowed_itself() -> None:
    rules = Rules(RIVER, {})
    assert names(rules, ("all",), ("prevention",)) == ("north", "south", "west")
    assert rules.audience("north", "incident", ("east",), PURPOSES, NOON).purposes == {"east": ("planning",)}
    assert names(rules, ("all",), ()) == ("north",)


@pytest.mark.parametrize(
    ("changes", "readers"),
    [
        ({}, ("north", "south")),
        ({"parties": ["north", "group:river"]}, ("north",)),  # east has another purpose than the agreement
        ({"parties": ["group:river"], "purposes": ["planning"]}, ("east", "north")),
        ({"parties": ["all"]}, ("north", "south", "west")),
        ({"parties": ["south", "west"]}, ("north",)),  # not the owner's agreement
        ({"records": ["patrol"]}, ("north",)),
        ({"purposes": ["statistics"]}, ("north",)),
        ({"from": date(2026, 6, 1), "to": date(2026, 6, 1)}, ("north", "south")),
        ({"from": date(2026, 6, 2)}, ("north",)),
        ({"to": date(2026, 5, 31)}, ("north",)),
    ],
)
def test_once_there_is_an_agreement_only_what_one_covers_is_shared(
    changes: dict[str, Any], readers: tuple[str, ...]
) -> None:
    assert names(Rules(RIVER, {"a": agreement(**changes)})) == readers


def test_agreements_add_up_and_purposes_for_all_are_those_of_each() -> None:
    rules = Rules(
        districts(),
        {
            "a": agreement(purposes=["prevention", "planning"]),
            "b": agreement(parties=["north", "west"], purposes=["planning", "investigation"]),
        },
    )
    found = rules.audience("north", "incident", ("all",), PURPOSES, NOON)
    assert found.purposes == {"south": ("planning", "prevention"), "west": ("investigation", "planning")}
    assert found.shared_purposes == ("planning",)


def test_a_record_may_be_kept_as_long_as_the_agreement_says() -> None:
    def until(*agreements: Agreement) -> int | None:
        rules = Rules(districts(), {str(number): one for number, one in enumerate(agreements)})
        return rules.audience("north", "incident", ("all",), PURPOSES, NOON).until_ms

    midnight = NOON + DAY_MS // 2
    assert until(agreement()) is None
    assert until(agreement(retention_days=30)) == midnight + 30 * DAY_MS
    assert until(agreement(to=date(2026, 6, 1))) == midnight
    assert until(agreement(to=date(2026, 6, 1), retention_days=2)) == midnight + 2 * DAY_MS
    # The longest that a reader was granted, and the shortest of all readers.
    assert until(agreement(retention_days=30), agreement()) is None
    assert until(agreement(retention_days=30), agreement(parties=["north", "west"])) == midnight + 30 * DAY_MS


def test_the_gate_refuses_a_release_to_somebody_unknown_and_bounds_the_terms() -> None:
    releases = Releases(districts(), {"a": agreement(retention_days=1)})
    assert releases.visible_to("north", "incident", ("nobody",), PURPOSES, None, NOON) is None
    assert releases.visible_to("north", "incident", ("south",), PURPOSES, NOON, NOON) == ("north",)
    assert releases.visible_to("north", "incident", ("south", "west"), PURPOSES, None, NOON) == ("north", "south")
    ends = NOON + DAY_MS // 2 + DAY_MS
    assert releases.terms("north", "incident", ("south",), PURPOSES, None, NOON) == (("prevention",), ends)
    assert releases.terms("north", "incident", ("south",), PURPOSES, ends - 1, NOON) == (("prevention",), ends - 1)
    assert releases.terms("north", "incident", (), PURPOSES, None, NOON) == (PURPOSES, None)
    # The same release a day later is worked out anew.
    assert releases.terms("north", "incident", ("south",), PURPOSES, None, NOON + DAY_MS)[1] == ends + DAY_MS


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("partys = []", r'a\.toml:6: partys: unknown key; did you mean "parties"'),
        ("from = 2026-02-01\nto = 2026-01-01", r"to is 2026-01-01, before from, 2026-02-01"),
        ("retention_days = 0", r"a\.toml:6: retention_days: .* 1"),
        ("form = 2026-01-01", r'form: unknown key; did you mean "from"'),
    ],
)
def test_a_mistake_in_an_agreement_is_named(tmp_path: Path, line: str, message: str) -> None:
    text = 'title = "x"\nparties = ["north"]\nrecords = ["incident"]\npurposes = ["prevention"]\n\n'
    (tmp_path / "a.toml").write_text(text + line)
    with pytest.raises(BadAgreement, match=message):
        load_all(tmp_path)


def test_changed_agreements_are_noticed(tmp_path: Path) -> None:
    seen = Agreements(tmp_path / "agreements")
    assert seen.agreements == {}
    seen.folder.mkdir()
    text = 'title = "x"\nparties = ["north", "south"]\nrecords = ["incident"]\npurposes = ["prevention"]\n'
    (seen.folder / "a.toml").write_text(text)
    assert seen.refresh()
    assert not seen.refresh()
    assert seen.agreements["a"].parties == ("north", "south")
    (seen.folder / "a.toml").unlink()
    assert seen.refresh()


@dataclass(frozen=True)
class World:
    """Random districts, agreements and one release."""

    purposes: dict[str, tuple[str, ...]]
    groups: dict[str, tuple[str, ...]]
    agreements: tuple[dict[str, Any], ...]
    owner: str
    record_type: str
    to: tuple[str, ...]
    for_what: tuple[str, ...]

    def rules(self) -> Rules:
        known = {
            name: District(name, name, 0, None, purposes=self.purposes[name], groups=self.groups[name])
            for name in NAMES
        }
        return Rules(known, {str(number): agreement(**one) for number, one in enumerate(self.agreements)})

    def readers(self) -> set[str]:
        return set(self.rules().audience(self.owner, self.record_type, self.to, self.for_what, NOON).names)


def some(of: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(of), min_size=least, unique=True).map(tuple)


PARTIES = (*NAMES, "group:river", "group:lake", "all", "unknown", "group:unknown")
DAYS = st.none() | st.dates(date(2026, 5, 30), date(2026, 6, 3))
AGREED = st.fixed_dictionaries(
    {
        "parties": some(PARTIES, 1),
        "records": some(TYPES, 1),
        "purposes": some(PURPOSES, 1),
        "from": DAYS,
        "to": DAYS,
        "retention_days": st.none() | st.integers(1, 60),
    }
).map(lambda one: one | {"to": max(one["from"], one["to"]) if one["from"] and one["to"] else one["to"]})
WORLDS = st.builds(
    World,
    st.fixed_dictionaries({name: some(PURPOSES) for name in NAMES}),
    st.fixed_dictionaries({name: some(GROUPS) for name in NAMES}),
    st.lists(AGREED, max_size=4).map(tuple),
    st.sampled_from(NAMES),
    st.sampled_from(TYPES),
    some(PARTIES),
    some(PURPOSES),
)


def narrower(world: World) -> list[World]:
    """The world with any one thing taken out of the release, an agreement or what a district is or may."""
    found = [
        World(**{**vars(world), key: tuple(kept)}) for key in ("to", "for_what") for kept in less(vars(world)[key])
    ]
    for number, one in enumerate(world.agreements):
        rest = (*world.agreements[:number], *world.agreements[number + 1 :])
        # Not the last: with none at all the release alone counts.
        found += [World(**{**vars(world), "agreements": rest})] if rest else []
        for key in ("parties", "records", "purposes"):
            for kept in less(one[key]):
                if kept:
                    changed = {**one, key: tuple(kept)}
                    found.append(World(**{**vars(world), "agreements": (*rest, changed)}))
    for key in ("purposes", "groups"):
        for name in NAMES:
            for kept in less(vars(world)[key][name]):
                found.append(World(**{**vars(world), key: {**vars(world)[key], name: tuple(kept)}}))
    return found


def less(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(*names[:at], *names[at + 1 :]) for at in range(len(names))]


@given(WORLDS)
def test_taking_anything_away_never_adds_a_reader(world: World) -> None:
    readers = world.readers()
    for other in narrower(world):
        assert other.readers() <= readers


@given(WORLDS)
def test_an_owner_always_sees_its_record_and_nobody_unknown_does(world: World) -> None:
    found = world.rules().audience(world.owner, world.record_type, world.to, world.for_what, NOON)
    assert world.owner in found.names
    assert set(found.names) <= set(NAMES)
    assert list(found.names) == sorted(set(found.names))
    assert set(found.purposes) == set(found.names) - {world.owner}
    for reader, allowed in found.purposes.items():
        assert allowed
        assert set(allowed) <= set(world.for_what) & set(world.purposes[reader])
    assert found.until_ms is None or found.until_ms > NOON


def test_the_purposes_here_are_purposes() -> None:
    assert set(PURPOSES) < set(all_purposes())
