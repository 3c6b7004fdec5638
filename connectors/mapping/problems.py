"""The one exception of a mapping, and the words by which it names the nearest thing that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MappingError(ValueError):
    """A mapping, or a file under it, that cannot be used at all. The message names the key and what to change."""


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean "x"?`` for the likeliest of the known names, or a list of them when none is like it."""
    names = sorted(known)
    folded = {other.casefold(): other for other in names}
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.55)
    if found:
        return f'; did you mean "{folded[found[0]]}"?'
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return f"; known: {shown}" if names else ""
