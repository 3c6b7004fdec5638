"""Which districts receive what, kept in a file for the router: the folder of districts, and which topics there are."""

from __future__ import annotations

import json

import structlog
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from jobs import delivery
from jobs.tables import ACCOUNT
from schemas import contracts
from streams.districts import BadDistrict, Roster
from streams.settings import Settings

TIMEOUT_S = 10.0
log = structlog.get_logger(__name__)


class Receivers:
    """Keeps the file. A district whose topic is not there yet would hold up all others, so it waits for its topic."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = delivery.receivers_file(settings)
        self._roster: Roster | None = None
        self._admin: AdminClient | None = None
        self._missing = True
        self._written: dict[str, list[str]] | None = None

    def refresh(self) -> None:
        """Look at the districts, and at the topics while one of theirs is missing; write the file if it changes."""
        try:
            changed = self._look()
        except BadDistrict as error:  # the gate says so too; the last good ones stay
            log.warning("a district's file cannot be read", reason=str(error))
            changed = False
        if not changed and not self._missing and self._written is not None:
            return
        wanted = {name: list(one.receives) for name, one in (self._roster.districts if self._roster else {}).items()}
        try:
            found = self._there(wanted)
        except KafkaException as error:
            log.warning("topics of districts cannot be listed", reason=str(error.args[0]))
            found = self._written or {}
            self._missing = True
        if found != self._written:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            whole = self._file.with_suffix(".tmp")
            whole.write_text(json.dumps(found))
            whole.replace(self._file)
            self._written = found

    def _look(self) -> bool:
        if self._roster is None:
            self._roster = Roster(self._settings.districts)
            return True
        return self._roster.refresh()

    def _there(self, wanted: dict[str, list[str]]) -> dict[str, list[str]]:
        """Those of the wanted types whose topic exists."""
        self._admin = self._admin or AdminClient({**self._settings.kafka.client(ACCOUNT)})
        live = self._admin.list_topics(timeout=TIMEOUT_S).topics
        found = {
            name: [kind for kind in kinds if contracts.get(kind).topic(delivery.STAGE, name).name in live]
            for name, kinds in wanted.items()
        }
        self._missing = found != wanted
        return found
