"""The ClickHouse server: HTTP and native protocol on loopback, from libchdb (see ``clickhouse_server.py``)."""

from __future__ import annotations

import sys
import urllib.request
from http import HTTPStatus
from pathlib import Path

from infra.local import parts
from infra.local.clickhouse_config import config_xml, users_xml
from infra.local.ports import HOST
from infra.local.process import Child
from infra.local.service import Service

SERVER = Path(__file__).with_name("clickhouse_server.py")
LIBRARY = Path("package") / "libchdb.so"


class ClickHouse(Service):
    """One server process; it alone owns its data folder."""

    name = "clickhouse"
    parts = ("libchdb",)
    ports = ("clickhouse_http", "clickhouse_tcp")

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
        (self.folder / "store").mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        ports = self.place.ports
        memory = self.settings.embedded.clickhouse_memory_mb << 20
        users = self.folder / "users.xml"
        users.write_text(users_xml(self.settings.clickhouse, memory))
        users.chmod(0o600)
        (self.folder / "config.xml").write_text(
            config_xml(users, ports["clickhouse_http"], ports["clickhouse_tcp"], memory)
        )

    def spawn(self) -> Child:
        """Start the server."""
        run = self.folder / "run"
        run.mkdir(parents=True, exist_ok=True)
        library = parts.path("libchdb", self.settings) / LIBRARY
        command: list[str | Path]
        command = [sys.executable, "-I", "-S", SERVER, library, self.folder / "store", self.folder / "config.xml"]
        return Child(command, self.place.log(self.name), cwd=run)

    def healthy(self) -> bool:
        """Whether it answers a ping."""
        return reachable(self.address)


def reachable(url: str, timeout_s: float = 2.0) -> bool:
    """Whether a ClickHouse at ``url`` answers its ping, which needs no user."""
    try:
        with urllib.request.urlopen(f"{url}/ping", timeout=timeout_s) as response:  # noqa: S310 - from settings
            return bool(response.status == HTTPStatus.OK)
    except (OSError, ValueError):
        return False
