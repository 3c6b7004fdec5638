"""The worker: looks at a folder, publishes what is whole, sets aside what is bad."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
import watchfiles
from polars.exceptions import PolarsError
from pyarrow import ArrowException

from connectors import backfill
from connectors.backfill import Report
from connectors.backfill.errors import AWAY
from connectors.backfill.kept import Kept
from connectors.mapping import Mapping, MappingError
from connectors.watch.aside import move_done, move_refused
from connectors.watch.folder import Folder, Stamp
from connectors.watch.options import Options
from connectors.watch.seen import DONE, REFUSED, SeenFiles
from streams.metrics import Meter
from streams.settings import Settings

LONGEST_WAIT_S = 60.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: a report, or the reason why it was set aside."""

    file: str
    report: Report | None = None
    refused: str = ""


class Watcher:
    """Watches one folder by one mapping. The districts and topics must exist."""

    def __init__(
        self, folder: Path, mapping: Mapping, settings: Settings, options: Options, tell: Callable[[Outcome], None]
    ) -> None:
        """Open the state.

        Raises:
            BackfillError: another process watches by this mapping.
        """
        self._mapping = mapping
        self._settings = settings
        self._options = options
        self._tell = tell
        # By the mapping's name, not its content: a mended mapping must know what the old one published.
        name = f"{mapping.path.stem}-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
        self._kept = Kept(settings.data / "watch" / f"{name}.records.sqlite", mapping)
        self._seen = SeenFiles(settings.data / "watch" / f"{name}.files.sqlite")
        self._folder = Folder(folder, options.pattern, mapping.spec.input.format is not None, options.settle_s)
        self._meter = Meter(f"watch-{mapping.path.stem}", settings.data)

    def run(self, stop: threading.Event) -> None:
        """Watch until ``stop`` is set. A broker that is away is waited for.

        Raises:
            OSError: the folder cannot be read.
        """
        wait_s = self._options.every_s
        changes = watchfiles.watch(
            self._folder.path,
            stop_event=stop,
            rust_timeout=round(self._options.every_s * 1000),
            yield_on_timeout=True,
            recursive=False,
            force_polling=self._options.polling,
            raise_interrupt=True,
        )
        self.look()
        for _ in changes:
            try:
                self.look()
                wait_s = self._options.every_s
            except AWAY as error:
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)
                log.warning("not published, tried again", error=str(error), wait_s=wait_s)
                stop.wait(wait_s)

    def once(self, stop: threading.Event) -> None:
        """Publish what is there, wait for what has still to settle, and end.

        Raises:
            BackfillError: the broker does not take it.
            OSError: the folder cannot be read.
        """
        while self.look() and not stop.is_set():
            stop.wait(min(self._options.every_s, self._options.settle_s / 2 + 0.01))

    def look(self) -> bool:
        """Publish the files that are whole and new; whether there is more to come of those that are there."""
        whole, unsettled = self._folder.whole()
        for path, stamp in whole:
            if not self._seen.settled(path.name, stamp, self._mapping.sha256):
                unsettled |= self._take(path, stamp)
            elif self._options.move:
                self._aside(path)  # a kill came between its end and its move
        return unsettled

    def close(self) -> None:
        """Let another process watch."""
        self._seen.close()
        self._kept.close()
        self._meter.flush()

    def _take(self, path: Path, stamp: Stamp) -> bool:
        """Publish a file or refuse it; whether it must be looked at again."""
        seen = self._seen.begin(path.name, stamp, self._mapping.sha256)
        if seen.tries > self._options.tries:
            self._refuse(path, f"begun {self._options.tries} times and never got on: it may be what ends this process")
            return False
        visit = f"{path.name}:{seen.visit}"
        options = backfill.Options(kept=self._kept, visit=visit, chunk_rows=self._options.chunk_rows)
        try:
            report = backfill.run(path, self._mapping, self._settings, options, self._progress(path))
            if Stamp.of(path) != stamp:
                return True  # changed meanwhile: what it is now is taken when it has settled
            self._done(path, report)
        except FileNotFoundError:
            log.warning("a file was taken away before it was published", file=path.name)
        except AWAY:
            self._seen.forgive(path.name)
            raise
        except KeyboardInterrupt:
            self._seen.forgive(path.name)
            raise
        except MappingError as error:
            self._refuse(path, str(error))
        except (PolarsError, ArrowException, UnicodeError) as error:
            self._refuse(path, f"cannot be read ({type(error).__name__}): send it again")
        except OSError as error:
            log.warning("a file cannot be read", file=path.name, error=error.strerror, attempt=seen.tries)
            return True
        return False

    def _done(self, path: Path, report: Report) -> None:
        self._seen.end(path.name, DONE)
        if self._options.move:
            self._aside(path)
        self._meter.add(files=1, published=report.published.total(), rejected=report.rejected.total())
        self._tell(Outcome(path.name, report))

    def _progress(self, path: Path) -> Callable[[backfill.State], None]:
        """Called after each chunk: a file that gets on is not what ends the process."""
        forgiven = False

        def on(state: backfill.State) -> None:
            nonlocal forgiven
            if not forgiven:
                self._seen.forgive(path.name)
                forgiven = True

        return on

    def _refuse(self, path: Path, reason: str) -> None:
        self._seen.end(path.name, REFUSED, reason)
        if self._options.move:
            self._aside(path)
        self._meter.add(refused=1)
        self._tell(Outcome(path.name, refused=reason))

    def _aside(self, path: Path) -> None:
        seen = self._seen.get(path.name)
        if seen is not None and seen.outcome == REFUSED:
            move_refused(path, seen.reason)
        else:
            move_done(path)
