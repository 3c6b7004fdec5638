"""Downloads: several at once, resumed where they stopped, checked, and put in place in one step.

A file grows as ``<name>.partial`` beside its target. A broken connection is tried again from there (HTTP ``Range``),
in the same run and in the next. Only when size and SHA-256 are those of the lock is it renamed: whoever sees the
target sees the whole of it.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from infra.local.errors import ChecksumWrong, DiskFull, FetchFailed

AT_ONCE = 8
CHUNK = 1 << 18
OWN_BAR = 4 << 20  # smaller files share one bar
SPARE = 256 << 20  # bytes of disk to leave free
UNPACKED = 4  # an archive takes up to this many times its size while it is unpacked


@dataclass(frozen=True)
class Download:
    """One file to fetch: ``size`` in bytes, ``label`` is what its bar is called."""

    url: str
    target: Path
    sha256: str
    size: int
    label: str

    @property
    def partial(self) -> Path:
        """Where it grows."""
        return self.target.with_name(self.target.name + ".partial")


class Interrupted(Exception):
    """The server sent less than it said: go on from there."""


@contextmanager
def exclusive(cache: Path) -> Iterator[None]:
    """Hold the cache alone; another process that fetches waits."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        stream = (cache / ".lock").open("w")
    except OSError as error:
        raise FetchFailed(
            f"cannot write to the cache {cache}: {error.strerror}", "set CROSSBEAT_CACHE_DIR to a folder of yours"
        ) from error
    with stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def digest(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@retry(
    retry=retry_if_exception_type((httpx.TransportError, Interrupted)),
    wait=wait_exponential(multiplier=0.5, max=8),
    stop=stop_after_attempt(6),
    reraise=True,
)
def _stream(client: httpx.Client, download: Download, advance: Progress, bars: Sequence[TaskID]) -> None:
    """Append to the partial file what is missing of it, and move the bars."""
    have = download.partial.stat().st_size if download.partial.exists() else 0
    if have >= download.size:
        return
    headers = {"Range": f"bytes={have}-"} if have else {}
    with client.stream("GET", download.url, headers=headers) as response:
        response.raise_for_status()
        resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
        if have and not resumed:  # a server without ranges sends all of it again
            for bar in bars:
                advance.advance(bar, -have)
        with download.partial.open("ab" if resumed else "wb") as out:
            for chunk in response.iter_raw(CHUNK):
                out.write(chunk)
                for bar in bars:
                    advance.advance(bar, len(chunk))
    if download.partial.stat().st_size < download.size:
        raise Interrupted(f"{download.url} ended early")


def _fetch(client: httpx.Client, download: Download, progress: Progress, overall: TaskID) -> None:
    download.target.parent.mkdir(parents=True, exist_ok=True)
    have = download.partial.stat().st_size if download.partial.exists() else 0
    bars = [overall]
    if download.size >= OWN_BAR:
        bars.append(progress.add_task(download.label, total=download.size))
    for bar in bars:
        progress.advance(bar, have)
    try:
        _stream(client, download, progress, bars)
    except (httpx.HTTPError, Interrupted) as error:
        raise FetchFailed(
            f"cannot download {download.label} from {download.url}: {error}",
            "check the network or a proxy (HTTPS_PROXY), or name a mirror (CROSSBEAT_EMBEDDED__MAVEN_MIRROR, "
            "CROSSBEAT_EMBEDDED__NPM_MIRROR), then run this again: it goes on where it stopped",
        ) from error
    found = digest(download.partial)
    if found != download.sha256:
        download.partial.unlink()
        raise ChecksumWrong(
            f"{download.target.name} has checksum {found[:16]}…, parts.lock says {download.sha256[:16]}…",
            "run this again; if it stays so, the mirror or proxy changes files: do not use what it sends",
        )
    download.partial.replace(download.target)


def room(folder: Path, need: int) -> None:
    """Fail early when ``need`` bytes do not fit on the disk of ``folder``."""
    free = shutil.disk_usage(folder).free
    if free < need + SPARE:
        raise DiskFull(
            f"{free >> 20} MB free on the disk of {folder}, {(need + SPARE) >> 20} MB needed",
            "free some, or set CROSSBEAT_CACHE_DIR and CROSSBEAT_DATA_DIR to a larger disk",
        )


def run(downloads: Sequence[Download]) -> None:
    """Fetch all of them; the first failure ends the run, the partial files stay for the next."""
    if not downloads:
        return
    total = sum(download.size for download in downloads)
    top = downloads[0].target.parent.parent
    top.mkdir(parents=True, exist_ok=True)
    archives = sum(d.size for d in downloads if d.target.suffix in {".gz", ".tgz"})
    room(top, total + archives * UNPACKED)
    columns = TextColumn("{task.description:<34}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with (
        Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress,
        httpx.Client(follow_redirects=True, timeout=httpx.Timeout(30, connect=15)) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        overall = progress.add_task(f"[bold]{len(downloads)} parts, once", total=total)
        # largest first, so that no long one is left for the end
        order = sorted(downloads, key=lambda download: -download.size)
        jobs = [pool.submit(_fetch, client, download, progress, overall) for download in order]
        try:
            for job in jobs:
                job.result()
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise DiskFull(f"the disk of {top} is full", "free some, or set CROSSBEAT_CACHE_DIR") from error
        finally:
            for job in jobs:
                job.cancel()
