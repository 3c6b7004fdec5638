"""A client of the ClickHouse server, for those who make or count what is in it."""

from __future__ import annotations

import logging
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError

from infra.provision.errors import ProvisionError, first_words
from streams.settings import Settings

# What it cannot send it raises; that it logs the same beside is of no use to who runs a command.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())


def connect(settings: Settings, account: str = "", **options: Any) -> Client:
    """A client with the platform's account, or that one where it is known; ``options`` over those of the settings.

    Raises:
        ProvisionError: the server refused or did not answer.
    """
    try:
        return clickhouse_connect.get_client(**settings.clickhouse.client(account=account) | options)
    except ClickHouseError as error:
        words = "see `crossbeat status`, or the address in the settings"
        raise ProvisionError(f"the store does not answer: {first_words(error)}: {words}") from error


def away(error: BaseException) -> bool:
    """Whether the server was not reached at all, rather than refused something."""
    return isinstance(error.__cause__ if isinstance(error, ProvisionError) else error, OperationalError)
