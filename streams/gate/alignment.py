"""The order in which a backlog of several partitions is read: by event time, so that none runs ahead of the others.

Jobs behind the gate keep state for a span of event time. Did one district's ten years pass before another's began,
the other's would all be too late. So while partitions are behind (their end was not reached yet), their messages
are held in blocks, and the block with the earliest time goes first. A partition that has reached its end is
never held: what is live must not wait for history, unless it waits for what it speaks of (:mod:`streams.gate.waits`).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from streams.gate.messages import Message
from streams.gate.waits import Partition, Waits

BLOCK = 50
DAY_MS = 86_400_000


@dataclass(slots=True)
class _Queue:
    blocks: deque[tuple[float, list[Message]]] = field(default_factory=deque)
    held: int = 0
    clock: float = -float("inf")
    """Event time of the last block that went, and of the last block that came."""
    newest: float = -float("inf")
    behind: bool = True
    ended: bool = False
    since_end: int = 0
    reached: int = 0
    """Offset up to which it was read."""
    heard_at: float = 0.0
    paused: bool = False


class Alignment:
    """Messages in by partition, messages out by event time.

    ``event_time`` reads a message's time in milliseconds; none when it has none, for it may be garbage. Only the last
    message of each block is asked.
    """

    def __init__(
        self,
        event_time: Callable[[Message], int | None],
        *,
        drift_days: float,
        behind_records: int,
        patience_s: float,
        hold_records: int = 4_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._event_time = event_time
        self._drift = drift_days * DAY_MS
        self._behind_records = behind_records
        self._patience_s = patience_s
        self._hold = hold_records
        self._clock = clock
        self._queues: dict[Partition, _Queue] = {}
        self._waits = Waits()

    def assign(self, partitions: Sequence[Partition]) -> None:
        """Begin to expect these; each counts as behind until its end is seen."""
        for partition in partitions:
            self._queues[partition] = _Queue(heard_at=self._clock())
            self._waits.drop(partition)

    def revoke(self, partitions: Sequence[Partition]) -> None:
        """Drop these and what is held of them: whoever reads them next reads it again."""
        for partition in partitions:
            self._queues.pop(partition, None)
            self._waits.drop(partition)

    def wait(self, partition: Partition, first: int, ends: Mapping[Partition, int]) -> None:
        """Let its messages from offset ``first`` on go only once others have gone up to their ends."""
        self._waits.put(partition, first, ends)

    def add(self, partition: Partition, messages: list[Message]) -> None:
        """Messages of one partition, in their order."""
        queue = self._queues.get(partition)
        if queue is None or not messages:
            return
        queue.heard_at = self._clock()
        queue.ended = False
        queue.since_end += len(messages)
        queue.reached = messages[-1].offset + 1
        queue.behind = queue.behind or queue.since_end > self._behind_records
        queue.held += len(messages)
        if not queue.behind:
            queue.blocks.append((-float("inf"), messages))
            return
        for start in range(0, len(messages), BLOCK):
            block = messages[start : start + BLOCK]
            queue.newest = max(queue.newest, self._event_time(block[-1]) or queue.newest)
            queue.blocks.append((queue.newest, block))

    def end(self, partition: Partition, offset: int) -> None:
        """The partition's end was reached, for now: no message of it is below that offset but those that were added."""
        queue = self._queues.get(partition)
        if queue is not None:
            queue.reached = max(queue.reached, offset)
            queue.heard_at, queue.ended, queue.since_end = self._clock(), True, 0
            queue.behind = queue.behind and bool(queue.blocks)

    def take(self, limit: int) -> list[Message]:
        """The next messages that may go, about ``limit`` at most; each partition's in their order."""
        taken: list[Message] = []
        horizon = self._horizon()
        while len(taken) < limit:
            ready = [(queue.blocks[0][0], queue) for name, queue in self._queues.items() if self._may_go(name, queue)]
            first = min(ready, default=None, key=itemgetter(0))
            if first is None or first[0] > horizon:
                break
            queue = first[1]
            queue.clock, block = queue.blocks.popleft()
            queue.held -= len(block)
            queue.behind = queue.behind and not (queue.ended and not queue.blocks)
            taken += block
            if queue.behind and not queue.blocks:
                horizon = min(horizon, queue.clock + self._drift)
        return taken

    def to_pause(self) -> list[Partition]:
        """Partitions of which enough is held; they count as paused from now on."""
        found = [name for name, queue in self._queues.items() if not queue.paused and queue.held > self._hold]
        for name in found:
            self._queues[name].paused = True
        return found

    def to_resume(self) -> list[Partition]:
        """Paused partitions of which little is left; they count as resumed from now on."""
        found = [name for name, queue in self._queues.items() if queue.paused and queue.held <= self._hold // 4]
        for name in found:
            self._queues[name].paused = False
            self._queues[name].heard_at = self._clock()
        return found

    @property
    def held(self) -> int:
        """Messages held now."""
        return sum(queue.held for queue in self._queues.values())

    def held_of(self, partition: Partition) -> int:
        """Messages of one partition held now."""
        queue = self._queues.get(partition)
        return queue.held if queue else 0

    @property
    def behind(self) -> list[Partition]:
        """Partitions whose end was not reached yet."""
        return [name for name, queue in self._queues.items() if queue.behind]

    def _may_go(self, name: Partition, queue: _Queue) -> bool:
        return bool(queue.blocks) and self._waits.over(name, queue.blocks[0][1][-1].offset, self._passed)

    def _passed(self, partition: Partition) -> float:
        """The offset below which all of it was taken; endless for one that is not read here."""
        queue = self._queues.get(partition)
        if queue is None:
            return float("inf")
        return queue.blocks[0][1][0].offset if queue.blocks else queue.reached

    def _horizon(self) -> float:
        """No block later than this may go: a partition that is behind and silent may still bring earlier ones."""
        now = self._clock()
        silent = (
            queue.clock + self._drift
            for queue in self._queues.values()
            if queue.behind and not queue.blocks and now - queue.heard_at < self._patience_s
        )
        return min(silent, default=float("inf"))
