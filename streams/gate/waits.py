"""Messages that may go only after others: a retraction never before what it takes back.

A district publishes a record and its retraction to two topics, which are read side by side. So a retraction waits until
all that stood in the district's other topics when it was read has gone. After that, what it names is known, or was
never published.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Partition(NamedTuple):
    """A topic and partition."""

    topic: str
    partition: int


class Waits:
    """What each partition waits for."""

    def __init__(self) -> None:
        self._waits: dict[Partition, deque[tuple[int, Mapping[Partition, int]]]] = {}

    def put(self, partition: Partition, first: int, ends: Mapping[Partition, int]) -> None:
        """Messages of the partition from offset ``first`` on wait until others have gone up to their ends."""
        self._waits.setdefault(partition, deque()).append((first, ends))

    def over(self, partition: Partition, last: int, passed: Callable[[Partition], float]) -> bool:
        """Whether its messages up to the offset ``last`` may go.

        ``passed`` tells the offset below which all of a partition has gone. Each wait ends once.
        """
        waiting = self._waits.get(partition)
        while waiting and waiting[0][0] <= last:
            if any(passed(other) < end for other, end in waiting[0][1].items()):
                return False
            waiting.popleft()
        return True

    def drop(self, partition: Partition) -> None:
        """Forget what it waits for: it is read again from elsewhere, or by another."""
        self._waits.pop(partition, None)
