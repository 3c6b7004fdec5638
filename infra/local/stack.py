"""The embedded stack as one thing: start, watch, restart, stop.

Order: the servers side by side, and beside them the worker that has much to prepare; when all are healthy, topics,
subjects and tables (``infra.provision``); then the workers that records need to flow; when those are at work, the
others, one by one, which would only take the cores from their start; last those for which there is cause, the intakes
of districts with sites and by night retention. The end is the reverse. All processes are started from the thread that
calls: see ``process.py``.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from infra.local import checks, endpoints, parts, ports, report
from infra.local.clickhouse import ClickHouse
from infra.local.diagnose import diagnose
from infra.local.errors import StartFailed
from infra.local.hold import Hold
from infra.local.intakes import Intake, Intakes
from infra.local.kafka import Broker
from infra.local.nightly import Nightly
from infra.local.registry import Registry
from infra.local.service import Place, Service, State
from infra.local.workers import ON_CAUSE, PROVISIONED, Worker, jars
from streams.settings import Settings

SERVERS: dict[str, type[Service]] = {"kafka": Broker, "registry": Registry, "clickhouse": ClickHouse}
TICK_S = 0.1
BACK_OFF_S = (0.5, 1, 2, 5, 10, 30)
FORGIVE_S = 60.0  # so long healthy, and its failures are forgotten

log = structlog.get_logger()


def yours(configured: Settings) -> set[str]:
    """The servers whose address people set: used, never started."""
    given = {
        "kafka": configured.kafka.bootstrap,
        "registry": configured.registry.url,
        "clickhouse": configured.clickhouse.host,
    }
    return {name for name, address in given.items() if address}


class Stack:
    """Servers and workers on one data folder.

    ``configured`` is what people set (``streams.settings.Configured()``); after ``start()``, ``settings`` says how
    everything is reached, and the endpoints file tells it to every other process.
    """

    def __init__(
        self,
        configured: Settings,
        services: Sequence[str] = tuple(SERVERS),
        workers: Sequence[str] = (),
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.configured = configured
        self.settings = configured
        self.wanted = tuple(services)
        self.worker_names = tuple(workers)
        self.servers: list[Service] = []
        self.workers: list[Worker] = []
        self.outside = sorted(yours(configured))
        self._changed = changed
        self._hold = Hold(configured.data)
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="health")
        self._provisioned = False
        self._stopped = False
        self._failures: dict[str, int] = {}
        self._again_at: dict[str, float] = {}
        self._intakes: Intakes | None = None
        self._nightly: Nightly | None = None
        self._held: dict[str, str] = {}

    @property
    def services(self) -> list[Service]:
        """Everything that this stack runs, in the order of the start."""
        return [*self.servers, *self.workers]

    @property
    def ready(self) -> bool:
        """Whether all that records need to flow is healthy now."""
        return self._provisioned and all(one.state is State.HEALTHY for one in self.services if one.needed)

    def start(self) -> Settings:
        """Start all; return the settings by which it is reached.

        Raises:
            StackError: something is in the way; nothing is left running.
        """
        self._hold.take()
        try:
            self._start_servers()
            self._provision()
            self._provisioned = True
            self._start_workers()
        except BaseException:
            self.stop()
            raise
        return self.settings

    def _start_servers(self) -> None:
        started = [SERVERS[name] for name in SERVERS if name in self.wanted and name not in self.outside]
        checks.before_start(self.configured, [kind.name for kind in started], self.worker_names)
        needed = jars(self.worker_names)
        parts.ensure([part for kind in started for part in kind.parts] + list(needed), self.configured)
        wanted = {port: getattr(self.configured.embedded, f"{port}_port") for kind in started for port in kind.ports}
        if "guard" in self.worker_names:
            wanted["guard"] = self.configured.guard.port or self.configured.embedded.guard_port
        given = ports.choose(wanted, self.configured.data / "run")
        paths = {jar: str(parts.path(jar, self.configured)) for jar in needed}
        self.settings = endpoints.embedded(self.configured, given, paths)
        endpoints.publish(self.settings)
        place = Place(self.configured.data, self.configured.cache, given)
        self.servers = [kind(self.settings, place) for kind in started]
        self.workers = [Worker(self.settings, place, name) for name in self.worker_names if name not in ON_CAUSE]
        if "intake" in self.worker_names and {"kafka", "registry"} <= set(self.wanted) | set(self.outside):
            self._intakes = Intakes(self.settings)
        if "retention" in self.worker_names and "clickhouse" in {*self.wanted, *self.outside}:
            self._nightly = Nightly(self.settings, place)
        self._place = place
        # A registry without an account would be turned away, and give up: the first time it waits until the broker
        # knows it.
        stranger = next((one for one in self.servers if isinstance(one, Broker) and not one.knows_platform), None)
        later = [server for server in self.servers if stranger and server.name == "registry"]
        (self.configured.data / PROVISIONED).unlink(missing_ok=True)
        self._start([worker for worker in self.workers if worker.prepares])
        self._start([server for server in self.servers if server not in later])
        importlib.import_module("infra.provision")  # takes a second: now, while the servers start anyway
        if stranger:
            self._await([stranger])
            self._admit(stranger)
            self._start(later)
        self._await(self.servers)

    def _start(self, services: Sequence[Service]) -> None:
        for service in services:
            service.prepare()
            service.start()
            self._tell()

    def _admit(self, broker: Broker) -> None:
        from infra.provision import ProvisionError

        try:
            broker.admit_platform()
        except ProvisionError as error:
            raise StartFailed(str(error), f"read {broker.place.log(broker.name)}") from error

    def _await(self, services: Sequence[Service]) -> None:
        """Wait until all are healthy."""
        limit = time.monotonic() + self.configured.embedded.start_timeout_s
        while True:
            self._look(services)
            for service in services:
                if service.state is State.DOWN:
                    raise diagnose(service)
            if all(service.state is State.HEALTHY for service in services):
                return
            if time.monotonic() > limit:
                late = ", ".join(service.name for service in services if service.state is not State.HEALTHY)
                raise StartFailed(
                    f"{late} did not become healthy within {self.configured.embedded.start_timeout_s:.0f} s",
                    f"read its log in {self.configured.data / 'logs'}; on a slow machine raise "
                    "CROSSBEAT_EMBEDDED__START_TIMEOUT_S",
                )
            time.sleep(TICK_S)

    def _look(self, services: Sequence[Service]) -> None:
        for done in [self._pool.submit(service.look) for service in services]:
            done.result()
        self._tell()

    def _tell(self) -> None:
        report.write(self)
        self._changed()

    def _provision(self) -> None:
        """Topics, subjects, tables: idempotent, so done at every start."""
        if not {"kafka", "registry", "clickhouse"} <= set(self.wanted) | set(self.outside):
            return  # there is nothing to put half of it on
        from infra.provision import ProvisionError, apply

        try:
            apply(self.settings)
        except ProvisionError as error:
            raise StartFailed(str(error), "`crossbeat doctor` compares what is there with the contracts") from error

    def _start_workers(self) -> None:
        (self.configured.data / PROVISIONED).touch()
        self._start([worker for worker in self.workers if worker.needed and not worker.prepares])

    def watch(self) -> None:
        """One look at everything: start again what died, later and later if it dies again and again."""
        self._look(self.services)
        if self.ready:
            self._follow_causes()
        if self.ready and not any(one.state is State.STARTING for one in self.workers):
            self._start([worker for worker in self.workers if worker.state is State.WAITING][:1])
        for service in self.services:
            if service.state is State.HEALTHY and service.outdated():
                service.stop()
                service.prepare()
                service.start()
                log.info("started anew: what it is told at its start has changed", service=service.name)
        now = time.monotonic()
        for service in self.services:
            if service.state is State.HEALTHY and now - service.started_at > FORGIVE_S:
                self._failures.pop(service.name, None)
            if service.state is not State.DOWN:
                continue
            if service.name not in self._again_at:
                failures = self._failures[service.name] = self._failures.get(service.name, 0) + 1
                wait = BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1]
                self._again_at[service.name] = now + wait
                log.warning("a service died", service=service.name, how=service.detail, again_in_s=wait)
            if now >= self._again_at[service.name]:
                del self._again_at[service.name]
                why = service.detail
                service.clear()
                service.restarts += 1
                service.start()
                service.detail = f"{why}, started again"
                log.info("started again", service=service.name, restarts=service.restarts)
        self._tell()

    def _follow_causes(self) -> None:
        """Begin and end what runs only when there is something to do."""
        if self._nightly is not None:
            self._nightly.look()
        if self._intakes is None:
            return
        found = self._intakes.look()
        for name, why in found.held.items():
            if self._held.get(name) != why:
                log.warning("an intake cannot be served", district=name, why=why)
        self._held = found.held
        there = {one.district: one for one in self.workers if isinstance(one, Intake)}
        for name in there.keys() - set(found.served):
            there[name].stop()
            self.workers.remove(there[name])
            self._failures.pop(there[name].name, None)
            self._again_at.pop(there[name].name, None)
            log.info("nothing is left to serve", service=there[name].name)
        self.workers += [Intake(self.settings, self._place, name) for name in found.served if name not in there]

    def stop(self) -> None:
        """Stop workers, then registry and store, then the broker; those of one step at the same time. Twice is fine."""
        if self._stopped:
            return
        self._stopped = True
        if self._nightly is not None:
            self._nightly.stop()
        broker = [server for server in self.servers if server.name == "kafka"]
        rest = [server for server in self.servers if server.name != "kafka"]
        for step in (self.workers, rest, broker):
            for done in [self._pool.submit(service.stop) for service in step]:
                done.result()
            if step:
                self._tell()
        self._pool.shutdown()
        report.remove(self.configured.data)
        self._hold.free()
