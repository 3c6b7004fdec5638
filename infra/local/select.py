"""Which servers and workers to start: all that there are, or those named with ``--only``, less ``--without``."""

from __future__ import annotations

from infra.local import parts
from infra.local.errors import StackError
from infra.local.stack import SERVERS, yours
from infra.local.workers import WORKERS, jars, present
from streams.settings import Settings


def choose(only: str = "", without: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Servers and workers, from two comma-separated lists.

    Raises:
        StackError: a name that is neither, or a worker that is not installed.
    """
    wanted, unwanted = _names(only), _names(without)
    every = [*SERVERS, *WORKERS]
    if unknown := (wanted | unwanted) - set(every):
        raise StackError(f"no part is called {', '.join(sorted(unknown))}", f"choose from {', '.join(every)}")
    servers = tuple(name for name in SERVERS if (not wanted or name in wanted) and name not in unwanted)
    workers = [name for name in WORKERS if (not wanted or name in wanted) and name not in unwanted]
    if missing := [name for name in workers if name in wanted and not present(name)]:
        raise StackError(f"not installed: {', '.join(missing)}", "leave it out of --only")
    return servers, tuple(name for name in workers if present(name))


def fetch(configured: Settings, servers: tuple[str, ...], workers: tuple[str, ...]) -> None:
    """Download what these need, with progress bars: before anything else draws on the terminal."""
    started = [name for name in servers if name not in yours(configured)]
    parts.ensure([part for name in started for part in SERVERS[name].parts] + list(jars(workers)), configured)


def _names(text: str) -> set[str]:
    return {name.strip() for name in text.split(",") if name.strip()}
