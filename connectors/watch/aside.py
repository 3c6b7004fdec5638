"""Move a file that is done or refused out of the way, within the folder, taking no other's place."""

from __future__ import annotations

from itertools import count
from pathlib import Path

DONE, REFUSED = "done", "refused"


def move_done(path: Path) -> Path:
    """Move the file to ``done/``; where it is now."""
    return path.rename(_free(path.parent / DONE, path))


def move_refused(path: Path, reason: str) -> Path:
    """Move the file to ``refused/``, with the reason in a text file beside it; where it is now."""
    place = _free(path.parent / REFUSED, path)
    place.with_name(f"{place.name}.reason.txt").write_text(f"{reason}\n", encoding="utf-8")
    return path.rename(place)


def _free(folder: Path, path: Path) -> Path:
    """A name in the folder that nothing has: the file's own, or with a number."""
    folder.mkdir(exist_ok=True)
    names = (path.name if number == 1 else f"{path.stem}-{number}{path.suffix}" for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())
