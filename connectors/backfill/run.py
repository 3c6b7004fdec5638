"""A backfill from beginning to end."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import structlog

from connectors.backfill.account import Account
from connectors.backfill.encode import Encoding
from connectors.backfill.errors import BackfillError
from connectors.backfill.kept import Kept
from connectors.backfill.keys import keys_of
from connectors.backfill.ledger import Ledger, Progress
from connectors.backfill.pace import Clock, at_rate, at_speed
from connectors.backfill.publish import Publisher
from connectors.backfill.report import Report
from connectors.backfill.sort import opened
from connectors.files import CHUNK_ROWS, FileChunks, open_rows
from connectors.mapping import Mapper, Mapping, MappingError
from connectors.mapping.secret import Keys, rehearsed
from streams.metrics import Meter
from streams.registry import ConfluentRegistry
from streams.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be published."""

    rate: float | None = None
    """Rows a second."""
    speed: float | None = None
    """Times as fast as it happened."""
    limit: int | None = None
    """Only the first rows of the file, in the order in which they are published."""
    sort: bool = False
    """By the time of the event."""
    kept: Kept | None = None
    """What was published of each record before: rows that say the same are left out, others are new revisions."""
    visit: str = ""
    """With ``kept``: which look at this content it is. Content that comes back after another is read anew."""
    chunk_rows: int = CHUNK_ROWS


@dataclass(frozen=True, slots=True)
class State:
    """Where a run stands, for a progress bar. ``rows_total`` may be a guess by the file's lines."""

    rows_done: int
    rows_total: int | None
    published: int
    rejected: int


Watcher = Callable[[State], None]


def rehearse(file: Path, mapping: Mapping, options: Options, watch: Watcher) -> Report:
    """Map the file and publish nothing. Raises ``MappingError`` when mapping and file do not fit."""
    report, began = Report(file.name), time.monotonic()
    mapper = check(file, mapping, options)
    total = _Digest.of(file).lines
    with opened(file, mapping, mapper, options.sort, 0, options.chunk_rows) as rows:
        for chunk in _limited(rows.chunks, options.limit):
            report.add(mapper(chunk))
            watch(State(report.rows, rows.rows or total, report.published.total(), report.rejected.total()))
    report.seconds = time.monotonic() - began
    report.finished = True
    return report


def run(file: Path, mapping: Mapping, settings: Settings, options: Options, watch: Watcher) -> Report:
    """Publish the file. The districts and topics must exist.

    Raises ``MappingError`` when mapping and file do not fit, :class:`BackfillError` when the broker does not take it.
    """
    mapper = check(file, mapping, options, keys_of(settings))
    digest = _Digest.of(file)
    registry = ConfluentRegistry(settings)
    account = Account.of(mapping, settings)
    ledger = Ledger(settings, registry, account)
    way = mapping.sha256 if options.kept is None else _sha256(f"{mapping.sha256} kept {options.visit}")
    plain = Progress(digest.sha256, way, file.name)
    by_time = Progress(digest.sha256, _sha256(f"{way} sorted"), file.name)
    chosen, other = (by_time, plain) if options.sort else (plain, by_time)
    publisher = Publisher(settings, f"{account.prefix}backfill.{digest.sha256[:16]}.{mapping.sha256[:16]}")
    # Only now: the producer's start has ended what an earlier run left open.
    progress, elsewhere = ledger.read(chosen, other)
    if options.kept is not None:
        options.kept.settle(options.visit, progress.rows_done)
    report = Report(file.name, rows_before=progress.rows_done)
    if progress.finished or elsewhere.finished:
        report.already_finished = report.finished = True
        return report
    if elsewhere.rows_done and not progress.rows_done:
        before = "without --sort" if options.sort else "with --sort"
        raise BackfillError(f"{file.name} was begun {before}, {elsewhere.rows_done} rows are published: go on {before}")
    source_name = f"file:{file.name}@{digest.sha256[:8]}"
    encoding = Encoding(registry, source_name, mapper.constants, mapping.spec.record, account.refusals)
    meter = Meter("backfill", settings.data)
    began = time.monotonic()
    try:
        with opened(file, mapping, mapper, options.sort, progress.rows_done, options.chunk_rows) as rows:
            total = rows.rows if rows.rows is not None else digest.lines
            for chunk in _paced(rows, mapper, options, progress.rows_done):
                mapped = mapper(chunk)
                if options.kept is not None:
                    mapped = options.kept.weigh(mapped, chunk, options.visit, progress.rows_done + mapped.rows)
                progress = progress.after(mapped.rows, mapped.records.height, len(mapped.rejected))
                messages = [*encoding.records(mapped), *encoding.rejections(mapped), ledger.message(progress)]
                publisher.publish(messages)
                if options.kept is not None:
                    options.kept.confirm()
                report.add(mapped)
                report.seconds = time.monotonic() - began
                watch(State(progress.rows_done, total, progress.published, progress.rejected))
                meter.set(rows=progress.rows_done, published=progress.published, rejected=progress.rejected)
        if options.limit is None or progress.rows_done < options.limit:
            progress = _finished(progress)
            publisher.publish([ledger.message(progress)])
            report.finished = True
    finally:
        publisher.close()
        meter.flush()
    return report


def _finished(progress: Progress) -> Progress:
    return Progress(
        progress.file_sha256,
        progress.mapping_sha256,
        progress.file_name,
        progress.rows_done,
        progress.rows_done,
        progress.published,
        progress.rejected,
        True,
    )


def check(file: Path, mapping: Mapping, options: Options, keys: Keys = rehearsed) -> Mapper:
    """The mapping made ready for the file. Raises ``MappingError`` when there is no such file or they do not fit."""
    mapper = Mapper(mapping, keys=keys)
    if (options.sort or options.speed is not None) and not mapper.happens:
        raise MappingError(
            f"a {mapping.spec.record} has no time by which rows could be ordered: leave --sort and --speed"
        )
    mapper.check_header(open_rows(file, mapping.spec).columns, file)
    return mapper


def _paced(rows: FileChunks, mapper: Mapper, options: Options, done: int) -> Iterator[pl.DataFrame]:
    limit = None if options.limit is None else max(0, options.limit - done)
    chunks = _limited(rows.chunks, limit)
    if options.rate is not None:
        return at_rate(chunks, options.rate, Clock())
    if options.speed is not None:
        return at_speed(chunks, mapper.event_times, options.speed, Clock())
    return chunks


def _limited(chunks: Iterator[pl.DataFrame], limit: int | None) -> Iterator[pl.DataFrame]:
    left = limit
    for chunk in chunks:
        if left is not None and left <= chunk.height:
            if left:
                yield chunk.head(left)
            return
        yield chunk
        left = None if left is None else left - chunk.height


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Digest:
    """The hash of a file, and about how many rows it has: its lines, the heading not counted."""

    sha256: str
    lines: int

    @classmethod
    def of(cls, path: Path) -> _Digest:
        digest, lines = hashlib.sha256(), 0
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                lines += block.count(b"\n")
        return cls(digest.hexdigest(), max(0, lines - 1))
