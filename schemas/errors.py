"""What can go wrong with a contract.

``ContractError``
    a contract file says something that it cannot mean: an unknown annotation, a code list that is not there.
    ``IncompatibleError``
        a changed contract would break a reader or a writer of a released version.
"""

from __future__ import annotations


class ContractError(Exception):
    """A contract file cannot be used; the message names the file, the field and what to do."""


class IncompatibleError(ContractError):
    """A changed contract does not go with a released version of itself."""
