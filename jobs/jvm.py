"""The one JVM of the jobs process: Flink's Python gateway, started by us rather than by PyFlink.

PyFlink would take the system's Java, give it no heap limit, and keep its standard error in a pipe that nobody reads.
The gateway pings its parent all the time and ends with it, so a killed parent leaves no JVM behind.
"""

from __future__ import annotations

import logging
import os
import struct
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from string import Template

import structlog
from pyflink.java_gateway import get_gateway

from jobs import jars
from jobs.program import PARALLEL, Program
from streams.settings import Settings

MAIN = "org.apache.flink.client.python.PythonGatewayServer"
START_LIMIT_S = 60.0
STOP_LIMIT_S = 20.0
LOGGING = Template("""
rootLogger.level = $level
rootLogger.appenderRef.file.ref = File
appender.file.name = File
appender.file.type = RollingFile
appender.file.fileName = $file
appender.file.filePattern = $file.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5p %c{1.} %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 20MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
logger.kafka.name = org.apache.flink.kafka.shaded
logger.kafka.level = WARN
""")
# Apache Arrow and Kryo, which Flink carries, reach into these packages.
OPENED = ("java.lang", "java.util", "java.util.concurrent", "java.net", "java.nio", "java.text", "java.time")
log = structlog.get_logger(__name__)


class JvmFailed(RuntimeError):
    """The JVM did not start; its log says why."""


@dataclass(frozen=True)
class Jvm:
    """A JVM that runs."""

    process: subprocess.Popen[bytes]
    program: Program

    @property
    def exit_code(self) -> int | None:
        """How it ended, or None while it runs."""
        return self.process.poll()

    def end(self) -> None:
        """Cut the connection, then end the JVM; kill it if it does not end in time."""
        for name in ("py4j", "py4j.java_gateway", "py4j.clientserver"):
            logging.getLogger(name).disabled = True  # it reports each Python object whose Java side is gone
        kindly = self.exit_code is None
        if kindly:
            get_gateway().shutdown()
            self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            log.warning("the jvm did not end in time: killed", pid=self.process.pid)
            kindly = False
            self.process.kill()
            self.process.wait()
        self.program.ended(kindly)


def program(settings: Settings, own: list[Path]) -> Program:
    """Flink and the connectors as a program, with ``own`` jars beside them."""
    return Program("jobs", (*jars.flink(), *jars.connectors(settings)), settings.cache, tuple(own))


def start(settings: Settings, own: list[Path], record: bool = False) -> Jvm:
    """Start the JVM with Flink, the connectors and ``own`` jars; PyFlink uses it from then on.

    Args:
        settings: where the parts and the data folder are, and the heap.
        own: jars of ours.
        record: write the archive of loaded classes when it ends; see ``record.py``.

    Raises:
        JvmFailed: it ended or did not answer in time.
    """
    runs = program(settings, own)
    logs = settings.data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    scratch = settings.data / "flink" / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    configuration = scratch / "conf"
    configuration.mkdir(exist_ok=True)
    (configuration / "config.yaml").touch()  # Flink insists on one; all settings come with each job
    properties = configuration / "log4j2.properties"
    properties.write_text(LOGGING.substitute(level="INFO", file=logs / "jobs.jvm.log"))
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        answer = Path(folder) / "port"
        environment = dict(os.environ) | {"_PYFLINK_CONN_INFO_PATH": str(answer), "FLINK_CONF_DIR": str(configuration)}
        with (logs / "jobs.jvm.out").open("wb") as output:
            process = subprocess.Popen(
                _command(runs, settings.flink.heap_mb, properties, scratch, record),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,  # Ctrl-C is for us: we stop the jobs, then the JVM
            )
        port = _await(process, answer, logs)
    os.environ["PYFLINK_GATEWAY_PORT"] = str(port)
    log.info("jvm started", pid=process.pid, heap_mb=settings.flink.heap_mb)
    return Jvm(process, runs)


def _command(runs: Program, heap_mb: int, properties: Path, scratch: Path, record: bool) -> list[str]:
    return runs.command(
        heap_mb,
        "-XX:MaxMetaspaceSize=384m",
        "-XX:MaxDirectMemorySize=256m",
        "-XX:ReservedCodeCacheSize=160m",
        f"-Djava.io.tmpdir={scratch}",
        f"-Dlog4j.configurationFile={properties}",
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED),
        MAIN,
        record=record,
        first_mb=heap_mb // 2,
        collector=PARALLEL,
    )


def _await(process: subprocess.Popen[bytes], answer: Path, logs: Path) -> int:
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise JvmFailed(f"the JVM of the jobs ended with {process.returncode}: see {logs / 'jobs.jvm.out'}")
        if answer.exists():  # it comes by a rename: two numbers, the gateway's port first
            (port,) = struct.unpack_from("!I", answer.read_bytes())
            return int(port)
        time.sleep(0.05)
    process.kill()
    raise JvmFailed(f"the JVM of the jobs did not answer in {START_LIMIT_S:.0f} s: see {logs / 'jobs.jvm.log'}")
