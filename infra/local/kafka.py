"""The broker: Apache Kafka in one process, its own controller (KRaft). Whoever connects must log in."""

from __future__ import annotations

import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from infra.local import kafka_admit, parts
from infra.local.endpoints import passwords, write_private
from infra.local.errors import StartFailed
from infra.local.kafka_config import ADMIN, LOGGING, MECHANISM, Identity, Secrets, properties
from infra.local.ports import HOST
from infra.local.process import Child
from infra.local.service import Service
from jobs.program import Program


def cluster_id(made_of: uuid.UUID) -> str:
    """A cluster's id as Kafka writes it. One in 64 would begin with a dash, which its tool takes for an option."""
    return urlsafe_b64encode(made_of.bytes).decode().rstrip("=").replace("-", "_")


class Broker(Service):
    """Kafka on loopback: reachable by this machine only, and there by those alone who have an account."""

    name = "kafka"
    parts = ("kafka",)
    ports = ("kafka", "kafka_controller")
    patience_s = 30.0

    @property
    def folder(self) -> Path:
        """Its configuration and its logs (the data)."""
        return self.place.data / "kafka"

    @property
    def address(self) -> str:
        """host:port."""
        return f"{HOST}:{self.place.ports['kafka']}"

    @property
    def program(self) -> Program:
        """Its jars."""
        return Program(self.name, tuple(parts.files("kafka", self.settings)), self.place.cache)

    @property
    def _logging(self) -> str:
        return f"-Dlog4j2.configurationFile={self.folder / 'log4j2.xml'}"

    def prepare(self) -> None:
        """Write the configuration; format the folder the first time, and see that the operator can log in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.xml").write_text(LOGGING)
        logs, secrets = self.folder / "logs", self._secrets()
        ports = self.place.ports
        said = properties(logs, ports["kafka"], ports["kafka_controller"], secrets, self._tls())
        write_private(self.folder / "server.properties", said)
        if not (logs / "meta.properties").exists():
            self._format(secrets)
        elif not kafka_admit.told(self.folder, kafka_admit.OPERATOR, {ADMIN: secrets.admin}):
            kafka_admit.admit(self.folder, logs, secrets, self._command)
        kafka_admit.remember(self.folder, kafka_admit.OPERATOR, {ADMIN: secrets.admin})

    @property
    def knows_platform(self) -> bool:
        """Whether it has been told the passwords of the platform's accounts, and what the registry may do."""
        return kafka_admit.told(self.folder, kafka_admit.PLATFORM, self._passwords)

    def admit_platform(self) -> None:
        """Tell it both; it must be running.

        Raises:
            ProvisionError: it refused or did not answer.
        """
        from infra.provision import accounts

        accounts.admit(self.settings)
        kafka_admit.remember(self.folder, kafka_admit.PLATFORM, self._passwords)

    def spawn(self) -> Child:
        """Start the broker."""
        command = self._command("kafka.Kafka", str(self.folder / "server.properties"), record=True)
        return Child(command, self.place.log(self.name), cwd=self.folder)

    def healthy(self) -> bool:
        """Whether it lets the operator in and tells the cluster's metadata."""
        return reachable(self.settings.kafka.client(ADMIN))

    @property
    def _passwords(self) -> dict[str, str]:
        return {name: password.get_secret_value() for name, password in self.settings.kafka.accounts.items()}

    def _command(self, *words: str, record: bool = False) -> list[str]:
        return self.program.command(self.settings.embedded.kafka_heap_mb, self._logging, *words, record=record)

    def _secrets(self) -> Secrets:
        controller = passwords(self.place.data, ("kafka_controller",))["kafka_controller"]
        return Secrets(self.settings.kafka.login(ADMIN)[1], controller.get_secret_value())

    def _tls(self) -> Identity | None:
        given = self.settings.embedded
        if not given.kafka_certificate:
            return None
        ca = self.settings.kafka.ca_file
        if not (given.kafka_certificate_key and ca):
            raise StartFailed(
                "the broker has a certificate, but no key or nobody to trust it by",
                "set CROSSBEAT_EMBEDDED__KAFKA_CERTIFICATE_KEY and CROSSBEAT_KAFKA__CA_FILE too (see `crossbeat ca`)",
            )
        # Kafka reads key and certificates from one file.
        identity = self.folder / "identity.pem"
        write_private(identity, _read(given.kafka_certificate_key) + _read(given.kafka_certificate))
        return Identity(identity, Path(ca).expanduser().resolve())

    def _format(self, secrets: Secrets) -> None:
        """Format the folder with the operator's credentials in it.

        The tool reads its arguments from a file of ours: in its command line everybody on the machine could read them.
        """
        arguments = self.folder / "format.arguments"
        scram = f"{MECHANISM}=[name={ADMIN},password={secrets.admin}]"
        words = ["format", "-t", cluster_id(uuid.uuid4()), "-c", str(self.folder / "server.properties")]
        write_private(arguments, "\n".join([*words, "--add-scram", scram]) + "\n")
        try:
            command = self._command("kafka.tools.StorageTool", f"@{arguments}")
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        finally:
            arguments.unlink()
        if done.returncode:
            said = (done.stdout + done.stderr).strip()[-400:].replace(secrets.admin, "…")
            raise StartFailed(
                f"kafka could not format {self.folder / 'logs'}: {said}",
                f"remove {self.folder} if its content may go, then start again",
            )


def _read(file: str) -> str:
    try:
        return Path(file).expanduser().read_text().strip() + "\n"
    except OSError as error:
        raise StartFailed(
            f"the broker's certificate or key cannot be read: {error}",
            "set CROSSBEAT_EMBEDDED__KAFKA_CERTIFICATE and …_KEY, or make both with `crossbeat ca`",
        ) from error


def reachable(options: dict[str, str], timeout_s: float = 2.0) -> bool:
    """Whether a broker answers a request for metadata to a client of these options."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    ours: dict[str, str | int] = {"log_level": 0, "socket.timeout.ms": int(timeout_s * 1000)}
    try:
        return bool(AdminClient({**options, **ours}).list_topics(timeout=timeout_s).brokers)
    except KafkaException:
        return False
