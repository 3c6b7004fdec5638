"""Which alerts a group was shown, in a file beside its other state: one identifier a line, appended.

A Faust table would do it in the broker, and was tried: as it recovers, Faust fetches, clears and seeks at once, and in
one restart of four a message was lost (decision 0062). A torn last line names no alert: that one is shown once more.
"""

from __future__ import annotations

from pathlib import Path


class Shown:
    """A set of identifiers that outlives the process; in memory only where it has no path."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: set[str] = set()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        if path is not None and path.exists():
            self._known = set(path.read_text().splitlines())

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._known

    def add(self, identifier: str) -> None:
        """Remember it, on disk before this returns."""
        if identifier in self._known:
            return
        self._known.add(identifier)
        if self._path is not None:
            with self._path.open("a") as file:
                file.write(f"{identifier}\n")
