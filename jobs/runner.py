"""Runs all patterns: one JVM, one job a pattern, each from its own newest checkpoint, until told to stop.

Those that records need to flow are planned at once and begin together; the process then says that it runs. The others
follow one after another: planning takes most of a start, and a record need not wait for what only looks at it.

A job that records need and that fails for good ends the process with the reason: the supervisor starts it anew, and it
goes on from the checkpoint. The JVM's death, or a kill of all, is no different. Any other job that fails is begun again
by itself after a while (``waiting.py``). One whose state does not fit it any more, after an upgrade, sets that aside
and begins anew (``shape.py``): it would fail for ever otherwise.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

import structlog
from py4j.protocol import Py4JJavaError

from jobs import checkpoints, compiler, heartbeat, jvm, pattern, record, rest, shape
from jobs.cluster import Cluster
from jobs.pattern import PatternError
from jobs.receivers import Receivers
from jobs.submit import Job, Planned, plan
from jobs.waiting import Waiting
from schemas.errors import ContractError
from streams.metrics import Meter, Value
from streams.settings import Settings

POLL_S = 2.0
WAIT_S = 0.1
STOP_S = 15.0
SILENCE_S = 60.0
"""How long Flink may fail to answer, as it does on a machine that is overloaded, before the process gives up."""
REASON = 400
"""So many letters of what Flink says are kept: it describes serializers at length."""
log = structlog.get_logger(__name__)


class JobFailed(RuntimeError):
    """A job ended by itself, or its JVM did; the message says which and why."""


def running(settings: Settings) -> list[str]:
    """The patterns that run where nobody names any: all but those that the settings leave out."""
    return [name for name in pattern.names() if name not in settings.flink.left_out]


class Runner:
    """The jobs process. ``run`` blocks until ``stop`` is called or a job is lost."""

    def __init__(self, settings: Settings, patterns: list[str] | None = None, after: Path | None = None) -> None:
        """``after`` names a file: everything is prepared at once, and the jobs begin when the file is there."""
        self._settings = settings
        self._after = after
        self._patterns = [pattern.load(name) for name in patterns or running(settings)]
        self._receivers = Receivers(settings) if any(one.delivers for one in self._patterns) else None
        self._stop = threading.Event()
        self._meter = Meter("jobs", settings.data)
        self._undecodable: dict[tuple[str, str, float], float] = {}

    def stop(self) -> None:
        """Ask it to end: each job makes a savepoint, from which the next run goes on."""
        self._stop.set()

    def run(self) -> None:
        """Run until stopped.

        Raises:
            JobFailed: a job failed for good, or the JVM ended.
        """
        began = time.monotonic()
        jar = compiler.jar(self._settings)
        record.once(self._settings)
        machine = jvm.start(self._settings, [jar])
        try:
            self._serve(machine, jar, began)
        finally:
            machine.end()
            self._meter.set(state="stopped")
            self._meter.flush()

    def _serve(self, machine: jvm.Jvm, jar: Path, began: float) -> None:
        with Cluster(self._settings, len(self._patterns)) as cluster:
            needed = [one for one in self._patterns if one.first] or self._patterns
            planned = [plan(one, self._settings, cluster, jar) for one in needed]
            log.info("jobs are planned", seconds=round(time.monotonic() - began, 1))
            if not self._may_begin():
                return
            self._look()
            running = [self._start(one, cluster, jar) for one in planned]
            log.info("jobs run", patterns=[one.pattern for one in running], seconds=round(time.monotonic() - began, 1))
            self._meter.set(rest_url=cluster.rest_url)
            with heartbeat.writing(self._settings, self._patterns):
                waiting = Waiting(one for one in self._patterns if one not in needed)
                self._attend(machine, cluster, jar, running, waiting)
            _stop_all(cluster.rest_url, running)

    def _attend(self, machine: jvm.Jvm, cluster: Cluster, jar: Path, running: list[Job], waiting: Waiting) -> None:
        """Until told to stop: look after those that run, and start those that come later, or again."""
        answered = time.monotonic()
        while not self._stop.wait(POLL_S):
            self._look()
            if machine.exit_code is not None:
                raise JobFailed(f"the JVM of the jobs ended with {machine.exit_code}: see logs/jobs.jvm.log")
            try:
                self._watch(cluster, jar, running, waiting)
                answered = time.monotonic()
            except rest.FlinkUnreachable:
                if time.monotonic() - answered > SILENCE_S:
                    raise
            if (one := waiting.take()) is not None:  # one a turn: the others are watched meanwhile
                try:
                    running.append(self._start(plan(one, self._settings, cluster, jar), cluster, jar))
                except (Py4JJavaError, PatternError, ContractError) as error:
                    self._lost(one.name, str(error).splitlines()[0], waiting)

    def _may_begin(self) -> bool:
        """Wait for what the jobs need; False when told to stop before."""
        while self._after is not None and not self._after.exists():
            if self._stop.wait(WAIT_S):
                return False
        return not self._stop.is_set()

    def _look(self) -> None:
        """A district that has joined, or left, or receives something else now."""
        if self._receivers is not None:
            self._receivers.refresh()

    def _lost(self, name: str, why: str, waiting: Waiting) -> None:
        """A pattern failed: it waits for its next turn, or, where records need it, the process ends."""
        again = waiting.again(name)
        if again is None:
            raise JobFailed(f"job {name} is lost: {why}")
        self._meter.set(**{f"{name}.state": "failed"})
        log.error("a pattern failed; the others go on", pattern=name, reason=why, again_in_s=again)

    def _start(self, planned: Planned, cluster: Cluster, jar: Path) -> Job:
        """Begin a job; where Flink does not take its state, the job begins anew from what the topics still hold."""
        try:
            job = planned.start()
        except Py4JJavaError as error:
            if planned.restore is None or not shape.refused(str(error)):
                raise
            return self._anew(planned.pattern, planned.address, str(error), cluster, jar)
        told = checkpoints.told_anew(job.address)
        self._meter.set(**{f"{job.pattern}.anew": told} if told else {})
        return job

    def _anew(self, name: str, address: str, why: str, cluster: Cluster, jar: Path) -> Job:
        reasons = [line.strip() for line in why.splitlines() if shape.refused(line)]
        checkpoints.set_aside(address, f"flink does not take it: {reasons[-1][:REASON]}")
        (one,) = (one for one in self._patterns if one.name == name)
        return self._start(plan(one, self._settings, cluster, jar), cluster, jar)

    def _watch(self, cluster: Cluster, jar: Path, running: list[Job], waiting: Waiting) -> None:
        rest_url = cluster.rest_url
        values: dict[str, Value] = {}
        for job in list(running):
            state = rest.state(rest_url, job.job_id)
            if state in rest.ENDED:
                running.remove(job)
                why = rest.failure(rest_url, job.job_id) or "no reason"
                if job.recovered_from is not None and shape.refused(why):
                    try:
                        running.append(self._anew(job.pattern, job.address, why, cluster, jar))
                        continue
                    except Py4JJavaError as error:
                        why = str(error).splitlines()[0]
                self._lost(job.pattern, f"{state.lower()}: {why}", waiting)
                continue
            values |= {f"{job.pattern}.state": state.lower()}
            if state == "RUNNING":
                counted = rest.numbers(rest_url, job.job_id) | rest.sink_counts(rest_url, job.job_id)
                counted["undecodable"] = self._set_aside(job, counted)
                values |= {f"{job.pattern}.{key}": number for key, number in counted.items()}
        self._meter.set(state="running", **values)

    def _set_aside(self, job: Job, counted: dict[str, float]) -> float:
        """Messages that a pattern set aside since the process began. Flink counts anew whenever it starts a job."""
        run = (job.pattern, job.job_id, counted["restarts"])
        self._undecodable[run] = max(counted["undecodable"], self._undecodable.get(run, 0))
        return sum(count for (name, *_), count in self._undecodable.items() if name == job.pattern)


def _stop_all(rest_url: str, running: list[Job]) -> None:
    """Stop with savepoints, all at once; where one does not come in time, its newest checkpoint serves as well."""
    limit = time.monotonic() + STOP_S
    for job, request in [(job, rest.stop(rest_url, job.job_id, f"{job.address}/savepoints")) for job in running]:
        savepoint = ""
        while not savepoint and time.monotonic() < limit:
            time.sleep(0.05)
            try:
                savepoint = rest.stopped(rest_url, job.job_id, request)
            except rest.FlinkUnreachable as error:
                log.warning("no savepoint", pattern=job.pattern, reason=str(error))
                break
        if savepoint:
            log.info("job stopped", pattern=job.pattern, savepoint=savepoint)
        else:
            log.warning("job did not stop in time: it will go on from its newest checkpoint", pattern=job.pattern)
