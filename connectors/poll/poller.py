"""The worker: asks the database pass by pass, publishes what is new or changed, keeps how far it got."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from connectors.backfill import Report
from connectors.backfill.account import Account
from connectors.backfill.encode import Encoding
from connectors.backfill.errors import AWAY
from connectors.backfill.kept import Kept
from connectors.backfill.keys import keys_of
from connectors.backfill.publish import Publisher
from connectors.mapping import Mapper, Mapping, MappingError
from connectors.mapping.spec import Source
from connectors.poll import cursor
from connectors.poll.errors import PollError
from connectors.poll.source import Database
from streams.metrics import Meter
from streams.registry import ConfluentRegistry
from streams.settings import Settings
from streams.toml_file import nearest

LONGEST_WAIT_S = 60.0
CURSOR = "cursor"
log = structlog.get_logger()


@dataclass(slots=True)
class Pass:
    """What one pass brought."""

    since: cursor.Cursor
    report: Report = field(default_factory=lambda: Report("query"))


class Poller:
    """Polls one database by one mapping. The districts and topics must exist."""

    def __init__(self, mapping: Mapping, settings: Settings, tell: Callable[[Pass], None]) -> None:
        """Open the database and the state.

        Raises:
            MappingError: the mapping has no [source].
            PollError: there is no such database.
            BackfillError: another process polls by this mapping.
        """
        self._source = source_of(mapping)
        self._mapping = mapping
        self._settings = settings
        self._tell = tell
        self._refusals = Account.of(mapping, settings).refusals
        self._database = Database(self._source, settings.sources)
        self._mapper = Mapper(mapping, keys=keys_of(settings))
        self._kept = Kept(settings.data / "poll" / f"{mapping.path.stem}.sqlite", mapping)
        self._registry = ConfluentRegistry(settings)
        self._publisher: Publisher | None = None
        self._meter = Meter(f"poll-{mapping.path.stem}", settings.data)

    def run(self, stop: threading.Event) -> None:
        """Poll until ``stop`` is set. Once it has worked, a database or a broker that is away is waited for.

        Raises:
            MappingError: the mapping names columns that the query does not give.
            PollError: the first pass fails for the database.
            BackfillError: the first pass fails for the broker.
        """
        self.once()
        wait_s = self._source.every_s
        stop.wait(wait_s)
        while not stop.is_set():
            try:
                self.once()
                wait_s = self._source.every_s
            except AWAY as error:
                self._drop_publisher()
                wait_s = min(max(LONGEST_WAIT_S, self._source.every_s), wait_s * 2)
                log.warning("nothing published, tried again", error=str(error), wait_s=wait_s)
            stop.wait(wait_s)

    def once(self) -> Pass:
        """One pass: everything newer than the cursor less the overlap.

        Raises:
            MappingError: the mapping names columns that the query does not give.
            PollError: the database or the query does not work.
            BackfillError: the broker does not take it; the next pass asks for the same again.
        """
        reached = self._reached()
        done = Pass(cursor.back(reached, self._source.overlap))
        began, visit = time.monotonic(), f"pass:{time.time_ns()}"
        encoding = Encoding(
            self._registry,
            f"query:{self._mapping.path.stem}@{visit}",
            self._mapper.constants,
            self._mapping.spec.record,
            self._refusals,
        )
        last: cursor.Cursor | None = None
        for rows, values in self._database.rows(done.since, self._heading):
            cursors = [cursor.read(value) for value in values]
            reached, last = _onward(reached, last, cursors), cursors[-1]
            mapped = self._kept.weigh(self._mapper(rows), rows, visit)
            messages = [*encoding.records(mapped), *encoding.rejections(mapped)]
            if messages:
                self._publish().publish(messages)
            self._kept.confirm(**{CURSOR: cursor.write(reached)})
            done.report.add(mapped)
        if last is not None and cursor.newer(last, reached):
            self._kept.confirm(**{CURSOR: cursor.write(last)})
        done.report.seconds, done.report.finished = time.monotonic() - began, True
        self._meter.add(passes=1, published=done.report.published.total(), rejected=done.report.rejected.total())
        self._tell(done)
        return done

    def close(self) -> None:
        """Give up an open transaction, and let another process poll."""
        self._drop_publisher()
        self._kept.close()
        self._database.close()
        self._meter.flush()

    def _heading(self, columns: list[str]) -> None:
        check(self._mapping, columns)

    def _drop_publisher(self) -> None:
        if self._publisher is not None:
            self._publisher.close()
            self._publisher = None

    def _reached(self) -> cursor.Cursor:
        kept = self._kept.note(CURSOR)
        return cursor.read(self._source.start) if kept is None else cursor.parse(kept)

    def _publish(self) -> Publisher:
        # An own name in the district's name space, so that a second poller of it is shut out.
        if self._publisher is None:
            first = next(iter(self._mapping.districts))
            self._publisher = Publisher(self._settings, f"{first}.poll.{self._mapping.path.stem}")
        return self._publisher


def source_of(mapping: Mapping) -> Source:
    """The mapping's [source]. Raises ``MappingError`` when it has none."""
    if mapping.spec.source is None:
        raise MappingError(f"{mapping.path.name}: source: is missing: it says which database to ask, and what")
    return mapping.spec.source


def rehearse(mapping: Mapping, settings: Settings, limit: int | None) -> Report:
    """Map the rows of a first pass, ``limit`` of them at most, and publish nothing.

    Raises:
        MappingError: mapping and query do not fit.
        PollError: the database or the query does not work.
    """
    source = source_of(mapping)
    database, mapper, report = Database(source, settings.sources), Mapper(mapping), Report("query")
    began = time.monotonic()
    start = cursor.read(source.start)
    for rows, _ in database.rows(start, lambda columns: check(mapping, columns)):
        report.add(mapper(rows if limit is None else rows.head(limit - report.rows)))
        if limit is not None and report.rows >= limit:
            break
    database.close()
    report.seconds, report.finished = time.monotonic() - began, True
    return report


def check(mapping: Mapping, columns: list[str]) -> None:
    """Hold the query's columns against the mapping. Raises ``MappingError`` for every one that it does not give."""
    problems = [
        f'the query gives no column "{name}" ({key} of {mapping.path.name}){nearest(name, columns)}'
        for name, key in mapping.spec.columns().items()
        if name not in columns
    ]
    if problems:
        raise MappingError("\n".join(problems))


def _onward(reached: cursor.Cursor, last: cursor.Cursor | None, cursors: list[cursor.Cursor]) -> cursor.Cursor:
    """How far is sure: the newest value that rows still to come cannot share. Never back behind ``reached``."""
    sure = reached
    before = last
    for value in cursors:
        if before is not None and cursor.newer(before, value):
            raise PollError("the query's rows are not in order of source.cursor: add order by, ascending")
        if before is not None and cursor.newer(value, before) and cursor.newer(before, sure):
            sure = before
        before = value
    return sure
