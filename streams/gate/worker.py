"""The gate at work: read a batch, judge it, write it in one transaction, remember it; over and over."""

from __future__ import annotations

import gc
import threading
import time
from itertools import chain

import structlog

from streams.agreements import Agreements
from streams.codec import Decoder, Defect, Record
from streams.districts import Roster
from streams.gate.alignment import Alignment
from streams.gate.aside import Aside
from streams.gate.catch_up import CatchUp
from streams.gate.counters import Counters
from streams.gate.intake import Intake
from streams.gate.judge import Judge
from streams.gate.kinds import DISTRICT, published
from streams.gate.lookouts import LOOKOUT, Follower, Lookouts
from streams.gate.messages import Message
from streams.gate.outlet import Aborted, Outlet
from streams.gate.read_counts import ReadCounts
from streams.gate.store import RocksMemory
from streams.gate.writing import Writer
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

LOOK_AGAIN_S = 1.0
log = structlog.get_logger("gate")


def collect_rarely() -> None:
    """Let Python look for garbage in cycles less often, for the whole process.

    A batch makes tens of thousands of small objects, none of them in cycles; by default Python looks through them after
    every 700, which takes a sixth of the time (infra/decisions/0033).
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


class Worker:
    """One gate. Everything it needs is made here; :meth:`run` works until told to stop.

    ``end_process``: a call that stalls ends the process; only for a process of its own that is started again.
    """

    def __init__(self, settings: Settings, registry: Registry | None = None, *, end_process: bool = False) -> None:
        self._options = options = settings.gate
        client = settings.kafka.client("gate")
        self._kinds = published()
        registry = registry or ConfluentRegistry(settings)
        self._writer = Writer(registry, self._kinds)
        self._decoders = {name: Decoder(registry, kind.contract.avro(DISTRICT)) for name, kind in self._kinds.items()}
        self._roster = Roster(settings.districts)
        self._memory = RocksMemory(settings.data / "gate" / options.instance)
        self._agreements = Agreements(settings.agreements)
        lookouts, self._aside = Lookouts(), Aside()
        self._follower = Follower(client, self._kinds[LOOKOUT], registry, lookouts, self._aside)
        self._reads = ReadCounts(options.instance, int(time.time() * 1000))
        self._judge = Judge(options, self._decoders, self._memory, self._roster.districts, lookouts=lookouts)
        self._judge.know(self._roster.districts, self._agreements.agreements)
        self._alignment = Alignment(
            self._event_time,
            drift_days=options.drift_days,
            behind_records=options.behind_records,
            patience_s=options.patience_s,
        )
        self._outlet = Outlet(client, f"crossbeat-{options.instance}", end_process=end_process)
        self._intake = Intake(client, options, self._kinds.values(), self._alignment)
        self._catch_up = CatchUp(client, self._kinds, registry, self._aside)
        self.counters = Counters(settings.data, options.rejections_in_a_row, options.metrics_port)
        self._shown_at = self._looked_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Work until the event is set; then finish the batch at hand and leave."""
        try:
            self._outlet.start()
            if not self._await_shared_topics(stop):
                return
            self._follower.start()
            self._intake.expect(self._roster.districts)
            log.info("gate is open", districts=len(self._roster.districts), record_types=len(self._kinds))
            while not stop.is_set():
                self._look_at_districts()
                batch = self._of_known(self._intake.read(self._options.batch_records, self._options.batch_ms / 1000))
                if self._intake.newly_assigned:
                    # Partitions that another gate had until now: learn what it let through.
                    self._remember_what_is_shared()
                    self._intake.newly_assigned = False
                self._follower.follow()
                now = int(time.time() * 1000)
                if batch or self._reads.due(now):
                    self._pass(batch, self._reads.due(now))
                self._show()
            if untold := self._reads.untold(int(time.time() * 1000)):
                self._pass([], untold)
        finally:
            self._intake.consumer.close()
            self._follower.close()
            self._outlet.close()
            self._memory.close()
            self.counters.close()

    def _pass(self, batch: list[Message], counts: list[Record]) -> None:
        """Judge a batch and send what comes of it, with what is to be told of vehicle reads before it."""
        started = time.perf_counter()
        for decode in self._decoders.values():
            decode.forget_unknown()
        verdict = self._judge(batch)
        now = int(time.time() * 1000)
        outgoing = chain(self._writer(verdict, self._roster.districts, now), self._writer.counts(counts))
        try:
            ends = self._outlet.send(outgoing, self._intake.positions_after(batch), self._intake.consumer)
        except Aborted:
            self._intake.rewind()
            return
        # A crash here loses nothing: the store is behind the topics then, and catches up at the next start.
        shared = {place: end for place, end in ends.items() if place[0] in self._writer.partitions}
        self._memory.remember(self._writer.seen(verdict), shared)
        self._reads.told(counts, now)
        self._reads.add(verdict, now)
        self.counters.judged(verdict, time.perf_counter() - started)

    def _of_known(self, batch: list[Message]) -> list[Message]:
        """The batch without what was read ahead of a district that has left: its offsets stay, should it come back."""
        return [message for message in batch if message.district in self._roster.districts]

    def _event_time(self, message: Message) -> int | None:
        record = self._decoders[message.record_type](message.raw)
        return None if isinstance(record, Defect) else record[self._kinds[message.record_type].event_time]

    def _look_at_districts(self) -> None:
        if time.monotonic() - self._looked_at >= LOOK_AGAIN_S:
            self._looked_at = time.monotonic()
            joined, agreed = self._roster.refresh(), self._agreements.refresh()
            if joined or agreed:
                districts, agreements = self._roster.districts, self._agreements.agreements
                log.info("districts or agreements changed", districts=len(districts), agreements=len(agreements))
                self._judge.know(districts, agreements)
            if joined:
                self._intake.expect(self._roster.districts)

    def _await_shared_topics(self, stop: threading.Event) -> bool:
        while missing := self._writer.look(self._outlet.partitions):
            log.warning("topics do not exist yet: looking again", topics=missing)
            if stop.wait(LOOK_AGAIN_S):
                return False
        return True

    def _remember_what_is_shared(self) -> None:
        started = time.perf_counter()
        count = self._catch_up(self._memory)
        if count:
            log.info("memory caught up", records=count, seconds=round(time.perf_counter() - started, 1))

    def _show(self) -> None:
        if time.monotonic() - self._shown_at >= LOOK_AGAIN_S:
            self._shown_at = time.monotonic()
            self.counters.show(self._intake.lag(), len(self._roster.districts), self._alignment.held, len(self._aside))
