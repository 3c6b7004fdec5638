"""Run the catch-up of late incidents again and again: ``python -m jobs.catchup``. SIGTERM or Ctrl-C ends it.

A look costs one request while nothing was late. It is a process of its own because it holds the whole shared stream's
places in memory for a moment, which must not weigh on the job's JVM.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait

import structlog
from confluent_kafka import KafkaException

from jobs.patterns.linked_incidents import catchup
from streams import settings
from streams.metrics import Meter
from streams.registry import SchemaNotRegistered

log = structlog.get_logger("catchup")


def run(stop: threading.Event) -> None:
    """Catch up every ``catchup.every_s`` seconds until told to stop."""
    ours = settings.load()
    meter = Meter("catchup")
    late = written = runs = behind = 0
    while not stop.is_set():
        try:
            done = _run(ours, stop, meter)
        except catchup.JobBehind as error:
            behind += 1
            log.warning("catch-up put off", message=str(error))
        else:
            late, written, runs = late + done.late, written + done.written, runs + 1
            if done.late:
                log.info(
                    "caught up", late=done.late, pairs=done.pairs, written=done.written, seconds=round(done.seconds, 2)
                )
        meter.set(late=late, written=written, runs=runs, put_off=behind)
        _sleep(stop, ours.catchup.every_s, meter)


def _run(ours: settings.Settings, stop: threading.Event, meter: Meter) -> catchup.CaughtUp:
    """One run beside us, so that the counters stay fresh: who reads them takes stale ones for a dead worker."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(catchup.run, ours, ours.catchup.wait_s, stop=stop)
        while not wait([running], timeout=1.0).done:
            meter.set()
        return running.result()


def _sleep(stop: threading.Event, seconds: float, meter: Meter) -> None:
    """Wait for the next run."""
    left = seconds
    while left > 0 and not stop.wait(min(1.0, left)):
        left -= 1.0
        meter.set()


def main() -> int:
    """Work until told to stop; nought then, one when it cannot go on and must be started again."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(stop)
    except KafkaException as error:
        log.error("catch-up ends: kafka", error=error.args[0].name(), message=error.args[0].str())
        return 1
    except SchemaNotRegistered as error:
        log.error("catch-up ends", message=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
