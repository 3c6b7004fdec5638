"""What ``crossbeat doctor`` looks at. Each finding says how it is, and when it is wrong, what to do."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from infra.local import checks, kafka, landlock, parts, ports, registry, retention_counts, status, unpack
from infra.local import clickhouse as store
from infra.local.errors import StackError
from infra.local.fetch import digest
from infra.local.intakes import Intakes
from infra.local.service import State
from infra.local.stack import SERVERS, yours
from infra.local.workers import WORKERS
from streams import agreements
from streams.settings import ENDPOINTS, Configured, Settings

AHEAD_S = 60.0  # more than that from our own files in the future, and the clock went back


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``todo`` is empty when it is well."""

    name: str
    words: str
    todo: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing is to be done."""
        return not self.todo


def examine(settings: Settings, configured: Configured) -> Iterator[Finding]:
    """All findings, the quick ones first."""
    stand = status.look(settings)
    yield _tried("platform", checks.platform, f"{parts.here()}, the one that is pinned")
    for name, folder in (("data disk", settings.data), ("cache disk", settings.cache)):
        yield _tried(name, partial(checks.disk, folder), f"{_free_gb(folder):.0f} GB free for {folder}")
    everything = [*SERVERS, *WORKERS]
    need = f"{checks.needed_mb(configured, everything):,} MB at most for all parts"
    if not stand.running:
        yield _tried("memory", lambda: checks.memory(configured, everything), need)
        yield _tried("ports", lambda: _ports(configured), "free")
    yield from _private(settings)
    yield _agreements(settings)
    yield _confined()
    yield _clock(settings.data)
    yield _cache(settings)
    yield from _running(stand)
    yield from _patterns(stand, settings.data / "logs")
    yield from _intakes(settings)
    yield _retention(settings, stand)
    yield from _set_aside(stand, settings.data / "logs")
    yield from _outside(configured)
    if stand.running or yours(configured) == set(SERVERS):
        yield from _drift(settings)


def _tried(name: str, check: Callable[[], object], words: str) -> Finding:
    try:
        check()
    except StackError as error:
        return Finding(name, error.message, error.todo)
    return Finding(name, words)


def _free_gb(folder: Path) -> float:
    while not folder.exists():
        folder = folder.parent
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize / 1e9


def _ports(configured: Settings) -> None:
    for kind in SERVERS.values():
        for name in kind.ports:
            ports.fixed(name, getattr(configured.embedded, f"{name}_port"))


def _private(settings: Settings) -> Iterator[Finding]:
    """The files with passwords are for their owner alone."""
    for file in (settings.data / "secrets.json", settings.data / ENDPOINTS):
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding("secrets", f"{file} can be read by others", f"chmod 600 {file}")


def _confined() -> Finding:
    """Whether the embedded ClickHouse can be kept from files of others: a second wall, so nothing is to be done."""
    if version := landlock.version():
        return Finding("landlock", f"version {version}: the embedded ClickHouse opens no files but its own")
    return Finding("landlock", "not in this kernel: only the guard keeps analysts from files of this machine")


def _agreements(settings: Settings) -> Finding:
    """Whether agreements bound what districts release."""
    try:
        found = agreements.load_all(settings.agreements)
    except agreements.BadAgreement as error:
        return Finding("agreements", str(error), "mend its file and run `crossbeat apply`")
    if not found:
        return Finding("agreements", "none is applied: the release on each record alone counts")
    return Finding("agreements", f"{len(found)} in force: what none of them covers is not shared")


def _clock(data: Path) -> Finding:
    """Records from the future are rejected: a clock that went back makes every record one."""
    newest = max((file.stat().st_mtime for file in (data / "run").glob("*")), default=0.0)
    ahead = max(newest, parts.LOCK.stat().st_mtime) - time.time()
    if ahead > AHEAD_S:
        return Finding("clock", f"files of ours are {ahead:.0f} s in the future", "set the clock of this machine right")
    return Finding("clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


def _cache(settings: Settings) -> Finding:
    """Every downloaded part is what the lock says, byte by byte."""
    missing, bad = 0, []
    for part in parts.lock():
        home = part.home(settings.cache)
        if part.platform not in ("", parts.here()):
            continue
        if not home.exists():
            missing += 1
        elif (part.archive and unpack.damaged(home)) or (not part.archive and digest(home) != part.sha256):
            bad.append(home)
    if bad:
        return Finding("cache", f"damaged: {', '.join(map(str, bad))}", f"rm -r {' '.join(map(str, bad))}")
    return Finding("cache", f"whole, {missing} parts still to be downloaded" if missing else "whole")


def _running(stand: status.Status) -> Iterator[Finding]:
    if not stand.running:
        yield Finding("stack", stand.note or "not running")
        return
    if not stand.services:
        yield Finding("stack", stand.note, "wait, or read logs/supervisor.log in the data folder")
    for service in stand.services:
        if service.state in (State.HEALTHY, State.YOURS) and not service.detail:
            yield Finding(service.name, f"{service.state}, {service.address}")
        else:
            yield Finding(
                service.name, f"{service.state}, {service.detail or 'not yet healthy'}", f"read {service.log}"
            )


def _patterns(stand: status.Status, logs: Path) -> Iterator[Finding]:
    """A pattern that failed ends no process, so no service says it."""
    for name in stand.failed_patterns:
        yield Finding(
            f"pattern {name}",
            "failed, and is tried again later; the others go on",
            f"read its reason in {logs / 'jobs.log'}",
        )
    for name, why in stand.begun_anew.items():  # nothing is to be done: it is on its way
        yield Finding(f"pattern {name}", f"began anew from what the topics still hold, {why}")


def _intakes(settings: Settings) -> Iterator[Finding]:
    """Districts whose sites have keys, and that no intake can serve; those that one serves are among the services."""
    found = Intakes(settings).look()
    for name, why in found.held.items():
        yield Finding(f"intake {name}", "its sites have keys, but it is not served", f"{name} {why}")
    if not settings.intake.run:
        yield Finding("intake", "`crossbeat up` serves none: intake.run is off")
    elif not found.served and not found.held:
        yield Finding("intake", "no district has a site with a key: none is served")


def _retention(settings: Settings, stand: status.Status) -> Finding:
    """Whether what was kept long enough goes by itself."""
    at, counted = settings.retention.at, stand.counters.get(retention_counts.NAME, {})
    if not at:
        return Finding("retention", "switched off (retention.at): `crossbeat retention --apply` is yours to run")
    if counted.get("last_error"):
        log = settings.data / "logs" / f"{retention_counts.NAME}.log"
        return Finding("retention", f"its last run failed: {counted['last_error']}", f"read {log}; it is tried again")
    told = f"last on {counted['last']}, {counted['last_rows']} rows" if "last" in counted else "it has not run yet"
    return Finding("retention", f"each day at {at} UTC; {told}")


def _set_aside(stand: status.Status, logs: Path) -> Iterator[Finding]:
    """Messages that somebody could not read: they stop nothing, so nothing else says that they are there."""
    for name, number in stand.set_aside.items():
        log = logs / ("gate.log" if name == "gate" else "loader.log" if name == "loader" else "jobs.jvm.log")
        yield Finding(
            f"set aside by {name}",
            f"{number} message{'s' if number > 1 else ''} that could not be read, since it was started; the rest flows",
            f"see which in {log}, and in `rejections` where the district is '-'; then mend what wrote them",
        )


def _outside(configured: Configured) -> Iterator[Finding]:
    """The servers of the user's answer."""
    base = configured.clickhouse
    scheme = "https" if base.secure else "http"
    asked = {
        "kafka": lambda: kafka.reachable(configured.kafka.client(), 5),
        "registry": lambda: registry.reachable(configured.registry.url, 5),
        "clickhouse": lambda: store.reachable(f"{scheme}://{base.host}:{base.http_port}", 5),
    }
    for name in sorted(yours(configured)):
        if asked[name]():
            yield Finding(f"your {name}", "answers")
        else:
            yield Finding(
                f"your {name}", "does not answer", f"check its address and login (CROSSBEAT_{name.upper()}__…)"
            )


def _drift(settings: Settings) -> Iterator[Finding]:
    from infra.provision import ProvisionError, drift

    try:
        found = drift(settings)
    except ProvisionError as error:
        yield Finding("contracts", f"not compared: {error}", "see to the server first")
        return
    for one in found:
        yield Finding("contracts", f"{one.kind} {one.name} {one.words}", one.mend)
    if not found:
        yield Finding("contracts", "live topics, subjects and tables are those of the contracts")
