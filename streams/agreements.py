"""Sharing agreements: who may share what with whom, for what, and until when.

``<data>/agreements/<name>.toml`` each. A release on a record is bounded by them: a district may see a record only if
the release names it and, once there is any agreement at all, one of them covers owner, reader and type of record at
that time. With none applied the release alone counts, so that a first trial works.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Protocol, Self

from pydantic import AfterValidator, Field, model_validator

from schemas import codes
from streams import toml_file
from streams.district_file import Purposes, check_audience
from streams.districts import Stamp, stamp_of
from streams.toml_file import Closed, nearest

ALL = "all"
GROUP = "group:"
DAY_MS = 86_400_000


class BadAgreement(ValueError):
    """An agreement's file is not as it must be; the message says what to change."""


def _records(names: tuple[str, ...]) -> tuple[str, ...]:
    known = codes.get("record_type")
    for name in names:
        if name not in known:
            raise ValueError(f'"{name}" is no record type{nearest(name, known.codes)}')
    return tuple(sorted(set(names)))


class Agreement(Closed):
    """One agreement, as people write it. Days are of UTC."""

    title: str = Field(description="what it is, for people")
    parties: Annotated[tuple[str, ...], AfterValidator(check_audience)] = Field(
        min_length=1, description='names of districts or "group:<name>"; each shares with each'
    )
    records: Annotated[tuple[str, ...], AfterValidator(_records)] = Field(
        min_length=1, description="types of record that may be shared under it"
    )
    purposes: Purposes = Field(min_length=1, description="what they may be used for")
    retention_days: int | None = Field(
        None,
        ge=1,
        description="days after that on which it was shared that a record may be kept; else till the agreement ends",
    )
    begins: date | None = Field(None, alias="from", description="its first day; none: it always stood")
    ends: date | None = Field(None, alias="to", description="its last day; none: it has no end")

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.begins and self.ends and self.ends < self.begins:
            raise ValueError(f"to is {self.ends}, before from, {self.begins}: exchange them")
        return self

    @property
    def from_ms(self) -> int | None:
        """When it begins, milliseconds since the epoch."""
        return None if self.begins is None else _ms(self.begins)

    @property
    def until_ms(self) -> int | None:
        """When it is over: the end of its last day."""
        return None if self.ends is None else _ms(self.ends + timedelta(days=1))

    def stands(self, at_ms: int) -> bool:
        """Whether it is in force at that time."""
        begun = self.from_ms is None or self.from_ms <= at_ms
        return begun and (self.until_ms is None or at_ms < self.until_ms)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see a record, for what, and until when.

    ``names`` is sorted and its owner is in it. ``purposes`` has those of each other reader; ``shared_purposes`` those
    that hold for every one of them. From ``until_ms`` on (milliseconds since the epoch) only the owner may see it.
    """

    names: tuple[str, ...]
    purposes: Mapping[str, tuple[str, ...]]
    until_ms: int | None

    @property
    def shared_purposes(self) -> tuple[str, ...]:
        """What every reader may use it for, sorted; none when nobody but the owner may see it."""
        found = [set(allowed) for allowed in self.purposes.values()]
        return tuple(sorted(set.intersection(*found))) if found else ()


class Party(Protocol):
    """What the rules need to know of a district."""

    @property
    def purposes(self) -> Sequence[str]:
        """What it may use others' records for."""

    @property
    def groups(self) -> Sequence[str]:
        """The groups that it belongs to."""


class Rules:
    """What districts and agreements allow together."""

    def __init__(self, districts: Mapping[str, Party], agreements: Mapping[str, Agreement]) -> None:
        self._purposes = {name: frozenset(district.purposes) for name, district in districts.items()}
        self._groups: dict[str, set[str]] = {}
        for name, district in districts.items():
            for group in district.groups:
                self._groups.setdefault(group, set()).add(name)
        self._bounds = [(agreement, self.expand(agreement.parties)) for agreement in agreements.values()]

    def expand(self, names: Collection[str]) -> frozenset[str]:
        """Names, groups and ``all`` as names of districts; what is not known is left out."""
        found: set[str] = set()
        for name in names:
            if name == ALL:
                found |= self._purposes.keys()
            elif name.startswith(GROUP):
                found |= self._groups.get(name.removeprefix(GROUP), set())
            elif name in self._purposes:
                found.add(name)
        return frozenset(found)

    def unknown(self, names: Collection[str]) -> tuple[str, ...]:
        """Those names of a release that are no district, no group that has a member, and not ``all``."""
        return tuple(name for name in names if name != ALL and not self.expand((name,)))

    def audience(
        self, owner: str, record_type: str, release_to: Sequence[str], release_purposes: Sequence[str], at_ms: int
    ) -> Audience:
        """The stricter of a release and the agreements that stand at that time.

        A reader must be named by the release and have a purpose left that the release, itself, and, if there is any
        agreement, one that covers both districts and the type of record allow. Names that are not known are left out.
        The answer is the same for every time of one day of UTC.
        """
        readers: dict[str, tuple[str, ...]] = {}
        ends: list[int] = []
        standing = [
            (one, parties)
            for one, parties in self._bounds
            if owner in parties and record_type in one.records and one.stands(at_ms)
        ]
        for name in sorted(self.expand(release_to) - {owner}):
            allowed = self._purposes[name] & frozenset(release_purposes)
            covering = [one for one, parties in standing if name in parties and allowed & set(one.purposes)]
            if self._bounds:
                allowed = allowed & {purpose for one in covering for purpose in one.purposes}
            if allowed:
                readers[name] = tuple(sorted(allowed))
                ends += _longest(covering, at_ms)
        return Audience(tuple(sorted({owner, *readers})), readers, min(ends, default=None))


class Agreements:
    """The agreements of a folder, read again only when the folder has changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.agreements: dict[str, Agreement] = {}
        self._stamp: Stamp | None = None
        self.refresh()

    def refresh(self) -> bool:
        """Look at the folder; true when the agreements are not those of the last look."""
        stamp = stamp_of(self.folder)
        if stamp == self._stamp:
            return False
        before, self.agreements = self.agreements, load_all(self.folder)
        self._stamp = stamp
        return before != self.agreements


def load_all(folder: Path) -> dict[str, Agreement]:
    """Every agreement of a folder, by the name of its file, sorted. A missing folder holds none.

    Raises:
        BadAgreement: a file says something that no agreement can; the message names file, line and key.
    """
    try:
        return {path.stem: toml_file.read(path, Agreement) for path in sorted(folder.glob("*.toml"))}
    except toml_file.BadFile as error:
        raise BadAgreement(str(error)) from error


def _longest(covering: Sequence[Agreement], at_ms: int) -> list[int]:
    """When a reader's time is up, who has the longest that an agreement grants it; empty when it has no end."""
    midnight = (at_ms // DAY_MS + 1) * DAY_MS
    ends = [midnight + one.retention_days * DAY_MS if one.retention_days else one.until_ms for one in covering]
    found = [end for end in ends if end is not None]
    return [max(found)] if found and len(found) == len(ends) else []


def _ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000
