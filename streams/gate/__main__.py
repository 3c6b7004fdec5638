"""Run the gate: ``python -m streams.gate``. SIGTERM or Ctrl-C ends it after the batch at hand."""

from __future__ import annotations

import logging
import signal
import sys
import threading

import structlog
from confluent_kafka import KafkaException

from streams import settings
from streams.districts import BadDistrict
from streams.garbage import collect_rarely
from streams.gate.store import StoreTaken
from streams.gate.worker import Worker
from streams.registry import SchemaNotRegistered

log = structlog.get_logger("gate")


def main() -> int:
    """Work until told to stop; nought then, one when it cannot go on and must be started again."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    collect_rarely()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        Worker(settings.load(), end_process=True).run(stop)
    except KafkaException as error:
        log.error("gate ends: kafka", error=error.args[0].name(), message=error.args[0].str())
        return 1
    except (BadDistrict, SchemaNotRegistered, StoreTaken) as error:
        log.error("gate ends", message=str(error))
        return 1
    log.info("gate ends: told to stop")
    return 0


if __name__ == "__main__":
    sys.exit(main())
