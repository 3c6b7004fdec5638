"""The ClickHouse server: HTTP and native protocol on loopback, from libchdb (see ``clickhouse_server.py``).

It reads its users at its start only. So when a district joins or leaves, the supervisor starts it anew: the loader and
whoever asks wait for a second or two. Districts that join together cost one such restart.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import structlog
from pydantic import SecretStr

from infra.local import credentials, parts
from infra.local.endpoints import passwords, write_private
from infra.local.errors import StartFailed
from infra.local.ports import HOST, serves
from infra.local.process import Child
from infra.local.service import Service
from streams.districts import BadDistrict, Roster

SERVER = Path(__file__).with_name("clickhouse_server.py")
LIBRARY = Path("package") / "libchdb.so"
QUIET_S = 2.0  # so long no further district has joined, and the users are told
PATIENCE_S = 10.0  # they are told after so long in any case, and not sooner than that after the last time

log = structlog.get_logger()


class ClickHouse(Service):
    """One server process; it alone owns its data folder."""

    name = "clickhouse"
    parts = ("libchdb",)
    ports = ("clickhouse_http", "clickhouse_tcp")

    _roster: Roster | None = None
    _told: frozenset[str] = frozenset()  # the districts whose users the running server knows
    _told_at = _changed_at = _noticed_at = 0.0

    @property
    def folder(self) -> Path:
        """Its configuration and, in ``store``, its data."""
        return self.place.data / "clickhouse"

    @property
    def address(self) -> str:
        """The HTTP address; the native port is in the endpoints."""
        return f"http://{HOST}:{self.place.ports['clickhouse_http']}"

    def prepare(self) -> None:
        """Write the configuration: users.xml holds password hashes, so it is for us alone."""
        from infra.local.clickhouse_config import config_xml, users_xml  # takes a second: the broker starts meanwhile

        backups = self.settings.backups
        for folder in (self.folder / "store", backups):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.folder, backups):
            folder.chmod(0o700)
        ports = self.place.ports
        memory = self.settings.embedded.clickhouse_memory_mb << 20
        users = self.folder / "users.xml"
        write_private(users, users_xml(self.settings.clickhouse, memory, self._districts()))
        (self.folder / "config.xml").write_text(
            config_xml(users, backups, ports["clickhouse_http"], ports["clickhouse_tcp"], memory)
        )

    def _districts(self) -> dict[str, SecretStr]:
        """The districts that take part, and the password of each one's analysts, which its credentials file tells."""
        from infra.provision.analysts import account

        try:
            self._roster = self._roster or Roster(self.settings.districts)
            self._roster.refresh()
        except BadDistrict as error:
            raise StartFailed(f"the districts cannot be read: {error}", "mend or remove that file") from error
        self._told, self._told_at = frozenset(self._roster.districts), time.monotonic()
        made = passwords(self.place.data, tuple(f"clickhouse_{account(name)}" for name in sorted(self._told)))
        found = {name: made[f"clickhouse_{account(name)}"] for name in sorted(self._told)}
        for name, password in found.items():
            credentials.give_analysts(self.settings, name, account(name), password)
        return found

    def outdated(self) -> bool:
        """Whether districts have joined or left since the server was told its users, and it is time to tell it."""
        if self._roster is None:
            return False
        now = time.monotonic()
        try:
            if self._roster.refresh():
                self._changed_at = now
        except BadDistrict as error:
            log.error("analysts of districts are as they were", why=str(error))
            return False
        if frozenset(self._roster.districts) == self._told:
            self._noticed_at = 0.0
            return False
        self._noticed_at = self._noticed_at or now
        settled = now - self._changed_at >= QUIET_S or now - self._noticed_at >= PATIENCE_S
        return settled and now - self._told_at >= PATIENCE_S

    def spawn(self) -> Child:
        """Start the server."""
        run = self.folder / "run"
        run.mkdir(parents=True, exist_ok=True)
        library = parts.path("libchdb", self.settings) / LIBRARY
        command: list[str | Path]
        command = [sys.executable, "-I", "-S", SERVER, library, self.folder / "store", self.folder / "config.xml"]
        command.append(self.settings.backups)
        return Child(command, self.place.log(self.name), cwd=run)

    def healthy(self) -> bool:
        """Whether it answers a ping."""
        return reachable(self.address)


def reachable(url: str, timeout_s: float = 2.0) -> bool:
    """Whether a ClickHouse at ``url`` answers its ping, which needs no user."""
    return serves(f"{url}/ping", timeout_s)
