"""Publish the files that appear in a folder: each once it is whole, once, and bad ones set aside with the reason.

:class:`Watcher` does it; ``crossbeat watch`` is the command. What a restart must know is in two files in the
data folder: the files seen (:mod:`connectors.watch.seen`), and what each
record was published as (:mod:`connectors.backfill.kept`).
"""

from connectors.watch.options import Options
from connectors.watch.watcher import Outcome, Watcher

__all__ = ["Options", "Outcome", "Watcher"]
