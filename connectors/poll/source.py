"""The rows of a query, in chunks, in constant memory."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

import polars as pl
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from connectors.mapping.draft import ROW
from connectors.mapping.spec import Source
from connectors.poll.cursor import Cursor
from connectors.poll.errors import PollError


class Database:
    """One database. Its address never prints."""

    def __init__(self, source: Source, sources: dict[str, SecretStr]) -> None:
        """Take the address of that name.

        Raises:
            PollError: there is none, it is none, or its driver is not installed.
        """
        self._source = source
        address = sources.get(source.database)
        variable = f"CROSSBEAT_SOURCES__{source.database.upper()}"
        if address is None:
            raise PollError(f'no address of the database "{source.database}": set {variable}, as in docs/districts.md')
        try:
            # Parameters are hidden too: an error would else quote what the query compares with.
            self._engine: Engine = create_engine(address.get_secret_value(), hide_parameters=True, pool_pre_ping=True)
        except (ArgumentError, ValueError):
            # Their words may quote the address.
            raise PollError(f"{variable} is no address such as postgresql+psycopg://user:password@host/name") from None
        except NoSuchModuleError:
            raise PollError(
                f"{variable} begins with a kind of database that is not known: see docs/districts.md"
            ) from None
        except ModuleNotFoundError as error:
            raise PollError(f"the driver {error.name} is not installed: pip install it beside crossbeat") from error

    def rows(
        self, since: Cursor, heading: Callable[[list[str]], None]
    ) -> Iterator[tuple[pl.DataFrame, Sequence[object]]]:
        """The query's rows after ``since`` in chunks, each with its cursors; numbered from 1.

        ``heading`` is told the columns before the first row.

        Raises:
            PollError: the database does not answer, or refuses the query, or its rows have no such column.
        """
        number = 0
        with _said(), self._engine.connect() as connection:
            options = {"stream_results": True, "yield_per": self._source.batch_rows}
            result = connection.execution_options(**options).execute(text(self._source.query), {"since": since})
            columns = list(result.keys())
            if self._source.cursor not in columns:
                raise PollError(f"the query gives no column {self._source.cursor}: see source.cursor")
            heading(columns)
            at = columns.index(self._source.cursor)
            for part in result.partitions(self._source.batch_rows):
                values = list(zip(*part, strict=True))
                frame = pl.DataFrame([_column(name, value) for name, value in zip(columns, values, strict=True)])
                rows = pl.int_range(number + 1, number + 1 + frame.height, dtype=pl.Int64, eager=True)
                yield frame.with_columns(rows.alias(ROW)), values[at]
                number += frame.height

    def close(self) -> None:
        """Close its connections."""
        self._engine.dispose()


@contextmanager
def _said() -> Iterator[None]:
    """The database's errors as :class:`PollError`, by the driver's own words: SQLAlchemy adds query and parameters."""
    try:
        yield
    except DBAPIError as error:
        words = " ".join(str(error.orig).split())[:300]
        raise PollError(f"the database says: {words or type(error.orig).__name__}") from None
    except SQLAlchemyError as error:
        raise PollError(f"the query cannot be run ({type(error).__name__}): see source.query") from None


def _column(name: str, values: Sequence[object]) -> pl.Series:
    """A column as text, whatever its type: so a value reads the same in every chunk, and a changed one is told."""
    return pl.Series(name, [None if value is None else _text(value) for value in values], dtype=pl.String)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return str(value)
