"""The gate at work: read a batch, judge it, write it in one transaction, remember it; over and over."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator

import structlog

from schemas import contracts
from streams.agreements import Agreements
from streams.codec import Decoder, Defect, Encoder
from streams.districts import Roster
from streams.flat import FlatEncoder
from streams.gate import rejections
from streams.gate.alignment import Alignment
from streams.gate.catch_up import catch_up
from streams.gate.counters import Counters
from streams.gate.intake import Intake
from streams.gate.judge import Judge
from streams.gate.memory import RocksMemory, Seen
from streams.gate.messages import Message, Verdict
from streams.gate.outlet import Aborted, Outgoing, Outlet
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
        self._client = settings.kafka.client("gate")
        self._incident, rejection = contracts.get("incident"), contracts.get("rejection")
        self._registry = registry or ConfluentRegistry(settings)
        self._encode_rejection = Encoder(self._registry, rejection.subject("result"), rejection.avro("result"))
        self._decode = Decoder(self._registry, self._incident.avro("district"))
        self._encode = FlatEncoder(self._registry, self._incident, "shared")
        self._rejection, self._shared = rejection, self._incident.topic("shared").name
        self._roster = Roster(settings.districts)
        self._memory = RocksMemory(settings.data / "gate" / options.instance)
        self._agreements = Agreements(settings.agreements)
        self._judge = Judge(options, self._decode, self._memory, self._roster.districts)
        self._judge.know(self._roster.districts, self._agreements.agreements)
        self._alignment = Alignment(
            self._event_time,
            drift_days=options.drift_days,
            behind_records=options.behind_records,
            patience_s=options.patience_s,
        )
        self._outlet = Outlet(self._client, f"crossbeat-{options.instance}", end_process=end_process)
        self._intake = Intake(self._client, options, self._incident, self._alignment)
        self.counters = Counters(settings.data, options.rejections_in_a_row, options.metrics_port)
        self._partitions = 0
        self._shown_at = self._looked_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Work until the event is set; then finish the batch at hand and leave."""
        try:
            self._outlet.start()
            if not self._await_shared_topic(stop):
                return
            self._intake.expect(self._roster.districts)
            log.info("gate is open", districts=len(self._roster.districts), partitions=self._partitions)
            while not stop.is_set():
                self._look_at_districts()
                batch = self._of_known(self._intake.read(self._options.batch_records, self._options.batch_ms / 1000))
                if self._intake.newly_assigned:
                    # Partitions that another gate had until now: learn what it let through.
                    self._catch_up()
                    self._intake.newly_assigned = False
                if batch:
                    self._pass(batch)
                self._show()
        finally:
            self._intake.consumer.close()
            self._outlet.close()
            self._memory.close()
            self.counters.close()

    def _pass(self, batch: list[Message]) -> None:
        started = time.perf_counter()
        self._decode.forget_unknown()
        verdict = self._judge(batch)
        try:
            ends = self._outlet.send(
                self._outgoing(verdict), self._intake.positions_after(batch), self._intake.consumer
            )
        except Aborted:
            self._intake.rewind()
            return
        # A crash here loses nothing: the store is behind the topic then, and catches up at the next start.
        records = [
            (one.record["record_id"], Seen(one.record["revision"], one.message.district)) for one in verdict.accepted
        ]
        shared = {partition: end for (topic, partition), end in ends.items() if topic == self._shared}
        self._memory.remember(records, shared)
        self.counters.judged(verdict, time.perf_counter() - started)

    def _of_known(self, batch: list[Message]) -> list[Message]:
        """The batch without what was read ahead of a district that has left: its offsets stay, should it come back."""
        return [message for message in batch if message.district in self._roster.districts]

    def _outgoing(self, verdict: Verdict) -> Iterator[Outgoing]:
        districts = self._roster.districts
        for accepted in verdict.accepted:
            partition = districts[accepted.message.district].number % self._partitions
            key = accepted.message.key or b""
            yield Outgoing(self._shared, partition, key, self._encode(accepted.record))
        now = int(time.time() * 1000)
        for rejected in verdict.rejected:
            record = rejections.to_record(rejected, now)
            topic = self._rejection.topic("result", rejected.message.district).name
            yield Outgoing(topic, 0, record["rejection_id"].encode(), self._encode_rejection(record))

    def _event_time(self, message: Message) -> int | None:
        record = self._decode(message.raw)
        return None if isinstance(record, Defect) else record["occurred_from"]

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

    def _await_shared_topic(self, stop: threading.Event) -> bool:
        while not (partitions := self._outlet.partitions(self._shared)):
            log.warning("topic does not exist yet: looking again", topic=self._shared)
            if stop.wait(LOOK_AGAIN_S):
                return False
        self._partitions = partitions
        return True

    def _catch_up(self) -> None:
        started = time.perf_counter()
        count = catch_up(self._client, self._shared, self._incident, self._registry, self._memory)
        if count:
            log.info("memory caught up", records=count, seconds=round(time.perf_counter() - started, 1))

    def _show(self) -> None:
        if time.monotonic() - self._shown_at >= LOOK_AGAIN_S:
            self._shown_at = time.monotonic()
            self.counters.show(self._intake.lag(), len(self._roster.districts), self._alignment.held)
