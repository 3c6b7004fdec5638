"""``python -m schemas.accept``: render every contract anew, and release what changed.

The rendered files are committed, so that a change of a contract shows in review as what it does to topics, tables and
the reference pages. A test compares them with what would be rendered now.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from schemas import codes, contracts, released
from schemas.contract import Contract
from schemas.errors import ContractError
from schemas.render import clickhouse, docs, flink, kafka, quality

ROOT = Path(__file__).parent.parent
DATABASE = "crossbeat"


def rendered() -> dict[Path, str]:
    """Every rendered file, relative to the root of the repository, and its text."""
    files: dict[Path, str] = {}
    for contract in contracts.all():
        files |= _contract(contract)
    reference = Path("docs") / "reference"
    files |= {reference / "codes" / f"{name}.md": docs.code_page(codes.get(name)) for name in codes.names()}
    files[reference / "README.md"] = docs.index(contracts.all())
    return files


def _contract(contract: Contract) -> dict[Path, str]:
    folder = Path("schemas") / "rendered" / contract.name
    files = {
        folder / "topics.json": _json(kafka.document(contract)),
        Path("docs") / "reference" / f"{contract.name}.md": docs.page(contract),
    }
    for stage in contract.stages:
        files[folder / f"{stage}.flink.sql"] = (
            flink.table(
                contract,
                stage,
                name=f"{contract.name}_{stage}",
                bootstrap="${bootstrap}",
                registry="${registry}",
                district="${district}",
                sink=len(contract.stage(stage).key) == 1,
            )
            + ";\n"
        )
    if contract.storage:
        files[folder / "table.clickhouse.sql"] = clickhouse.table(contract, DATABASE) + ";\n"
        files[folder / "quality.json"] = _json(quality.suite(contract))
    return files


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def accept(root: Path = ROOT) -> list[str]:
    """Write all rendered files, delete those that nothing renders, release changed contracts.

    Returns:
        A line for each file that changed.

    Raises:
        IncompatibleError: a changed contract does not go with a released version; then nothing was written.
    """
    stages = [(contract, stage) for contract in contracts.all() for stage in contract.stages]
    for contract, stage in stages:
        released.check(contract, stage)
    changes = [f"released {path.relative_to(root)}" for c, s in stages if (path := released.release(c, s))]
    files = rendered()
    for name, text in files.items():
        path = root / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changes.append(f"rendered {name}")
    for path in orphans(root, files):
        path.unlink()
        changes.append(f"deleted {path.relative_to(root)}")
    return changes


def orphans(root: Path, files: dict[Path, str]) -> list[Path]:
    """Files in the folders of rendered files that nothing renders any more."""
    found = [
        path for top in ("schemas/rendered", "docs/reference") for path in (root / top).rglob("*") if path.is_file()
    ]
    return [path for path in found if path.relative_to(root) not in files]


def main() -> int:
    """Run it and say what changed."""
    try:
        changes = accept()
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(changes) or "nothing changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
