"""Where the jars lie that the jobs need: Flink's own from its wheel, the connectors and the compiler from the cache.

`crossbeat up` fetches the latter, by checksum, into ``<cache>/files/<checksum>/``; nothing is fetched here.
"""

from __future__ import annotations

from pathlib import Path

import pyflink

from streams.settings import Settings

CONNECTORS = ("flink-sql-connector-kafka", "flink-sql-avro-confluent-registry")
COMPILER = "ecj"


class JarMissing(RuntimeError):
    """A jar that `crossbeat up` fetches is not in the cache."""


def find(name: str, settings: Settings) -> Path:
    """The newest jar of an artefact in the cache.

    Raises:
        JarMissing: there is none.
    """
    found = sorted(settings.cache.glob(f"files/*/{name}-[0-9]*.jar"), key=lambda jar: jar.stat().st_mtime)
    if not found:
        raise JarMissing(f"{name} is not in {settings.cache}: fetch the parts with `crossbeat up --only kafka` first")
    return found[-1]


def connectors(settings: Settings) -> list[Path]:
    """The jars that let Flink read and write Confluent Avro in Kafka."""
    return [find(name, settings) for name in CONNECTORS]


def flink() -> list[Path]:
    """Flink's own jars, with the gateway that Python speaks to."""
    home = Path(pyflink.__file__).parent
    return sorted(home.glob("lib/*.jar")) + sorted(home.glob("opt/flink-python-*.jar"))


def classpath(jars: list[Path]) -> str:
    """Jars as ``java -cp`` wants them."""
    return ":".join(str(jar) for jar in jars)
