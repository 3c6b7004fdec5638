"""A batch: messages of one topic, ready to be handed to ClickHouse as they are.

Confluent-framed records need no separator, so a batch's body is their bytes joined. ClickHouse decodes them; the
loader decodes nothing, which is what makes it fast (decision 0070).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

MAX_BATCH_BYTES = 64 << 20
MAX_TOKEN_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Raw:
    """One message as the topic holds it; the value is framed Avro."""

    topic: str
    partition: int
    offset: int
    value: bytes

    @property
    def at(self) -> str:
        """Where it stands: topic:partition:offset."""
        return f"{self.topic}:{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one topic, of each partition a run in the order of offsets."""

    topic: str
    messages: Sequence[Raw]

    def __len__(self) -> int:
        return len(self.messages)

    @property
    def body(self) -> bytes:
        """The framed records, one after the other."""
        return b"".join(message.value for message in self.messages)

    @property
    def token(self) -> str:
        """The name by which ClickHouse knows that it already has this insert: topic:partition:first-last, joined by ;.

        A long list of partitions is cut to its digest: ClickHouse keeps each token.
        """
        ranges: dict[int, tuple[int, int]] = {}
        for message in self.messages:
            first, _ = ranges.get(message.partition, (message.offset, 0))
            ranges[message.partition] = (first, message.offset)
        token = ";".join(f"{self.topic}:{p}:{first}-{last}" for p, (first, last) in sorted(ranges.items()))
        if len(token) <= MAX_TOKEN_LENGTH:
            return token
        return f"{self.topic}:sha256:{sha256(token.encode()).hexdigest()}"

    def halves(self) -> tuple[Batch, Batch]:
        """The batch in two, to find which half holds a message that ClickHouse refuses."""
        middle = len(self.messages) // 2
        return Batch(self.topic, self.messages[:middle]), Batch(self.topic, self.messages[middle:])


def batches(messages: Iterable[Raw], rows: int, max_bytes: int = MAX_BATCH_BYTES) -> Iterator[Batch]:
    """Sort messages by topic and cut them into batches of at most `rows` messages and about `max_bytes` bytes."""
    by_topic: dict[str, list[Raw]] = {}
    for message in messages:
        by_topic.setdefault(message.topic, []).append(message)
    for topic, found in by_topic.items():
        start, size = 0, 0
        for index, message in enumerate(found):
            if index > start and (index - start >= rows or size + len(message.value) > max_bytes):
                yield Batch(topic, found[start:index])
                start, size = index, 0
            size += len(message.value)
        yield Batch(topic, found[start:])
