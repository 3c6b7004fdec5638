"""Write a simulated city: records in the order in which they arrive, the districts, and the truth.

``districts/<district>.{toml,geojson}``  as ``streams.districts`` reads them
``records/<district>/<type>.jsonl``      one record a line (or ``.avro``), in the order of arrival; times are UTC ms
``arrivals.csv``                         the order of all: when (UTC ms), district and type of the next line of its file
``truth.json``                           what was planted, and what was done wrong on purpose
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Any

import fastavro

from connectors.simulate.world import Item, Record, World
from schemas import contracts
from streams import districts

Progress = Callable[[int, int], None]
EVERY = 2_000
# A fixed mark between an Avro file's blocks, where the library would draw one: files are the same to the byte.
SYNC = b"crossbeat-simula"


class FolderInUse(ValueError):
    """The folder holds something else, which is not overwritten."""


class Format(StrEnum):
    """How records are written."""

    jsonl = "jsonl"
    avro = "avro"


def write(world: World, folder: Path, form: Format = Format.jsonl, progress: Progress = lambda *_: None) -> None:
    """Write all of it into a folder, which is made. ``progress`` is told how many of how many are written.

    Raises:
        FolderInUse: the folder holds something that is no simulated city.
    """
    _clear(folder)
    # A stable order also where two arrive in one millisecond.
    world.sent.sort(key=lambda sent: (sent.arrived_at, sent.record["record_id"], sent.record["revision"]))
    _districts(world, folder / "districts")
    if form is Format.jsonl:
        _json(world, folder, progress)
    else:
        _avro(world, folder, progress)
    text = json.dumps(truth(world), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")


def truth(world: World) -> Record:
    """The truth as it is written: each planted item with ``known_from``, when it could first be known (UTC ms)."""
    arrived: dict[str, int] = {}
    counts: dict[str, int] = defaultdict(int)
    for sent in world.sent:
        arrived[sent.record["record_id"]] = min(sent.arrived_at, arrived.get(sent.record["record_id"], sent.arrived_at))
        counts[sent.kind] += 1
    plan = world.plan
    return {
        "seed": plan.seed,
        "start_ms": world.start_ms,
        "end_ms": world.end_ms,
        "districts": list(world.city.names),
        "counts": dict(counts),
        **{name: [_known(item, arrived) for item in items] for name, items in world.truth.items()},
    }


def _known(item: Item, arrived: dict[str, int]) -> Item:
    if "needs" not in item:
        return item
    rest = {name: value for name, value in item.items() if name not in {"needs", "not_before"}}
    if not item["needs"]:
        return rest
    moments = sorted(arrived[one] for one in item["records"])
    return rest | {"known_from": max(moments[item["needs"] - 1], item.get("not_before", 0))}


def _clear(folder: Path) -> None:
    """Make the folder; take an earlier city out of it, and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / "arrivals.csv").exists():
        raise FolderInUse(f"{folder} is not empty and holds no simulated city: give another folder")
    for name in ("records", "districts"):
        if (folder / name).exists():
            shutil.rmtree(folder / name)


def _districts(world: World, folder: Path) -> None:
    for name, area in zip(world.city.names, world.city.areas, strict=True):
        districts.join(folder, name, f"Simulated district {name[-2:]}", area)
    (folder / ".lock").unlink()


def _json(world: World, folder: Path, progress: Progress) -> None:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with ExitStack() as stack:
        files: dict[tuple[str, str], Any] = {}
        order = stack.enter_context((folder / "arrivals.csv").open("w", encoding="utf-8"))
        order.write("arrived_at,district,record_type\n")
        for number, sent in enumerate(world.sent, 1):
            key = (sent.district, sent.kind)
            if key not in files:
                path = folder / "records" / sent.district / f"{sent.kind}.jsonl"
                path.parent.mkdir(parents=True, exist_ok=True)
                files[key] = stack.enter_context(path.open("w", encoding="utf-8"))
            files[key].write(encode(sent.record) + "\n")
            order.write(f"{sent.arrived_at},{sent.district},{sent.kind}\n")
            if number % EVERY == 0 or number == len(world.sent):
                progress(number, len(world.sent))


def _avro(world: World, folder: Path, progress: Progress) -> None:
    files: dict[tuple[str, str], list[Record]] = defaultdict(list)
    with (folder / "arrivals.csv").open("w", encoding="utf-8") as order:
        order.write("arrived_at,district,record_type\n")
        for sent in world.sent:
            files[sent.district, sent.kind].append(sent.record)
            order.write(f"{sent.arrived_at},{sent.district},{sent.kind}\n")
    done = 0
    for (district, kind), records in files.items():
        path = folder / "records" / district / f"{kind}.avro"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            schema = contracts.get(kind).avro("district")
            fastavro.writer(file, schema, records, codec="deflate", sync_marker=SYNC)
        done += len(records)
        progress(done, len(world.sent))
