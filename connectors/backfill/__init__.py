"""Publish a file's rows as records, each chunk in one Kafka transaction together with how far it got.

So the same file and mapping a second time changes nothing, and a run that was killed goes on where its last
transaction ended. :func:`run` does it, :func:`rehearse` only maps and reports.

    BackfillError           the run cannot go on: the message says why, and a later run goes on from there
"""

from connectors.backfill.districts import join_districts
from connectors.backfill.errors import BackfillError
from connectors.backfill.report import Report
from connectors.backfill.run import Options, State, check, rehearse, run

__all__ = ["BackfillError", "Options", "Report", "State", "check", "join_districts", "rehearse", "run"]
