"""The reference page of a contract and of a code list, in Markdown: what a district reads when it joins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby

from schemas import rules
from schemas.codes import CodeList
from schemas.contract import Contract, Field, Topic
from schemas.errors import ContractError

MADE = "<!-- Rendered from schemas/ by `make accept`; change it there. -->\n\n"


def index(contracts: Iterable[Contract]) -> str:
    """The list of all reference pages."""
    rows = [[f"[{c.title}]({c.name}.md)", _first(c.doc), ", ".join(_topics(c))] for c in contracts]
    return (
        f"{MADE}# Reference\n\nEvery record type, field by field. Every value on a topic is Confluent Avro; its schema "
        "is looked up in the registry, never registered by whoever writes.\n\n"
        + _table(["Record", "What it says", "Topics"], rows)
        + "\nCode lists: [codes/](codes/).\n"
    )


def page(contract: Contract) -> str:
    """The reference page of one record type."""
    last = contract.stages[-1]
    sections = [f"{MADE}# {contract.title}\n\n{contract.doc}\n", _example(contract), _where(contract)]
    for part, fields in groupby(contract.fields(last), key=lambda field: field.part):
        title = contract.part_titles[part] if part else contract.title
        sections.append(f"## {title}\n\n" + _table(["Field", "Type", "What it is", "Allowed"], map(_row, fields)))
    if between := rules.of(contract):
        sections.append("## Between fields\n\n" + "\n".join(f"- {rule.words}" for rule in between) + "\n")
    return "\n".join(sections)


def code_page(codes: CodeList) -> str:
    """The reference page of one code list."""
    several = {"category": "Category", "nibrs": "NIBRS", "todo": "What to do next"}
    shown = [key for key in several if any(getattr(code, key) for code in codes.codes.values())]
    rows = [
        [f"`{name}`", code.name, *(str(getattr(code, key) or "") for key in shown)]
        for name, code in codes.codes.items()
    ]
    head = ["Code", "Meaning", *(several[key] for key in shown)]
    return f"{MADE}# {codes.title}\n\n{codes.doc}\n\n" + _table(head, rows)


def allowed(field: Field, links: bool = True) -> str:
    """What values a field may have, in a few words; in Markdown with ``links`` to the code lists, or plain."""
    notes = field.notes
    said = []
    if notes.code_list:
        said.append("a code of " + (f"[{notes.code_list}](codes/{notes.code_list}.md)" if links else notes.code_list))
    if notes.minimum is not None or notes.maximum is not None:
        said.append(_range(notes.minimum, notes.maximum))
    if notes.min_length or notes.max_length:
        unit = "bytes" if field.kind == "bytes" else "characters"
        said.append(f"{_range(notes.min_length, notes.max_length)} {unit}")
    if notes.pattern:
        said.append(f"`{notes.pattern}`" if links else notes.pattern)
    if notes.earliest:
        said.append(f"not before {notes.earliest:%Y-%m-%d}")
    if notes.latest:
        said.append("not in the future")
    if field.array and (notes.min_items or notes.max_items):
        said.append(f"{_range(notes.min_items, notes.max_items)} items")
    return "; ".join(said)


def type_name(field: Field) -> str:
    """The type of a field for people, with its unit."""
    name = f"array of {field.kind}" if field.array else field.kind
    unit = f", {field.notes.unit}" if field.notes.unit else ""
    return f"{name}{unit}" + (", or null" if field.nullable else "")


def _row(field: Field) -> list[str]:
    return [f"`{field.name}`", type_name(field), field.doc.replace("<", "&lt;"), allowed(field)]


def _range(low: float | None, high: float | None) -> str:
    if high is None:
        return f"at least {low:,g}"
    return f"at most {high:,g}".replace("e+06", " million") if low is None else f"{low:,g} to {high:,.15g}"


def _where(contract: Contract) -> str:
    rows = []
    for stage in contract.stages:
        topic, notes = _topic(contract, stage), contract.stage(stage)
        kept = _days(notes.retention_days) if notes.retention_days else "for ever, the last of each key"
        rows.append([f"`{topic.name}`", f"`{notes.subject}`", f"`{':'.join(notes.key)}`", kept, notes.doc])
    text = "## Where it is\n\n" + _table(["Topic", "Subject", "Key", "Kept", "What it holds"], rows)
    if contract.storage:
        text += (
            f"\nLanded in the table `{contract.storage.table}`, where the highest `{contract.storage.version}` of a "
            f"record counts (read it with `FINAL`), for {contract.storage.retention_days} days.\n"
        )
        if contract.storage.leave_out:
            text += f"Never landed: {', '.join(f'`{name}`' for name in contract.storage.leave_out)}.\n"
    return text


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _example(contract: Contract) -> str:
    first = contract.stages[0]
    example = {field.name: field.notes.example for field in contract.fields(first)}
    shown = json.dumps(example, indent=2, ensure_ascii=False)
    return f"```json\n{shown}\n```\n\nTimes are shown as ISO 8601; on a topic they are UTC milliseconds.\n"


def _topic(contract: Contract, stage: str) -> Topic:
    try:
        return contract.topic(stage)
    except ContractError:
        return contract.topic(stage, "<district>")


def _topics(contract: Contract) -> list[str]:
    return [f"`{_topic(contract, stage).name}`" for stage in contract.stages]


def _first(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].rstrip(".") + "."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
