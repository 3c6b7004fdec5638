"""How fast the gate is: records a second from the districts' topics to the shared one, exactly once, on one process.

The topics are filled first. The clock runs from the first transaction to the last, so it holds neither the start of
Python nor the joining of the consumer group. Two figures: by the clock, and by the processor time that the process
used, which is the one to compare on a machine that does other work beside.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import gate_world
from schemas import contracts
from streams.flat import FlatEncoder
from streams.garbage import collect_rarely
from streams.gate.worker import Worker
from streams.registry import ConfluentRegistry
from streams.settings import Settings

DISTRICTS = [f"bench-{number:02d}" for number in range(20)]
TIMEOUT_S = 600
LOOK_EVERY_S = 0.02


def run(settings: Settings, records: int = 300_000) -> dict[str, Any]:
    """Send ``records`` incidents to twenty districts' topics and let them through.

    Args:
        settings: of a running broker and registry that have no gate of their own.
        records: how many, each with an id of its own.

    Returns:
        ``records``, ``seconds``, ``records_per_s``, ``cpu_us_per_record`` (all threads of the process), ``accepted``,
        ``transactions``.
    """
    with TemporaryDirectory() as folder:
        own = settings.model_copy(update={"data_dir": Path(folder)})
        gate_world.join_districts(own, DISTRICTS)
        gate_world.make_topics(own, DISTRICTS)
        encode = FlatEncoder(ConfluentRegistry(own), contracts.get("incident"), "district")
        gate_world.publish(
            own,
            (
                (record["district"], record["record_id"].encode(), encode(record))
                for record in gate_world.records(DISTRICTS, records)
            ),
        )
        return _let_through(own, records)


def _let_through(settings: Settings, records: int) -> dict[str, Any]:
    collect_rarely()
    worker, stop = Worker(settings), threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + TIMEOUT_S
    first = last = (0, 0.0, 0.0)
    while last[0] < records:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError(f"{last[0]} of {records} records went through: see the log above")
        time.sleep(LOOK_EVERY_S)
        last = (worker.counters.records_in, time.monotonic(), time.process_time())
        first = first if first[0] else last
    stop.set()
    thread.join(30)
    count, seconds, busy = (end - start for end, start in zip(last, first, strict=True))
    return {
        "records": records,
        "seconds": round(seconds, 2),
        "records_per_s": round(count / seconds),
        "cpu_us_per_record": round(busy / count * 1e6, 1),
        "accepted": worker.counters.accepted,
        "transactions": worker.counters.transactions,
    }
