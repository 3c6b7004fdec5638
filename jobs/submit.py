"""Submits one pattern as one Flink job, from its newest checkpoint where there is one."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import CompiledPlan, EnvironmentSettings, PlanReference, StatementSet, StreamTableEnvironment

from jobs import checkpoints, plans, tables
from jobs.cluster import Cluster
from jobs.pattern import Pattern
from jobs.shape import Shape, read
from streams.settings import Settings

VIEW = re.compile(r"CREATE\s+TEMPORARY\s+VIEW\s+(?P<name>\w+)\s+AS\s+(?P<query>.+)", re.IGNORECASE | re.DOTALL)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """A job that was submitted."""

    pattern: str
    job_id: str
    client: Any = field(repr=False)
    address: str
    recovered_from: Path | None


def options(pattern: Pattern, settings: Settings, where: str) -> dict[str, str]:
    """The Flink options of a job: what all have, then the pattern's own."""
    flink = settings.flink
    common = {
        "pipeline.name": f"crossbeat-{pattern.name}",
        "pipeline.object-reuse": "true",
        "parallelism.default": str(flink.parallelism),
        # A record's key is hashed to one of these: fixed for the life of the state.
        "pipeline.max-parallelism": "128",
        "pipeline.auto-watermark-interval": "200 ms",
        "table.local-time-zone": "UTC",
        "table.exec.sink.upsert-materialize": "NONE",
        "state.backend.type": flink.state_backend,
        "execution.checkpointing.interval": f"{flink.checkpoint_interval_ms} ms",
        "execution.checkpointing.mode": "EXACTLY_ONCE",
        "execution.checkpointing.storage": "filesystem",
        "execution.checkpointing.dir": where,
        "execution.checkpointing.savepoint-dir": f"{where}/savepoints",
        "execution.checkpointing.incremental": "true",  # of RocksDB: what changed; the heap is written whole
        "execution.checkpointing.num-retained": "2",
        "execution.checkpointing.timeout": "5 min",
        "execution.checkpointing.tolerable-failed-checkpoints": "5",
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        # Some tries at once, then the process gives up and says so; its supervisor decides about the next.
        "restart-strategy.type": "failure-rate",
        "restart-strategy.failure-rate.max-failures-per-interval": "3",
        "restart-strategy.failure-rate.failure-rate-interval": "1 min",
        "restart-strategy.failure-rate.delay": "1 s",
    }
    return common | pattern.flink


def recovery(restore: Path | None) -> dict[str, str]:
    """The Flink options by which a job goes on from a checkpoint."""
    if restore is None:
        return {}
    return {
        "execution.state-recovery.path": restore.as_uri(),
        "execution.state-recovery.claim-mode": "CLAIM",  # Flink deletes it once a newer one holds
    }


@dataclass(frozen=True)
class Planned:
    """A pattern's query, planned and not yet begun: nothing of it has spoken to a broker or a registry."""

    pattern: str
    plan: Any = field(repr=False)
    address: str
    restore: Path | None
    shape: Shape

    def start(self) -> Job:
        """Send it to the cluster; the topics that it reads and writes must be there."""
        began = time.monotonic()
        kept = checkpoints.folder(self.address)
        if kept is not None:
            self.shape.write(kept)  # before there can be a checkpoint of it
        client = self.plan.execute().get_job_client()
        job_id = str(client.get_job_id())
        log.info(
            "job submitted",
            pattern=self.pattern,
            job_id=job_id,
            from_checkpoint=str(self.restore) if self.restore else None,
            seconds=round(time.monotonic() - began, 1),
        )
        return Job(self.pattern, job_id, client, self.address, self.restore)


def plan(pattern: Pattern, settings: Settings, cluster: Cluster, jar: Path) -> Planned:
    """Plan a pattern's job for the cluster, to go on from its newest checkpoint where that fits it."""
    where = checkpoints.address(settings, pattern.name)
    set_to = options(pattern, settings, where) | cluster.target()
    if not cluster.embedded:  # ours has them on its class path
        set_to |= {"pipeline.jars": ";".join(path.as_uri() for path in cluster.jars(jar))}
    declared = tables.statements(pattern, settings)
    began = time.monotonic()
    made = environment(set_to)
    compiled = statement_set(made, pattern, settings, declared).compile_plan()
    text, found = plans.named(compiled.as_json_string())
    shape = replace(found, settings=pattern.laid_out_by(settings))
    restore = _restorable(where, shape)
    checkpoints.tidy(where, restore)
    # Only the plan tells what it may go on from, and Flink asks for that when the job begins.
    for name, value in recovery(restore).items():
        made.get_config().set(name, value)
    # PyFlink gives the loaded plan an environment that it cannot be executed in.
    loaded = CompiledPlan(made.load_plan(PlanReference.from_json_string(text))._j_compiled_plan, made)
    log.info("query planned", pattern=pattern.name, seconds=round(time.monotonic() - began, 1))
    return Planned(pattern.name, loaded, where, restore, shape)


def _restorable(where: str, shape: Shape) -> Path | None:
    """What a job of that shape goes on from; what it cannot go on from is set aside."""
    newest, kept = checkpoints.newest(where), checkpoints.folder(where)
    if newest is None or kept is None:
        return None
    before = read(kept)
    why = shape.differs(before) if before else "it is of a version that did not name its operators"
    if not why:
        return newest
    checkpoints.set_aside(where, why)
    return None


def environment(options: dict[str, str]) -> StreamTableEnvironment:
    """An environment with these Flink options. Made by hand: PyFlink's own way is local, whatever the target says."""
    configuration = Configuration()
    for key, value in options.items():
        configuration.set_string(key, value)
    java_environment = get_gateway().jvm.org.apache.flink.streaming.api.environment.StreamExecutionEnvironment
    return StreamTableEnvironment.create(
        StreamExecutionEnvironment(java_environment(configuration._j_configuration)),
        EnvironmentSettings.new_instance().in_streaming_mode().build(),
    )


def statement_set(
    made: StreamTableEnvironment, pattern: Pattern, settings: Settings, declared: list[str]
) -> StatementSet:
    """Declare the pattern's functions, and its tables by these statements; give its query as one statement set."""
    for name, java_class in pattern.functions.items():
        made.create_java_temporary_system_function(name, java_class)
    for statement in declared:
        made.execute_sql(statement)
    together = made.create_statement_set()
    for statement in pattern.statements(settings):
        view = VIEW.match(statement)
        if view:
            # As a table, not as SQL: Flink 2.3 writes a view out again and cannot read back a process table function.
            made.create_temporary_view(view["name"], made.sql_query(view["query"]))
        else:
            together.add_insert_sql(statement)
    return together
