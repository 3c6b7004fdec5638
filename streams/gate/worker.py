"""The gate at work: read a batch, judge it, write it in one transaction, remember it; over and over."""

from __future__ import annotations

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
from streams.gate.endings import Endings
from streams.gate.intake import Intake
from streams.gate.judge import Judge
from streams.gate.kinds import DISTRICT, published
from streams.gate.lookouts import LOOKOUT, Follower, Lookouts
from streams.gate.messages import Message
from streams.gate.outlet import Aborted, Outlet, Sent
from streams.gate.read_counts import ReadCounts
from streams.gate.store import RocksMemory
from streams.gate.writing import Writer
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

LOOK_AGAIN_S = 1.0
log = structlog.get_logger("gate")


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
        self._endings = Endings(client, self._kinds, registry)
        # Before it is caught up the memory may hold a release that was ended or renewed already.
        self._caught_up = False
        self.counters = Counters(settings.data, options.rejections_in_a_row, options.metrics_port)
        self._shown_at = self._looked_at = self._end_at = 0.0

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
                    self._caught_up = True
                self._follower.follow()
                now = int(time.time() * 1000)
                if batch or self._reads.due(now):
                    self._pass(batch, self._reads.due(now))
                if self._caught_up and time.monotonic() >= self._end_at:
                    self._end_releases(now)
                self._show()
            if untold := self._reads.untold(int(time.time() * 1000)):
                self._pass([], untold)
        finally:
            self._intake.consumer.close()
            self._follower.close()
            self._endings.close()
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
            sent = self._outlet.send(outgoing, self._intake.positions_after(batch), self._intake.consumer)
        except Aborted:
            self._intake.rewind()
            return
        # A crash here loses nothing: the store is behind the topics then, and catches up at the next start.
        self._memory.remember(self._writer.seen(verdict), self._of_shared(sent), sent.endings)
        self._reads.told(counts, now)
        self._reads.add(verdict, now)
        self.counters.judged(verdict, time.perf_counter() - started)

    def _end_releases(self, now: int) -> None:
        """Send once more what was released until now, narrowed to its owner; look again at once if there is more."""
        limit = self._options.batch_records
        due = self._endings.due(self._memory, now, limit, self._roster.districts, self._intake.reading())
        if len(due) < limit:
            self._end_at = time.monotonic() + LOOK_AGAIN_S
        if not due:
            return
        ended, over = self._endings(due, self._memory, now)
        if not ended:
            self._memory.remember([], {}, over=over)
            return
        try:
            sent = self._outlet.send(self._writer.ended(ended), [], self._intake.consumer)
        except Aborted:
            return  # they are due still
        # A crash here ends none twice: the catch-up reads of each that its release was ended, and it is due no more.
        seen = [(one.record["record_id"], one.seen) for one in ended]
        self._memory.remember(seen, self._of_shared(sent), over=over)
        self.counters.ended(len(ended))
        log.info("releases have ended", records=len(ended))

    def _of_shared(self, sent: Sent) -> dict[tuple[str, int], int]:
        return {place: end for place, end in sent.ends.items() if place[0] in self._writer.partitions}

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
