"""The parts of the embedded stack: what ``parts.lock`` names, and where each lies once fetched.

``path("ecj")`` is a file, ``path("registry")`` the folder of an unpacked archive, ``files("kafka")`` all jars of a
part that has many. Each fetches what is missing; after that nothing is asked of any network.
"""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from packageurl.contrib.purl2url import get_download_url
from pydantic import BaseModel, ConfigDict

from infra.local import fetch, unpack
from infra.local.errors import FetchFailed, WrongPlatform
from streams.settings import Settings, load

LOCK = Path(__file__).with_name("parts.lock")
ARCHIVES = (".tar.gz", ".tgz")


class Part(BaseModel):
    """One file of the lock. Several share a name when a part is many jars."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    purl: str
    sha256: str
    size: int
    platform: str = ""

    @property
    def upstream(self) -> str:
        """Its address at the registry that its package URL implies."""
        address: str | None = get_download_url(self.purl)  # type: ignore[no-untyped-call]
        if address is None:
            raise FetchFailed(f"no download address for {self.purl}", "correct this line of infra/local/parts.lock")
        return address

    @property
    def file_name(self) -> str:
        """The name of the file at its registry."""
        return self.upstream.rsplit("/", 1)[1]

    @property
    def archive(self) -> bool:
        """Whether it is unpacked after the download."""
        return self.file_name.endswith(ARCHIVES)

    def url(self, settings: Settings) -> str:
        """Where to fetch it: the mirror of its kind that the settings name, or upstream."""
        kind = self.purl.removeprefix("pkg:").split("/", 1)[0]
        mirror = {"maven": settings.embedded.maven_mirror, "npm": settings.embedded.npm_mirror}.get(kind, "")
        if not mirror:
            return self.upstream
        return mirror.rstrip("/") + urlsplit(self.upstream).path.removeprefix("/maven2")

    def home(self, cache: Path) -> Path:
        """Its file in the cache, or its unpacked folder: named by checksum, so a new version never meets an old one."""
        if self.archive:
            return cache / "unpacked" / f"{self.name}-{self.sha256[:16]}"
        return cache / "files" / self.sha256[:16] / self.file_name


def here() -> str:
    """This machine as the lock spells it, such as ``linux-x86_64``."""
    return f"{platform.system()}-{platform.machine()}".lower()


@lru_cache
def lock() -> tuple[Part, ...]:
    """All entries of the lock."""
    return tuple(Part.model_validate(part) for part in tomllib.loads(LOCK.read_text())["part"])


def of(name: str) -> list[Part]:
    """The entries of one part for this machine.

    Raises:
        WrongPlatform: the lock has the part, but no build of it for this machine.
        KeyError: the lock has no such part.
    """
    every = [part for part in lock() if part.name == name]
    if not every:
        raise KeyError(f"parts.lock has no part {name!r}")
    fitting = [part for part in every if part.platform in ("", here())]
    if not fitting:
        builds = ", ".join(part.platform for part in every)
        raise WrongPlatform(
            f"{name} is pinned for {builds}, this machine is {here()}",
            "run on such a machine, or point the settings at servers of your own (CROSSBEAT_CLICKHOUSE__HOST, …)",
        )
    return fitting


def ensure(names: Iterable[str], settings: Settings | None = None) -> None:
    """Fetch and unpack what is missing of ``names``; show progress on a terminal."""
    settings = settings or load()
    parts = [part for name in names for part in of(name)]
    missing = [part for part in parts if not part.home(settings.cache).exists()]
    if not missing:
        return
    with fetch.exclusive(settings.cache):  # two stacks may start at once on an empty cache
        missing = [part for part in missing if not part.home(settings.cache).exists()]
        downloads = [
            fetch.Download(
                url=part.url(settings),
                target=settings.cache / "files" / part.sha256[:16] / part.file_name,
                sha256=part.sha256,
                size=part.size,
                label=part.name,
            )
            for part in missing
        ]
        fetch.run(downloads)
        for part, download in zip(missing, downloads, strict=True):
            if part.archive:
                unpack.unpack(download.target, part.home(settings.cache))


def files(name: str, settings: Settings | None = None) -> list[Path]:
    """Every file (or unpacked folder) of a part, fetched if missing."""
    settings = settings or load()
    ensure([name], settings)
    return [part.home(settings.cache) for part in of(name)]


def path(name: str, settings: Settings | None = None) -> Path:
    """The one file or folder of a part, fetched if missing."""
    found = files(name, settings)
    if len(found) != 1:
        raise KeyError(f"part {name!r} is {len(found)} files: use files()")
    return found[0]
