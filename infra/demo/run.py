"""The demo's course: start everything, replay the city, watch until all is still, count, say where to look next."""

from __future__ import annotations

import io
import json
import shutil
import signal
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from connectors.samples import toronto
from infra.demo import act, neighbours, report, view
from infra.demo.children import AlertFeed, Backfill
from infra.demo.map import Point
from infra.demo.numbers import Numbers
from infra.local import parts
from infra.local.process import resident_bytes
from infra.local.service import State
from infra.local.stack import SERVERS, Stack
from infra.local.workers import FLINK_JARS, WORKERS
from jobs import pattern
from jobs.heartbeat import Clock
from streams import districts
from streams.settings import Configured, Settings

MARK = "demo.json"
TICK_S = 0.5
MAP_EVERY_S = 2.0
PICTURE = (132, 40)
STILL_S = 3.0
IDLE_S = 3
"""Seconds of ours after which a silent feed holds back the time of the patterns no more: a day of what is played."""
PATIENCE_S = 900.0
TITLE = "eight years of Toronto, twenty police districts"


class DemoError(RuntimeError):
    """The demo cannot go on; the message says what to do."""


def fresh(data: Path) -> None:
    """Empty the data folder of an earlier demo, so that every demo shows the whole way.

    Raises:
        DemoError: the folder holds something else than a demo.
    """
    if data.exists() and any(data.iterdir()):
        if not (data / MARK).exists():
            raise DemoError(f"{data} holds a stack that is no demo: name another folder with --data")
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / MARK).write_text(json.dumps({"what": "the folder of `crossbeat demo`: emptied when the demo starts"}))


