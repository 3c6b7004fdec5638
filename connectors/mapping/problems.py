"""The one exception of a mapping."""

from __future__ import annotations


class MappingError(ValueError):
    """A mapping, or a file under it, that cannot be used at all. The message names the key and what to change."""
