"""End this process when a call of the Kafka client does not come back.

``send_offsets_to_transaction`` of librdkafka 2.16 checks its timeout nowhere: when the group's coordinator died at
the wrong moment, it waits for ever, also after the broker is back (confluentinc/librdkafka issues 5456 and 5511, seen
here at most kills of a broker under a working gate). Nothing in the process can take such a call back, so the process
ends; whoever supervises it starts it again, and its transaction is aborted by the next one of its name.
"""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator
from contextlib import contextmanager

GRACE_S = 10.0


@contextmanager
def must_return(within_s: float, *, armed: bool = True) -> Iterator[None]:
    """Let a call that has a timeout of ``within_s`` take ten seconds more; after that, exit with status 1.

    The timer is a thread of the interpreter's own and needs no lock of it; it writes the stack, names of functions
    only, to standard error. There is one timer in a process: don't nest.
    """
    if not armed:
        yield
        return
    faulthandler.dump_traceback_later(within_s + GRACE_S, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
