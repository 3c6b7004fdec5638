"""Whose account publishes, and so under which names it keeps its state.

A district's own account may touch nothing that is not under its district's name. So whatever publishes for one district
keeps its state there, whoever runs it; the platform's ledger is for files of several districts, which only an
operator publishes.
"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.backfill.errors import BackfillError
from connectors.loader.routes import OWN
from connectors.mapping import Mapping
from schemas import contracts
from streams.settings import Settings

COMMON = "result"


@dataclass(frozen=True, slots=True)
class Account:
    """The names that a run uses."""

    ledgers: tuple[str, ...]
    """Topics in which states of files stand: read in this order, a later one counts, the last one is written."""
    group: str
    """The consumer group that reads them."""
    prefix: str
    """What transactional ids begin with: empty, or a district and a dot."""
    refusals: str
    """The stage of the contract ``rejection`` to which refused rows go."""

    @classmethod
    def of(cls, mapping: Mapping, settings: Settings) -> Account:
        """The names for a mapping and the account that the settings log in with.

        Raises:
            BackfillError: a district's own account is to publish for others too.
        """
        names = list(mapping.districts)
        login = own_login(mapping, settings)
        ledger = contracts.get("backfill_progress")
        common = ledger.topic(COMMON).name
        if len(names) > 1:
            if login is not None:
                raise BackfillError(
                    f"{mapping.path.name} publishes for {', '.join(names)}, the account of {login} only for {login}:"
                    " give each district a mapping of its own"
                )
            return cls((common,), "crossbeat-backfill", "", COMMON)
        own = ledger.topic(OWN, names[0]).name
        if login is None:
            # Files that were published before there were own ledgers stand in the common one.
            return cls((common, own), f"{names[0]}.backfill", f"{names[0]}.", COMMON)
        return cls((own,), f"{names[0]}.backfill", f"{names[0]}.", OWN)


def own_login(mapping: Mapping, settings: Settings) -> str | None:
    """The district of the mapping whose own account the settings log in with; none for an operator."""
    if not settings.kafka.security_protocol.startswith("SASL"):
        return None
    name, _ = settings.kafka.login()
    return name if name in mapping.districts else None
