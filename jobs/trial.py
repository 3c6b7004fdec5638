"""Runs a pattern on records at hand, without a broker: its real query and Java, on a mini-cluster of this process.

``with Trial(["name"]) as trial: rows = trial.run("name", lines)``. The tables of Kafka are replaced by files of lines
(``java/crossbeat/lines``), with the watermarks that ``trial_lines`` works out; all else is what runs live. The end of
the lines is not the passing of time: Flink's last watermark comes then, and functions with timers do nothing at it.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from jobs import compiler, jvm, pattern, record
from jobs.cluster import Cluster
from jobs.pattern import Pattern, PatternError
from jobs.submit import environment, statement_set
from jobs.trial_lines import Line, iso, milliseconds, render
from schemas import contracts
from schemas.render.flink import column_type, statement
from streams import settings
from streams.settings import Settings

OPTIONS = {
    "parallelism.default": "1",
    "pipeline.object-reuse": "true",
    "table.local-time-zone": "UTC",
    "table.exec.sink.upsert-materialize": "NONE",
    "state.backend.type": "hashmap",
    # Nothing waits for a buffer to fill: else days of a table with few records lie between its source and the pattern.
    "execution.buffer-timeout.interval": "0 ms",
    "restart-strategy.type": "none",
}
CONNECTOR = {"connector": "crossbeat-lines", "format": "json"}
CAUSE = re.compile(r"^Caused by: (?P<why>.+)$", re.MULTILINE)
Given = dict[str, Any]


class TrialFailed(RuntimeError):
    """The pattern failed on these lines; the message is Flink's reason."""


@dataclass(frozen=True)
class Came:
    """A row that came out: its table, and the watermark at that moment (milliseconds; the least number before any)."""

    table: str
    row: dict[str, Any]
    watermark: int


class Trial:
    """A mini-cluster for trials. One process can have one: its JVM is started when it is entered."""

    def __init__(self, patterns: Sequence[str] | None = None, configured: Settings | None = None) -> None:
        """``patterns`` are those whose Java is compiled, by default all; their settings are those of ``configured``."""
        self._patterns = patterns
        self._configured = configured or settings.load()
        self._planned: dict[str, tuple[Path, Any, Pattern]] = {}

    def __enter__(self) -> Trial:
        """Compile, start the JVM and the mini-cluster."""
        self._folder = Path(tempfile.mkdtemp(prefix="crossbeat-trial-"))
        own = self._configured.model_copy(update={"data_dir": self._folder})
        jar = compiler.jar(own, patterns=self._patterns)
        record.once(own)
        self._jvm = jvm.start(own, [jar])
        self._cluster = Cluster(own.model_copy(update={"flink": own.flink.model_copy(update={"rest_url": ""})}), 1)
        self._cluster.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all and remove its files."""
        self._cluster.__exit__()
        self._jvm.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, name: str, lines: Iterable[Line], given: Given | None = None) -> list[tuple[str, dict[str, Any]]]:
        """What a pattern gives for these lines: table and row, times as ISO 8601. ``given`` are settings of it.

        Raises:
            PatternError: a line that it cannot read, or settings that it does not allow.
            TrialFailed: it failed.
        """
        return [(came.table, came.row) for came in self.watch(name, lines, given)[0]]

    def watch(self, name: str, lines: Iterable[Line], given: Given | None = None) -> tuple[list[Came], list[int]]:
        """As :meth:`run`; each row with the watermark at which it came, and the watermark after each line.

        Neither has the disorder of a table taken off: add it to a row's before comparing.
        """
        configured = self._configured
        if given:
            configured = configured.model_copy(update={"patterns": configured.patterns | {name: given}})
        folder, plan, loaded = self._plan(name, configured)
        files, stands = render(loaded, loaded.resolved(configured), lines)
        for table, text in files.items():
            (folder / f"{table}.in").write_text("".join(f"{line}\n" for line in text))
        for table in loaded.writes:
            (folder / f"{table}.out").unlink(missing_ok=True)
        failed = self._cluster.end(str(plan.execute().get_job_client().get_job_id()))
        if failed:
            causes = [found["why"] for found in CAUSE.finditer(failed)]
            raise TrialFailed(f"{name}: {causes[-1] if causes else failed.splitlines()[0]}\n{failed[-4000:]}")
        return [came for table in loaded.writes for came in _read(folder / f"{table}.out", loaded, table)], stands

    def _plan(self, name: str, configured: Settings) -> tuple[Path, Any, Pattern]:
        """Plan a pattern, once for each choice of settings: planning costs more than a small run."""
        loaded = pattern.load(name)
        if loaded.delivers:
            raise PatternError(f"pattern {name} finds nothing: it delivers, and cannot be tried")
        key = json.dumps([name, loaded.statements(configured)])
        if key not in self._planned:
            folder = self._folder / f"{loaded.name}-{len(self._planned)}"
            folder.mkdir()
            own = {key: value for key, value in loaded.flink.items() if "checkpointing" not in key}
            made = environment(OPTIONS | own | self._cluster.target() | {"pipeline.name": f"trial-{loaded.name}"})
            planned = statement_set(made, loaded, configured, _tables(loaded, folder)).compile_plan()
            self._planned[key] = folder, planned, loaded
        return self._planned[key]


def _tables(loaded: Pattern, folder: Path) -> list[str]:
    """``CREATE TEMPORARY TABLE`` for all that it reads and writes, over files in the folder."""
    made = []
    for name, table in loaded.reads.items():
        fields = [
            field
            for field in contracts.get(table.contract).fields(table.stage)
            if not table.columns or field.name in table.columns
        ]
        columns = [f"`{field.name}` {column_type(field)}" for field in fields]
        if table.event_time:
            columns.append(f"WATERMARK FOR `{table.event_time}` AS SOURCE_WATERMARK()")
        options = CONNECTOR | {"file": str(folder / f"{name}.in"), "sources": str(len(loaded.reads))}
        made.append(statement(name, columns, options))
    for name, table in loaded.writes.items():
        columns = [
            f"`{field.name}` {column_type(field)}" for field in contracts.get(table.contract).fields(table.stage)
        ]
        made.append(statement(name, columns, CONNECTOR | {"file": str(folder / f"{name}.out")}))
    return made


def _read(file: Path, loaded: Pattern, name: str) -> list[Came]:
    table = loaded.writes[name]
    times = {field.name for field in contracts.get(table.contract).fields(table.stage) if field.kind == "timestamp"}
    found = []
    for line in file.read_text().splitlines():
        watermark, _, text = line.partition("\t")
        row = json.loads(text)
        row |= {key: iso(row[key]) for key in times if row.get(key) is not None}
        found.append(Came(name, row, int(watermark)))
    return found


def same(expected: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a row has all that is expected of it: times however written, numbers to one in a million."""
    return all(key in row and _equal(value, row[key]) for key, value in expected.items())


def _equal(expected: Any, value: Any) -> bool:
    if isinstance(expected, float) and isinstance(value, int | float):
        return abs(expected - value) <= 1e-6 * max(1.0, abs(expected))
    if expected != value and isinstance(expected, str) and isinstance(value, str) and value.endswith("Z"):
        try:
            return milliseconds(expected) == milliseconds(value)
        except ValueError:
            return False
    return bool(expected == value)
