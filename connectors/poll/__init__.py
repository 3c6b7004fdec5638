"""Publish the rows of a district's database, by asking it again and again for what is newer than a cursor.

:class:`Poller` does it; ``crossbeat poll`` is the command. The cursor and what each record was published as are kept in
one file in the data folder (:mod:`connectors.backfill.kept`); see infra/decisions/0122.

    PollError               the database or the query does not work: the message says why, never the address
"""

from connectors.poll.errors import PollError
from connectors.poll.poller import Pass, Poller, rehearse

__all__ = ["Pass", "PollError", "Poller", "rehearse"]