class Demo:
    """One run. Everything that starts a process happens in the thread that calls :meth:`run`."""

    def __init__(self, configured: Settings, console: Console) -> None:
        self._configured = configured
        self._console = console
        self._numbers = Numbers(configured.data)
        self._began = time.monotonic()
        self._step = "starting the servers"
        self._stack = Stack(configured, tuple(SERVERS), tuple(WORKERS), self._draw)
        self._shown: deque[dict[str, Any]] = deque(maxlen=8)
        self._places: list[Point] = []
        self._identifiers: set[str] = set()
        self._evidence: set[tuple[str, ...]] = set()
        self._first_alert_s: float | None = None
        self._borders: list[Point] = []
        self._live = Live(console=console, auto_refresh=False)
        self._pool = ThreadPoolExecutor(1)
        self._measured_at = self._drawn_at = self._shown_at = 0.0
        self._last: tuple[Text, dict[str, str]] = (Text(), {})
        self._map: tuple[tuple[int, int], Text] = ((0, 0), Text())

    def run(self, stay: bool, picture: Path | None = None) -> dict[str, Any]:
        """Run to the end and return the result; with ``stay`` keep the stack until Ctrl-C; draw it to ``picture``."""
        needed = [part for kind in SERVERS.values() for part in kind.parts] + list(FLINK_JARS)
        parts.ensure(needed, self._configured)
        sample = self._pool.submit(toronto.prepare, self._configured.cache)
        with self._live:
            try:
                settings = self._stack.start()
                feed = AlertFeed(settings)
                self._until_ready()
                result = self._replay(settings, sample, feed)
                self._draw(final=True)
            except BaseException:
                self._stack.stop()
                raise
        self._console.print()
        self._console.print(view.summary(result, list(self._numbers.stages.values())))
        if picture:
            self._picture(picture, result)
        try:
            self._console.print()
            result["neighbours"] = act.play(self._console, settings, self._city, self._stack.watch)
            if stay:
                self._stay(settings)
        finally:
            self._console.print("stopping …", style="dim")
            self._stack.stop()
        return result

    def _until_ready(self) -> None:
        """Until every worker is at work: a replay that began earlier would only take the cores from their start."""
        self._step = "starting the gate, the jobs, the loader"
        while not self._stack.ready:
            time.sleep(TICK_S)
            self._stack.watch()
            if time.monotonic() - self._began > PATIENCE_S:
                raise DemoError(f"the workers did not start: read the logs in {self._configured.data / 'logs'}")

    def _replay(self, settings: Settings, sample: Future[toronto.Sample], feed: AlertFeed) -> dict[str, Any]:
        self._step = "fetching the city"
        found = sample.result()
        backfill = Backfill(settings, found.file, found.mapping)
        try:
            self._step = "replaying: districts publish, the gate checks, Flink joins, ClickHouse keeps"
            self._until_still(settings, backfill, feed)
            self._city = self._pool.submit(neighbours.write_city, self._configured.data / "neighbours")
            self._step = "counting: every pair again by brute force"
            self._draw()
            result = report.measure(settings, self._numbers)
            self._take_alerts(feed)
        finally:
            backfill.stop()
            feed.stop()
        self._step = "done"
        return result | {"seconds_to_first_alert": self._first_alert_s}

    def _until_still(self, settings: Settings, backfill: Backfill, feed: AlertFeed) -> None:
        """Until the file is published, nothing is behind, and no count has moved for a while."""
        before: tuple[int, ...] = ()
        moved = time.monotonic()
        while True:
            time.sleep(TICK_S)
            self._tick(settings, feed)
            counts = (*(stage.records for stage in self._numbers.stages.values()), len(self._identifiers))
            if counts != before:
                before, moved = counts, time.monotonic()
            if backfill.failed:
                raise DemoError(f"the backfill failed: read {backfill.log}")
            behind = sum(self._numbers.behind.values())
            if backfill.finished and not behind and time.monotonic() - moved > STILL_S:
                return
            if time.monotonic() - self._began > PATIENCE_S:
                raise DemoError(
                    f"not at rest after {PATIENCE_S:.0f} s, {behind:,} records are still behind: "
                    f"read the logs in {settings.data / 'logs'}"
                )

    def _tick(self, settings: Settings, feed: AlertFeed) -> None:
        self._numbers.snapshot()
        if time.monotonic() - self._measured_at > 1:
            self._measured_at = time.monotonic()
            self._stack.watch()
            self._numbers.see_memory(self._memory())
            if not self._borders:
                self._borders = [
                    (latitude, longitude)
                    for one in districts.load_all(settings.districts).values()
                    for longitude, latitude in view.outline(one.area)
                ]
        self._take_alerts(feed)
        self._draw()

    def _take_alerts(self, feed: AlertFeed) -> None:
        for alert in feed.take():
            if self._first_alert_s is None:
                self._first_alert_s = round(time.monotonic() - self._began, 2)
            self._identifiers.add(alert["identifier"])
            # Each recipient has an alert of its own: of the same evidence one is shown.
            evidence = (alert["msg_type"], *alert["incidents"])
            if evidence not in self._evidence:
                self._evidence.add(evidence)
                self._shown.append(alert)
                self._places.append((alert["lat"], alert["lon"]))

    def _memory(self) -> dict[str, float]:
        """Resident megabytes by service, the processes that each one started included."""
        found = {"demo": psutil.Process().memory_info().rss / 1e6}
        for service in self._stack.services:
            if service.child is not None and service.child.alive:
                found[service.name] = resident_bytes(service.child.pid) / 1e6
        return found

    def _draw(self, final: bool = False) -> None:
        if not final and time.monotonic() - self._shown_at < TICK_S / 2:
            return
        self._shown_at = time.monotonic()
        states = {
            service.name: {State.HEALTHY: "up", State.DOWN: "failed"}.get(service.state, "starting")
            for service in self._stack.services
        }
        seconds = int(time.monotonic() - self._began)
        head = Text.assemble(
            ("CROSSBEAT  ", "bold"), TITLE, "   ", (f"{seconds // 60}:{seconds % 60:02d}", "bold cyan")
        )
        self._live.update(self._screen(head, states, (self._console.width, self._console.height), final), refresh=True)

    def _screen(self, head: Text, states: dict[str, str], size: tuple[int, int], final: bool) -> Group:
        self._last = head, states
        return view.screen(
            head,
            states,
            self._numbers,
            view.alerts_panel(list(self._shown), len(self._identifiers)),
            lambda columns, rows: self._places_map((columns, rows), final),
            self._step,
            size,
        )

    def _picture(self, file: Path, result: dict[str, Any]) -> None:
        """The last view and the summary as an SVG, as a terminal of a good size would show them."""
        paper = Console(record=True, width=PICTURE[0], height=PICTURE[1], file=io.StringIO(), force_terminal=True)
        paper.print(self._screen(*self._last, PICTURE, True))
        paper.print(view.summary(result, list(self._numbers.stages.values())))
        paper.save_svg(str(file), title="crossbeat demo")

    def _places_map(self, size: tuple[int, int], final: bool) -> Text:
        """The map, drawn anew only now and then: it costs more than all the rest of the view."""
        if final or self._map[0] != size or time.monotonic() - self._drawn_at > MAP_EVERY_S:
            self._drawn_at = time.monotonic()
            newest = [] if final else self._places[-8:]
            self._map = size, view.area_map(self._borders, self._places, newest, *size)
        return self._map[1]

    def _stay(self, settings: Settings) -> None:
        self._console.print(view.next_steps(self._configured.data))
        clock = Clock(settings)
        try:
            while True:
                time.sleep(1)
                clock.tell(round(time.time() * 1000))
                self._stack.watch()
        except KeyboardInterrupt:
            self._console.print(Text())


def in_played_time(configured: Settings) -> Settings:
    """The same, with the time of what is played: weeks pass in a minute, hours of silence in seconds."""
    waiting = [one for one in map(pattern.load, pattern.names()) if not one.first]
    idle = {one.name: dict.fromkeys((key for key in one.settings if key.endswith("idle_s")), IDLE_S) for one in waiting}
    given = {name: keys | configured.patterns.get(name, {}) for name, keys in idle.items() if keys}
    return configured.model_copy(
        update={
            "flink": configured.flink.model_copy(update={"heartbeats": False}),
            "patterns": configured.patterns | given,
        }
    )


def demo(
    data: Path | None, exit_at_end: bool, json_file: Path | None, picture: Path | None, console: Console
) -> dict[str, Any]:
    """Run the demo in ``data`` (default: the data folder of the settings).

    The result goes to ``json_file``, the last view to ``picture`` as an SVG, where they are named.
    """
    configured: Settings = Configured(data_dir=data) if data else Configured()
    configured = in_played_time(configured)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    fresh(configured.data)
    result = Demo(configured, console).run(stay=not exit_at_end, picture=picture)
    if json_file:
        json_file.write_text(json.dumps(result, indent=2) + "\n")
    return result
