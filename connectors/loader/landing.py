"""Land a batch whole, or find the messages that ClickHouse refuses and land the rest.

Bisection: a refused batch is cut in two until single messages are left. One bad message among 20,000 costs some
fifteen small inserts more, and nothing at all when there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.loader.batch import Batch, Raw

REFUSED_LIMIT = 100


class Refused(ValueError):
    """ClickHouse read the batch and would not have it: the data is at fault. Its text says the kind, never a value."""


class TooManyRefused(RuntimeError):
    """So many messages of one batch were refused that the contract or the table must be wrong, not the messages."""


@dataclass(slots=True)
class Landed:
    """What became of a batch."""

    rows: int = 0
    refused: list[tuple[Raw, str]] = field(default_factory=list)


def land(batch: Batch, insert: Callable[[Batch], None], limit: int = REFUSED_LIMIT) -> Landed:
    """Insert the batch; messages that cannot be inserted are named in the answer with the reason.

    `insert` raises :class:`Refused` when the data is at fault and waits out everything else. Raises
    :class:`TooManyRefused` past `limit` refused messages: then nothing may be committed.
    """
    landed = Landed()
    todo = [batch]
    while todo:
        part = todo.pop()
        try:
            insert(part)
        except Refused as refusal:
            if len(part) > 1:
                # The first half is taken first, so that rows land in the order of their offsets.
                first, second = part.halves()
                todo += [second, first]
                continue
            landed.refused.append((part.messages[0], str(refusal)))
            if len(landed.refused) > limit:
                raise TooManyRefused(
                    f"more than {limit} messages of one batch of {batch.topic} were refused, the last for: {refusal}: "
                    "compare the table with its contract (`crossbeat doctor`)"
                ) from refusal
        else:
            landed.rows += len(part)
    return landed
