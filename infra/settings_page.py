"""Render docs/settings.md from the settings themselves, so that none goes undocumented: ``make accept`` renews it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from streams.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
INTERNAL = "parts"  # told by `crossbeat up` to the workers, set by nobody
HEAD = """# Settings

Rendered from `streams/settings.py` by `make accept`; do not edit.

The first place that says something wins: the environment, `.env`, `crossbeat.toml` in the working directory, then what
the running stack told (`<data>/run/endpoints.json`). In `crossbeat.toml` a section is a table: `[kafka]`, then
`bootstrap = "…"`. An address that is set is used, and its embedded counterpart is not started. Passwords never print.
"""


def rows(model: type[BaseModel], prefix: str = "CROSSBEAT_") -> Iterator[tuple[str, FieldInfo]]:
    """Each setting's environment variable and field, those of a section after it."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from rows(kind, f"{prefix}{name.upper()}__")
        elif name != INTERNAL:
            yield f"{prefix}{name.upper()}", field


def render() -> str:
    """The page: one table a section."""
    lines = [HEAD]
    section = ""
    for variable, field in rows(Settings):
        head = variable.removeprefix("CROSSBEAT_").rpartition("__")[0].lower() or "all"
        if head != section:
            section = head
            lines += [f"\n## {section}\n", "| variable | default | meaning |", "|---|---|---|"]
        default = "" if "password" in variable.lower() else str(field.get_default())
        shown = f"`{default}`" if field.default_factory is None and default else ""
        lines.append(f"| `{variable}` | {shown} | {field.description or ''} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render())
