"""Render docs/patterns.md from each ``pattern.toml``, so that none goes undocumented: ``make accept`` renews it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from jobs import pattern
from jobs.pattern import Pattern, Table

PAGE = Path(__file__).parents[1] / "docs" / "patterns.md"
HEAD = """# Patterns

Rendered from `jobs/patterns/*/pattern.toml` by `make accept`; do not edit. `crossbeat pattern list` and `explain` say
the same at a terminal, `crossbeat pattern try` runs one on records of yours; `crossbeat evaluate` measures them.

Settings are changed under `patterns.<name>` of the settings, those that may differ for two neighbouring districts also
under `patterns.<name>."north~south"`: in `crossbeat.toml`

```toml
[patterns.linked_incidents]
days = 10
[patterns.linked_incidents."north~south"]
metres = 250
```
"""


def render() -> str:
    """The page: one section a pattern."""
    return "\n".join([HEAD, *(line for name in pattern.names() for line in _section(pattern.load(name)))]) + "\n"


def _section(one: Pattern) -> Iterator[str]:
    yield f"## {one.title}\n\n`{one.name}` ([folder](../jobs/patterns/{one.name}))\n"
    yield f"**Finds.** {one.finds.strip()}\n"
    yield f"**Tells.** {one.recipients.strip()}\n"
    if one.alert:
        said = one.alert
        category = f", category {said.category}" if said.category else ", category as its incidents"
        yield (
            f"**Alert.** {said.event}: severity {said.severity}, urgency {said.urgency}, certainty {said.certainty}"
            f"{category}.\n"
        )
    yield f"**Reads** {_tables(one.reads.values()) or 'all that is delivered'}.\n"
    if one.writes:
        yield f"**Writes** {_tables(one.writes.values())}.\n"
    yield f"**Runbook.** {one.runbook.strip()}\n"
    if one.settings:
        yield "| setting | default | allowed | by pair | meaning |\n|---|---|---|---|---|"
        for name, setting in one.settings.items():
            pair = "yes" if setting.by_pair else ""
            about = setting.about.replace("|", "\\|").replace("\n", " ")
            shown = " ".join(str(setting.value).split()).replace("|", "\\|")
            anew = " Changed, the pattern begins anew." if setting.begins_anew else ""
            yield f"| `{name}` | `{shown}` | {setting.allowed} | {pair} | {about}{anew} |"
        yield ""


def _tables(tables: Iterable[Table]) -> str:
    contracts = dict.fromkeys(table.contract for table in tables)
    return ", ".join(f"[{name}](reference/{name}.md)" for name in contracts)


if __name__ == "__main__":
    PAGE.write_text(render())
