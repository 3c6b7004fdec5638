"""The schema registry: Apicurio, by its Confluent API, stored in topics of the broker.

Three things make it start in some 5 s instead of 26 (infra/decisions/0011): its jars on a plain class path instead of
behind Quarkus's own class loader, so that the class archive covers them; only the quick compiler; and a short poll
where it looks for snapshots, by default two waits of 5 s for a topic that is empty.
"""

from __future__ import annotations

import json
import urllib.request
from http import HTTPStatus

from infra.local import parts
from infra.local.ports import HOST, serves
from infra.local.process import Child
from infra.local.service import Service
from jobs.program import Program
from streams import jaas
from streams.settings import Kafka

ACCOUNT = "registry"
GROUPS = "crossbeat-registry-"
TOPICS = ("kafkasql-journal", "kafkasql-snapshots", "registry-events")
API = "/apis/ccompat/v7"
QUICK = ("-XX:TieredStopAtLevel=1", "--add-opens", "java.base/java.lang=ALL-UNNAMED")
MAIN = "io.quarkus.runner.GeneratedMain"


class Registry(Service):
    """Apicurio on loopback. Its topics are its data: it has no folder of its own to lose."""

    name = "registry"
    parts = ("registry",)
    ports = ("registry", "registry_health")

    @property
    def address(self) -> str:
        """Base address of the Confluent-compatible API."""
        return f"http://{HOST}:{self.place.ports['registry']}{API}"

    @property
    def program(self) -> Program:
        """All its jars, those that Quarkus rewrote before the originals."""
        home = parts.path("registry", self.settings)
        first = [home / "quarkus" / "transformed-bytecode.jar", home / "quarkus" / "generated-bytecode.jar"]
        rest = [jar for folder in ("app", "lib/boot", "lib/main") for jar in sorted((home / folder).glob("*.jar"))]
        return Program(self.name, tuple(first + rest), self.place.cache)

    def _environment(self) -> dict[str, str]:
        return _login(self.settings.kafka) | {
            "APICURIO_STORAGE_KIND": "kafkasql",
            "APICURIO_KAFKASQL_BOOTSTRAP_SERVERS": self.settings.kafka.bootstrap,
            "APICURIO_KAFKASQL_CONSUMER_POLL_TIMEOUT": "250",
            # Each start takes a new group of its own, whose name begins so: its right to them is made from this.
            "APICURIO_KAFKASQL_CONSUMER_GROUP_PREFIX": GROUPS,
            "QUARKUS_HTTP_HOST": HOST,
            "QUARKUS_HTTP_PORT": str(self.place.ports["registry"]),
            "QUARKUS_HTTP_ACCESS_LOG_ENABLED": "false",
            "QUARKUS_MANAGEMENT_HOST": HOST,
            "QUARKUS_MANAGEMENT_PORT": str(self.place.ports["registry_health"]),
            "QUARKUS_LOG_CATEGORY__ORG_APACHE_KAFKA__LEVEL": "WARN",
        }

    def spawn(self) -> Child:
        """Start it."""
        folder = self.place.data / "registry"
        folder.mkdir(parents=True, exist_ok=True)
        command = self.program.command(self.settings.embedded.registry_heap_mb, *QUICK, MAIN)
        return Child(command, self.place.log(self.name), cwd=folder, env=self._environment())

    def healthy(self) -> bool:
        """Whether it has read its storage, and lists its subjects.

        It answers before it has read all: asked then, it does not know what it holds, and takes it a second time.
        """
        return serves(f"http://{HOST}:{self.place.ports['registry_health']}/health/ready") and reachable(self.address)


def _login(kafka: Kafka) -> dict[str, str]:
    """How it reaches the broker, as its own account where that is known."""
    said: dict[str, str] = {"SECURITY_PROTOCOL": kafka.security_protocol}
    if kafka.security_protocol.startswith("SASL"):
        username, password = kafka.login(ACCOUNT)
        login = jaas.line(jaas.module(kafka.sasl_mechanism), {"username": username, "password": password})
        said |= {"SASL_MECHANISM": kafka.sasl_mechanism, "SASL_JAAS_CONFIG": login}
    if kafka.ca_file:
        said |= {"SSL_TRUSTSTORE_TYPE": "PEM", "SSL_TRUSTSTORE_LOCATION": kafka.ca_file}
    return {f"APICURIO_KAFKA_COMMON_{name}": value for name, value in said.items()}


def reachable(url: str, timeout_s: float = 2.0) -> bool:
    """Whether a registry at ``url`` answers."""
    try:
        with urllib.request.urlopen(f"{url}/subjects", timeout=timeout_s) as response:  # noqa: S310 - from settings
            return response.status == HTTPStatus.OK and isinstance(json.load(response), list)
    except (OSError, ValueError):
        return False
