"""The lines of a pattern's case, and among them records that one district may not see, which change no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jobs import pattern
from jobs.trial_lines import milliseconds, read
from schemas import contracts

CASES = sorted(file.parent for file in pattern.ROOT.glob("*/cases/*/given.jsonl"))
SHARED = ("shared", "result")
LINK = "link"
Line = dict[str, Any]


class Hidden(NamedTuple):
    """One record to hide: like which of the lines, whose, after how many more, how much earlier and further off."""

    like: float
    owner: float
    later: int
    minutes: int
    steps: int
    taken_back: bool


def readers(case: Path) -> list[str]:
    """The districts that own or may see something of a case."""
    return sorted({name for line in read(case / "given.jsonl") for name in _names(line)})


def _names(line: Line) -> Iterator[str]:
    record = line.get("record", {})
    yield from record.get("visible_to", ())
    yield from (record[name] for name in ("district", "a_district", "b_district") if name in record)


def among(lines: Sequence[Line], reader: str, events: dict[str, str], hidden: Sequence[Hidden]) -> list[Line]:
    """The lines, in their order, with records among them that the reader may not see.

    Args:
        lines: of a case.
        reader: the district that may not see what is added.
        events: the event time of each record type that has one.
        hidden: what is added. Each is somebody's whose clock has come as far, so that it moves none.
    """
    told: dict[int, list[Line]] = {}
    for number, one in enumerate(hidden):
        made = _made(lines, reader, events, number, one)
        if made is None:
            continue
        at, record = made
        told.setdefault(at, []).append(record)
        if one.taken_back and "revision" in record["record"]:
            told.setdefault(min(at + 1, len(lines) - 1), []).append(_stub(record))
    return [each for index, line in enumerate(lines) for each in (line, *told.get(index, ()))]


def shown(line: Line, reader: str) -> Line:
    """The line as it were if the reader might see it."""
    if ":hidden-" not in str(line):
        return line
    return line | {"record": line["record"] | {"visible_to": sorted({*line["record"]["visible_to"], reader})}}


def _made(
    lines: Sequence[Line], reader: str, events: dict[str, str], number: int, one: Hidden
) -> tuple[int, Line] | None:
    models = [index for index, line in enumerate(lines) if "type" in line and not line["record"].get("retracted")]
    model = models[int(one.like * len(models))]
    at = min(model + one.later, len(lines) - 1)
    newest: dict[str, int] = {}
    for line in lines[: at + 1]:
        if line.get("type") in events:
            owner, time = line["record"]["district"], milliseconds(line["record"][events[line["type"]]])
            newest[owner] = max(time, newest.get(owner, time))
    kind, record = lines[model]["type"], dict(lines[model]["record"])
    others = sorted(
        (set(newest) if kind in events else {n for line in lines for n in _names(line)} | {"east"}) - {reader}
    )
    if not others:
        return None
    owner = others[int(one.owner * len(others))]
    earlier = one.minutes * 60_000
    if kind in events:
        earlier += max(0, milliseconds(record[events[kind]]) - newest[owner])
    contract = contracts.get(kind)
    fields = {field.name: field for stage in SHARED if stage in contract.stages for field in contract.fields(stage)}
    if kind == LINK:  # of an incident that is known, whose facts are what they are, with one that is not
        record |= {"b_record_id": f"{owner}:hidden-{number}", "b_district": owner}
    for name, value in record.items():
        if value is None or name.startswith("a_"):
            continue
        if name in ("lat", "b_lat"):
            record[name] += one.steps * 0.0002
        elif fields[name].kind == "timestamp":
            record[name] = milliseconds(value) - earlier
    record |= {key: [] for key in record if key.startswith("prior_visible_to")}
    record["visible_to"] = sorted({owner, others[0]})
    key = next(name for name in ("record_id", "link_id", "rejection_id", "district") if name in fields)
    record |= {"district": owner} if "district" in fields else {}
    if key != "district":
        record[key] = f"{owner}:hidden-{number}"
    return at, {"type": kind, "record": record}


def _stub(line: Line) -> Line:
    record = line["record"]
    prior = {"retracted": True, "prior_visible_to": record["visible_to"], "prior_revision": record["revision"]}
    return {"type": line["type"], "record": record | prior | {"revision": record["revision"] + 1}}
