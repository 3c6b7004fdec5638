"""What a district says of itself, in TOML: its title, whom to reach, what it takes, what it allows.

The file that people write is :class:`DistrictFile`. The file of a running system is :class:`JoinedFile`: the same,
with the number that the district was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from schemas import codes, contracts
from streams.toml_file import Closed, nearest

GROUP = re.compile(r"[a-z][a-z0-9-]{1,30}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# What a district receives that has not said what it wants: each topic more costs the broker memory and files.
RECEIVES = ("alert", "retraction")


@cache
def purposes() -> tuple[str, ...]:
    """Every purpose that there is; those of a district that names none."""
    return tuple(sorted(codes.get("purpose").codes))


@cache
def delivered() -> frozenset[str]:
    """Record types that can be delivered to a district."""
    return frozenset(contract.name for contract in contracts.all() if "delivered" in contract.stages)


@cache
def longest_days() -> dict[str, int]:
    """Record types that a district publishes and that are landed, with the days that their contracts keep them."""
    return {
        contract.name: contract.storage.retention_days
        for contract in contracts.all()
        if contract.storage and "district" in contract.stages
    }


def _known(names: Iterable[str], known: Iterable[str], what: str) -> None:
    allowed = set(known)
    for name in names:
        if name not in allowed:
            raise ValueError(f'"{name}" is no {what}{nearest(name, allowed)}')


def check_purposes(names: tuple[str, ...]) -> tuple[str, ...]:
    """The purposes, sorted, each once; ``ValueError`` for one that is not in the code list."""
    _known(names, purposes(), "purpose")
    return tuple(sorted(set(names)))


def check_group(name: str) -> str:
    """The name of a group; ``ValueError`` when it could not stand in a release."""
    if not GROUP.fullmatch(name):
        raise ValueError(f'group "{name}": use 2 to 31 of a-z, 0-9 and -, a letter first')
    return name


def check_audience(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a release or of parties; ``ValueError`` for one that could name nobody."""
    for name in names:
        if not GROUP.fullmatch(name.removeprefix("group:")):
            raise ValueError(f'"{name}" names nobody: give a district, "group:<name>", or "all"')
    return names


def _title(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a control character: leave it out")
    return text


def _languages(tags: tuple[str, ...]) -> tuple[str, ...]:
    for tag in tags:
        if not LANGUAGE.fullmatch(tag):
            raise ValueError(f'"{tag}" is no language tag: write it as "en", "zh" or "fr-CA"')
    return tags


def _contacts(said: dict[str, str]) -> dict[str, str]:
    _known(said, codes.get("role").codes, "role")
    return said


def _groups(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({check_group(name) for name in names}))


def _receives(names: tuple[str, ...]) -> tuple[str, ...]:
    _known(names, delivered(), "record type that is delivered")
    return tuple(sorted(set(names)))


def _retention(days: dict[str, int]) -> dict[str, int]:
    _known(days, longest_days(), "record type that a district publishes")
    for name, said in days.items():
        longest = longest_days()[name]
        if not 1 <= said <= longest:
            raise ValueError(f"{name} is {said} days: give 1 to {longest}, which is the contract's")
    return dict(sorted(days.items()))


Purposes = Annotated[tuple[str, ...], AfterValidator(check_purposes)]


class ReleaseDefaults(Closed):
    """The release of a record whose mapping or sender says none."""

    to: Annotated[tuple[str, ...], AfterValidator(check_audience)] = Field(
        min_length=1, description='names of districts, "group:<name>", or "all"'
    )
    purposes: Purposes = Field(min_length=1, description="what it may be used for")
    handling: Literal["P", "C"] = Field("P", description="P: act on it as released; C: ask first")
    conditions: str | None = Field(None, max_length=500, description="terms in words")
    expires_after_days: int | None = Field(None, ge=1, description="days from its recording until only the owner sees")


class Quota(Closed):
    """The most that a district takes of the broker, so that one does not starve the rest."""

    publish_bytes_per_s: int | None = Field(None, ge=1_024, description="bytes a second that it may publish")
    consume_bytes_per_s: int | None = Field(None, ge=1_024, description="bytes a second that it may read")
    request_percent: float | None = Field(None, gt=0, description="share of one broker thread's time, per cent")


class DistrictFile(Closed):
    """``district.toml`` as people write it."""

    name: str = Field(description="its name in topics and records")
    title: Annotated[str, AfterValidator(_title)] = Field(description="its name for people")
    languages: Annotated[tuple[str, ...], AfterValidator(_languages)] = Field((), description="of its texts")
    contacts: Annotated[dict[str, str], AfterValidator(_contacts)] = Field(
        {}, description="role to how its desk is reached; a desk, never a person"
    )
    groups: Annotated[tuple[str, ...], AfterValidator(_groups)] = Field((), description="groups that it belongs to")
    purposes: Purposes = Field(
        default_factory=purposes, min_length=1, description="what it may use others' records for; all if left out"
    )
    receives: Annotated[tuple[str, ...], AfterValidator(_receives)] = Field(
        RECEIVES, description="record types that are delivered to its topics"
    )
    retention: Annotated[dict[str, int], AfterValidator(_retention)] = Field(
        {}, description="record type to days after which its records are deleted, where that is sooner"
    )
    release: ReleaseDefaults | None = Field(None, description="the release of records that say none")
    quota: Quota = Field(Quota(), description="the most that it takes of the broker")
    mappings: tuple[str, ...] = Field((), description="files of its folder that say what its columns mean")
    number: int | None = Field(None, ge=0, description="given when it joins; leave it out unless you move it here")


class JoinedFile(DistrictFile):
    """``<data>/districts/<district>.toml``: the same, and what it was given when it joined."""

    number: int = Field(ge=0, description="given once; the partition of shared topics is worked out from it")
    managed: bool = Field(False, description="whether it joined by a file of its own, and leaves when that is gone")
