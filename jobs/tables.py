"""The tables of a pattern, rendered from the contracts: the pattern says which, the contract says what is in them."""

from __future__ import annotations

from jobs import delivery
from jobs.pattern import CLOCK, Pattern, Table, Value
from schemas import contracts
from schemas.render import flink
from streams import jaas
from streams.settings import Settings

ACCOUNT = "jobs"
"""The platform's account under which all jobs read and write."""
SHADED = "org.apache.flink.kafka.shaded."
FORMAT = "crossbeat-avro"
"""Ours (``java/crossbeat/avro``): Flink's own is slower several times over, and registers the schemas it writes."""
PLACES = "crossbeat.avro.Places"
"""Ours as well: knows where a message stands that cannot be decoded."""
LOOK_MS = 100
"""How often Flink looks whether a topic is read too far ahead of others."""
TRANSACTION_TIMEOUT_MS = 900_000
"""As long as a broker allows by default. A job that is down for longer after a checkpoint cannot commit it."""


def group(pattern: str) -> str:
    """The consumer group under which a pattern's offsets are committed, with each checkpoint."""
    return f"crossbeat-{pattern.replace('_', '-')}"


def statements(pattern: Pattern, settings: Settings) -> list[str]:
    """``CREATE TEMPORARY TABLE`` for everything that the pattern reads and writes."""
    values = pattern.resolved(settings)
    reads = [_source(pattern, name, table, values, settings) for name, table in pattern.reads.items()]
    writes = [_sink(pattern, name, table, settings) for name, table in pattern.writes.items()]
    return reads + writes + (_delivery(pattern, settings) if pattern.delivers else [])


def _delivery(pattern: Pattern, settings: Settings) -> list[str]:
    kafka = _kafka(settings)
    # Small messages that must not wait; a district's own consumer may not have every codec.
    quick = {"properties.linger.ms": "0", "properties.compression.type": "none"}
    return delivery.statements(
        settings, kafka | _reading(pattern), kafka | _writing(pattern, "delivery", exactly_once=False) | quick
    )


def _source(pattern: Pattern, name: str, table: Table, values: dict[str, Value], settings: Settings) -> str:
    extra: list[str] = []
    clock: dict[str, str] = {}
    if table.event_time:
        late = int(values.get(table.disorder, table.disorder))
        # An INTERVAL literal holds two digits; this holds any number.
        clock["scan.watermark.idle-timeout"] = f"{int(values.get(table.idle, table.idle))} s"
        # A subtask without a partition is never idle to Flink, so that it would hold back all time for good.
        partitions = contracts.get(table.contract).stage(table.stage).partitions
        clock["scan.parallelism"] = str(min(settings.flink.parallelism, partitions))
        if pattern.apart_h and table.contract != CLOCK:  # heartbeats are ahead of all that lags
            clock["scan.watermark.alignment.group"] = group(pattern.name)
            clock["scan.watermark.alignment.max-drift"] = f"{pattern.apart_h} h"
            clock["scan.watermark.alignment.update-interval"] = f"{LOOK_MS} ms"
        extra.append(f"WATERMARK FOR `{table.event_time}` AS TIMESTAMPADD(SECOND, -{late}, `{table.event_time}`)")
    options = _reading(pattern, table.read_uncommitted)
    return _table(name, table, settings, options | clock, columns=table.columns or None, extra=extra)


def _sink(pattern: Pattern, name: str, table: Table, settings: Settings) -> str:
    options = _writing(pattern, name, table.exactly_once)
    return _table(name, table, settings, options, sink=True)


def _reading(pattern: Pattern, read_uncommitted: bool = False) -> dict[str, str]:
    """The options of every source."""
    return {
        "scan.startup.mode": "earliest-offset",  # only where there is no checkpoint to go on from
        "properties.group.id": group(pattern.name),
        "properties.isolation.level": "read_uncommitted" if read_uncommitted else "read_committed",
        "properties.auto.offset.reset": "earliest",
        "properties.interceptor.classes": PLACES,
        "properties.register.consumer.metrics": "false",  # hundreds of them, gathered at every look at the job
        "properties.partition.discovery.interval.ms": "10000",
    }


def _writing(pattern: Pattern, name: str, exactly_once: bool) -> dict[str, str]:
    """The options of every sink."""
    options = {
        "sink.delivery-guarantee": "exactly-once" if exactly_once else "at-least-once",
        "properties.linger.ms": "20" if exactly_once else "0",
        "properties.register.producer.metrics": "false",
        "properties.batch.size": "131072",
        "properties.compression.type": "lz4",
    }
    if exactly_once:
        options |= {
            "sink.transactional-id-prefix": f"{group(pattern.name)}-{name}",
            # A pool of ids; the default takes a new one each checkpoint, and the broker remembers each for a week.
            "sink.transaction-naming-strategy": "pooling",
            "properties.transaction.timeout.ms": str(TRANSACTION_TIMEOUT_MS),
        }
    return options


def _table(
    name: str,
    table: Table,
    settings: Settings,
    options: dict[str, str],
    *,
    sink: bool = False,
    columns: tuple[str, ...] | None = None,
    extra: list[str] | None = None,
) -> str:
    topic = {"topic": table.topic} if table.topic else {}
    return flink.table(
        contracts.get(table.contract),
        table.stage,
        name=name,
        bootstrap=settings.kafka.bootstrap,
        registry=settings.registry.url,
        columns=columns,
        sink=sink,
        extra=extra or [],
        avro=FORMAT,
        options=options | _client(settings) | topic | table.options,
    )


def _client(settings: Settings) -> dict[str, str]:
    """How Java clients reach a broker and a registry that ask who one is."""
    registry = settings.registry
    asked: dict[str, str] = {}
    if registry.username:
        asked[f"value.{FORMAT}.basic-auth.user-info"] = f"{registry.username}:{registry.password.get_secret_value()}"
    return _kafka(settings) | asked


def _kafka(settings: Settings) -> dict[str, str]:
    """How they reach the broker."""
    kafka = settings.kafka
    options = {"properties.bootstrap.servers": kafka.bootstrap}
    if kafka.security_protocol != "PLAINTEXT":
        options["properties.security.protocol"] = kafka.security_protocol
    if kafka.security_protocol.startswith("SASL"):
        username, password = kafka.login(ACCOUNT)
        options["properties.sasl.mechanism"] = kafka.sasl_mechanism
        options["properties.sasl.jaas.config"] = jaas.line(
            jaas.module(kafka.sasl_mechanism), {"username": username, "password": password}, SHADED
        )
    if kafka.ca_file:
        options |= {"properties.ssl.truststore.type": "PEM", "properties.ssl.truststore.location": kafka.ca_file}
    return options
