"""What the commands share that publish a district's data: the running stack, its topics, what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from connectors.mapping import Mapping
    from streams.settings import Settings


def running() -> Settings:
    """The settings of the running stack.

    Raises:
        connectors.backfill.BackfillError: there is none.
    """
    from connectors.backfill import BackfillError
    from streams import settings

    found = settings.load()
    if not found.kafka.bootstrap or not found.registry.url:
        raise BackfillError("no stack is running here: start one with `crossbeat up`, or see --dry-run")
    return found


def prepare(mapping: Mapping, settings: Settings) -> None:
    """Let the districts of a mapping join, and make their topics and accounts.

    With a district's own account nothing is made: it has joined, or it would have no account.

    Raises:
        streams.districts.BadDistrict: a name or an area cannot be one.
        infra.provision.ProvisionError: the broker refused.
    """
    from connectors.backfill import join_districts
    from connectors.backfill.account import own_login
    from infra.provision import ensure_district

    if own_login(mapping, settings) is not None:
        return
    joined = join_districts(mapping, settings.districts)
    ensure_district(settings, *(district.name for district in joined))


@contextmanager
def problems() -> Iterator[None]:
    """Exit with a line for whatever the packages raise."""
    import httpx

    from connectors.backfill import BackfillError
    from connectors.mapping import MappingError
    from infra.provision import ProvisionError
    from streams.districts import BadDistrict
    from streams.registry import SchemaNotRegistered

    errors = Console(stderr=True, soft_wrap=True)
    try:
        yield
    except (MappingError, BackfillError, BadDistrict, SchemaNotRegistered, ProvisionError) as error:
        errors.print(f"[red]{escape(str(error))}", highlight=False)
        raise typer.Exit(1) from error
    except httpx.HTTPError as error:
        errors.print(
            f"[red]the registry does not answer: {escape(str(error))}; see `crossbeat status`", highlight=False
        )
        raise typer.Exit(1) from error
    except OSError as error:
        errors.print(f"[red]{escape(str(error))}", highlight=False)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        errors.print("stopped; what was committed stays, the same command goes on from there")
        raise typer.Exit(130) from None
