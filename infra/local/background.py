"""A stack in the background: ``start`` returns when it is healthy, ``stop`` when it is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from infra.local import report, select
from infra.local.errors import AlreadyRunning, NotRunning, StackError, StartFailed
from infra.local.hold import holder
from streams.settings import Settings

LOOK_S = 0.2
LONGEST_STOP_S = 90.0


def start(
    configured: Settings,
    servers: tuple[str, ...],
    workers: tuple[str, ...],
    changed: Callable[[list[report.ServiceReport]], None] = lambda _: None,
) -> Settings:
    """Start a stack that outlives this process; ``changed`` is told how its services stand meanwhile.

    Raises:
        StackError: it could not start; its log, ``supervisor.log``, says the rest.
    """
    data = configured.data
    if (pid := holder(data)) is not None:
        raise AlreadyRunning(
            f"a stack already runs on {data} (process {pid})",
            "`crossbeat status` shows it, `crossbeat down` ends it; for a second one set CROSSBEAT_DATA_DIR",
        )
    select.fetch(configured, servers, workers)
    log = data / "logs" / "supervisor.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    from_here = log.stat().st_size if log.exists() else 0
    environment = {"CROSSBEAT_DATA_DIR": str(data), "CROSSBEAT_CACHE_DIR": str(configured.cache)}
    command = [sys.executable, "-m", "infra.local.foreground", ",".join(servers), ",".join(workers)]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    told: report.StackReport | None = None
    limit = time.monotonic() + configured.embedded.start_timeout_s + 60  # the stack itself gives up earlier
    while process.poll() is None and time.monotonic() < limit:
        told = report.read(data)
        if told is not None and told.pid == process.pid:
            changed(told.services)
            if told.ready:
                return Settings(data_dir=data)
        time.sleep(LOOK_S)
    if process.poll() is None:
        late = (
            [f"{one.name} ({one.detail or one.state})" for one in told.services if one.state != "healthy"]
            if told
            else []
        )
        stop(configured)
        raise StartFailed(f"not healthy in time: {', '.join(late)}; all was ended", f"read the logs in {log.parent}")
    with log.open("rb") as stream:
        stream.seek(from_here)
        said = stream.read().decode(errors="replace").strip()
    message, _, todo = said.rpartition("\nto do: ")
    raise StackError(message or said or f"it ended with code {process.returncode}", todo or f"read {log}")


def stop(configured: Settings) -> None:
    """End the stack on a data folder, in order, and wait until it is gone.

    Raises:
        NotRunning: there is none.
        StackError: it did not end in time.
    """
    data = configured.data
    pid = holder(data)
    if pid is None:
        todo = "`crossbeat up` starts one; for another folder set CROSSBEAT_DATA_DIR"
        raise NotRunning(f"no stack runs on {data}", todo)
    os.kill(pid, signal.SIGTERM)
    limit = time.monotonic() + LONGEST_STOP_S
    while holder(data) == pid:
        if time.monotonic() > limit:
            raise StackError(
                f"process {pid} did not end within {LONGEST_STOP_S:.0f} s",
                f"`kill -9 {pid}` ends it and all that it started; the data stays whole",
            )
        time.sleep(LOOK_S)
