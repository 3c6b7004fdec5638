"""What the embedded broker is told at its start: who may log in, over what, and who is asked about rights.

Two listeners, both on loopback. Clients log in with SCRAM, whose credentials the broker keeps in its metadata; the
controller's listener has no such store to look into before it is up, so it knows one name from this file, with a
password that is used for nothing else. Nobody has a right that was not given (``infra.provision.accounts``), but for
``admin``, who gives them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from infra.local.ports import HOST
from streams import jaas

ADMIN = "admin"
ACCOUNTS = (ADMIN, "registry", "gate", "jobs", "catchup", "loader", "quality")
"""The platform's own accounts; what each may do is in ``infra.provision.accounts``."""
MECHANISM = "SCRAM-SHA-512"

PROPERTIES = """\
# written at each start by infra/local/kafka.py
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
controller.listener.names=CONTROLLER
listeners=CLIENT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=CLIENT://{host}:{port}
inter.broker.listener.name=CLIENT
listener.security.protocol.map=CLIENT:{protocol},CONTROLLER:{protocol}
sasl.mechanism.inter.broker.protocol={mechanism}
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.sasl.enabled.mechanisms={mechanism}
listener.name.client.{of_client}.sasl.jaas.config={client_login}
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config={controller_login}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin}
allow.everyone.if.no.acl.found=false
{tls}log.dirs={logs}
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
TLS = """\
ssl.keystore.type=PEM
ssl.keystore.location={identity}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
ssl.client.auth=none
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


@dataclass(frozen=True)
class Secrets:
    """What the broker must know of passwords: the operator's, and that of the controller's listener."""

    admin: str
    controller: str


@dataclass(frozen=True)
class Identity:
    """How the broker shows who it is over TLS: a file with its key and certificates, and what it trusts itself by."""

    identity: Path
    ca: Path


def properties(
    logs: Path, port: int, controller_port: int, secrets: Secrets, tls: Identity | None = None, *, plain: bool = False
) -> str:
    """The broker's configuration, passwords included.

    ``plain`` is for :mod:`infra.local.kafka_admit`: clients then log in by a password of this file, not of its store.
    """
    mechanism = "PLAIN" if plain else MECHANISM
    client = {"username": ADMIN, "password": secrets.admin} | ({f"user_{ADMIN}": secrets.admin} if plain else {})
    controller = {"username": ADMIN, "password": secrets.controller, f"user_{ADMIN}": secrets.controller}
    return PROPERTIES.format(
        host=HOST,
        port=port,
        controller_port=controller_port,
        logs=logs,
        admin=ADMIN,
        protocol="SASL_SSL" if tls else "SASL_PLAINTEXT",
        mechanism=mechanism,
        of_client=mechanism.lower(),
        client_login=_value(jaas.line(jaas.module(mechanism), client)),
        controller_login=_value(jaas.line(jaas.PLAIN, controller)),
        tls=TLS.format(identity=tls.identity, ca=tls.ca) if tls else "",
    )


def _value(text: str) -> str:
    """As a value of a Java properties file."""
    return text.replace("\\", "\\\\")
