"""The published versions of each contract, and whether a changed one goes with all of them.

``released/<record>/<stage>/<version>.avsc`` holds what is, or was, registered: nothing there is ever edited. Data
written with any of them may still be in a topic, and readers with any of them may still run. So a new version must read
all that was written, and all that ran must read what it writes: FULL_TRANSITIVE, as the registry is told to hold too.
"""

from __future__ import annotations

from pathlib import Path

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from schemas.contract import Contract
from schemas.errors import IncompatibleError

FOLDER = Path(__file__).parent / "released"
MEND = (
    'a new field may be null and has "default": null; a field in use keeps its name and type; '
    "for any other change begin a new topic, such as v2"
)


def versions(contract: Contract, stage: str, folder: Path = FOLDER) -> list[str]:
    """Texts of the released schemas, oldest first; the last is the one in use."""
    return [path.read_text(encoding="utf-8").strip() for path in _files(contract, stage, folder)]


def current(contract: Contract, stage: str, folder: Path = FOLDER) -> bool:
    """Whether the contract, as it stands, is released."""
    return versions(contract, stage, folder)[-1:] == [contract.avro_json(stage)]


def release(contract: Contract, stage: str, folder: Path = FOLDER) -> Path | None:
    """Release the contract as it stands, as the next version.

    Returns:
        The new file; None where it was released already.

    Raises:
        IncompatibleError: it does not go with a released version.
    """
    if current(contract, stage, folder):
        return None
    check(contract, stage, folder)
    path = folder / contract.name / stage / f"{len(versions(contract, stage, folder)) + 1}.avsc"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(contract.avro_json(stage) + "\n", encoding="utf-8")
    return path


def check(contract: Contract, stage: str, folder: Path = FOLDER) -> None:
    """Hold the contract against every released version, both ways.

    Raises:
        IncompatibleError: naming the version, who cannot read whom, why, and what to do.
    """
    new = contract.avro_json(stage)
    for number, old in enumerate(versions(contract, stage, folder), start=1):
        for reader, writer, words in ((new, old, "cannot read version"), (old, new, "cannot be read by version")):
            why = incompatibility(reader, writer)
            if why:
                raise IncompatibleError(
                    f"{contract.name}, stage {stage}: as changed it {words} {number}: {why}: {MEND}"
                )


def incompatibility(reader: str, writer: str) -> str:
    """Why a reader with one schema cannot read what was written with another; empty where it can."""
    checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]
    result = checker.get_compatibility(avro.schema.parse(reader), avro.schema.parse(writer))
    if result.compatibility is SchemaCompatibilityType.compatible:
        return ""
    return "; ".join(sorted(str(message) for message in result.messages))


def _files(contract: Contract, stage: str, folder: Path) -> list[Path]:
    return sorted((folder / contract.name / stage).glob("*.avsc"), key=lambda path: int(path.stem))
