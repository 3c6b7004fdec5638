"""Write ``parts.lock`` anew: for maintainers, when a version changes. The product itself only reads the lock.

``python -m infra.local.lock_parts`` asks the ordinary clients (``mvn``, ``npm``) for each part below, for Maven
with everything it needs at run time, and writes down package URL, SHA-256 and size of every file.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packageurl import PackageURL

from infra.local.parts import LOCK


@dataclass(frozen=True)
class Wanted:
    """One part to lock: ``purls`` are its roots, ``whole`` adds what they depend on."""

    name: str
    purls: tuple[str, ...]
    whole: bool = False
    platform: str = ""


WANTED = (
    Wanted(
        "kafka",
        (
            "pkg:maven/org.apache.kafka/kafka_2.13@4.3.1",
            "pkg:maven/org.apache.kafka/kafka-tools@4.3.1",
            "pkg:maven/org.apache.logging.log4j/log4j-slf4j-impl@2.25.4",
        ),
        True,
    ),
    Wanted("registry", ("pkg:maven/io.apicurio/apicurio-registry-app@3.3.3?classifier=all&type=tar.gz",)),
    Wanted("libchdb", ("pkg:npm/%40chdb/lib-linux-x64-gnu@26.7.3-stable.1",), platform="linux-x86_64"),
    Wanted("flink-sql-connector-kafka", ("pkg:maven/org.apache.flink/flink-sql-connector-kafka@5.0.0-2.2",)),
    Wanted(
        "flink-sql-avro-confluent-registry", ("pkg:maven/org.apache.flink/flink-sql-avro-confluent-registry@2.3.0",)
    ),
    Wanted("ecj", ("pkg:maven/org.eclipse.jdt/ecj@3.40.0",)),
)
EXCLUDE_ALL = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"


def pom(part: Wanted) -> str:
    """A throw-away Maven project that depends on the roots of ``part``."""
    dependencies = []
    for purl in map(PackageURL.from_string, part.purls):
        classifier = purl.qualifiers.get("classifier", "")
        dependencies.append(
            f"<dependency><groupId>{purl.namespace}</groupId><artifactId>{purl.name}</artifactId>"
            f"<version>{purl.version}</version><type>{purl.qualifiers.get('type', 'jar')}</type>"
            + (f"<classifier>{classifier}</classifier>" if classifier else "")
            + ("" if part.whole else EXCLUDE_ALL)
            + "</dependency>"
        )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>lock</groupId><artifactId>lock</artifactId><version>1</version>"
        f"<dependencies>{''.join(dependencies)}</dependencies></project>"
    )


def maven(part: Wanted, folder: Path) -> Iterator[tuple[str, Path]]:
    """Package URL and file of every jar of ``part``, found by the layout of a Maven repository."""
    (folder / "pom.xml").write_text(pom(part))
    out = folder / "out"
    command = ["mvn", "-B", "-q", "dependency:copy-dependencies", "-DincludeScope=runtime"]
    command += ["-Dmdep.useRepositoryLayout=true", f"-DoutputDirectory={out}"]
    subprocess.run(command, cwd=folder, check=True)
    for file in sorted(f for f in out.rglob("*") if f.suffix in {".jar", ".gz"}):
        *group, name, version, _ = file.relative_to(out).parts
        tail = file.name.removeprefix(f"{name}-{version}")
        kind = "tar.gz" if tail.endswith(".tar.gz") else "jar"
        classifier = tail.removesuffix(f".{kind}").removeprefix("-")
        qualifiers = {"classifier": classifier} if classifier else {}
        if kind != "jar":
            qualifiers["type"] = kind
        yield PackageURL("maven", ".".join(group), name, version, qualifiers or None).to_string(), file


def npm(part: Wanted, folder: Path) -> Iterator[tuple[str, Path]]:
    """Package URL and file of an npm package."""
    for text in part.purls:
        purl = PackageURL.from_string(text)
        subprocess.run(
            ["npm", "pack", "--silent", f"{purl.namespace}/{purl.name}@{purl.version}"], cwd=folder, check=True
        )
        yield text, next(folder.glob("*.tgz"))


def entry(part: Wanted, purl: str, file: Path) -> str:
    """One table of the lock."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    lines = ["[[part]]", f'name = "{part.name}"', f'purl = "{purl}"', f'sha256 = "{digest}"']
    lines.append(f"size = {file.stat().st_size}")
    if part.platform:
        lines.append(f'platform = "{part.platform}"')
    return "\n".join(lines) + "\n"


def main() -> None:
    """Resolve all parts and write the lock."""
    entries = ["# Written by `python -m infra.local.lock_parts`: every part of the embedded stack, by package URL.\n"]
    for part in WANTED:
        with tempfile.TemporaryDirectory() as folder:
            resolve = npm if part.purls[0].startswith("pkg:npm/") else maven
            entries += [entry(part, purl, file) for purl, file in resolve(part, Path(folder))]
    LOCK.write_text("\n".join(entries))


if __name__ == "__main__":
    main()
