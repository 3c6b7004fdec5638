"""The broker: Apache Kafka in one process, its own controller (KRaft)."""

from __future__ import annotations

import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from infra.local import parts
from infra.local.errors import StartFailed
from infra.local.java import Program
from infra.local.ports import HOST
from infra.local.process import Child
from infra.local.service import Service

PROPERTIES = """\
# written at each start by infra/local/kafka.py
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
inter.broker.listener.name=PLAINTEXT
log.dirs={logs}
auto.create.topics.enable=false
num.partitions=1
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=8
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
# a lone consumer need not wait for others
group.initial.rebalance.delay.ms=0
# a job that comes back after a long stop must still be able to end its transaction
transaction.max.timeout.ms=3600000
transaction.abort.timed.out.transaction.cleanup.interval.ms=5000
# the default takes 128 MB of heap
log.cleaner.dedupe.buffer.size=16777216
num.recovery.threads.per.data.dir=2
"""

LOGGING = """\
<Configuration status="warn">
  <Appenders>
    <Console name="out"><PatternLayout pattern="%d{ISO8601} %p %c{1} %m%n"/></Console>
  </Appenders>
  <Loggers>
    <Root level="info"><AppenderRef ref="out"/></Root>
    <Logger name="org.apache.kafka.common.config.AbstractConfig" level="warn"/>
    <!-- a line for each transaction, which is to say each second -->
    <Logger name="org.apache.kafka.coordinator.transaction" level="warn"/>
    <Logger name="kafka.coordinator.transaction" level="warn"/>
    <Logger name="org.apache.kafka.storage.internals.log" level="warn"/>
  </Loggers>
</Configuration>
"""


def cluster_id(made_of: uuid.UUID) -> str:
    """A cluster's id as Kafka writes it. One in 64 would begin with a dash, which its tool takes for an option."""
    return urlsafe_b64encode(made_of.bytes).decode().rstrip("=").replace("-", "_")


class Broker(Service):
    """Kafka on loopback, plaintext: reachable by this machine only."""

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
        """Write the configuration; format the folder the first time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.xml").write_text(LOGGING)
        ports = self.place.ports
        properties = self.folder / "server.properties"
        logs = self.folder / "logs"
        properties.write_text(
            PROPERTIES.format(host=HOST, port=ports["kafka"], controller_port=ports["kafka_controller"], logs=logs)
        )
        if (logs / "meta.properties").exists():
            return
        format_it = ("kafka.tools.StorageTool", "format", "-t", cluster_id(uuid.uuid4()), "-c", str(properties))
        command = self.program.command(256, self._logging, *format_it, record=False)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StartFailed(
                f"kafka could not format {logs}: {(done.stdout + done.stderr).strip()[-400:]}",
                f"remove {self.folder} if its content may go, then start again",
            )

    def spawn(self) -> Child:
        """Start the broker."""
        main = ("kafka.Kafka", str(self.folder / "server.properties"))
        command = self.program.command(self.settings.embedded.kafka_heap_mb, self._logging, *main)
        return Child(command, self.place.log(self.name), cwd=self.folder)

    def healthy(self) -> bool:
        """Whether it tells the cluster's metadata."""
        return reachable(f"{HOST}:{self.place.ports['kafka']}")


def reachable(bootstrap: str, options: dict[str, str] | None = None, timeout_s: float = 2.0) -> bool:
    """Whether a broker answers a request for metadata."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    settings: dict[str, str | int] = {"bootstrap.servers": bootstrap, "log_level": 0}
    settings["socket.timeout.ms"] = int(timeout_s * 1000)
    try:
        return bool(AdminClient({**settings, **(options or {})}).list_topics(timeout=timeout_s).brokers)
    except KafkaException:
        return False
