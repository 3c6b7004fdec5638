"""The one command line, ``crossbeat``. Each sub-command is a module of ``infra.commands`` with ``register(app)``.

A command imports what it needs when it runs: PyFlink and Great Expectations take seconds to import, and
``crossbeat --help`` must not.
"""

from __future__ import annotations

import importlib
import pkgutil

import typer

import infra.commands

app = typer.Typer(
    name="crossbeat",
    help="Neighbouring police districts share incidents and places across their borders.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)

for module in sorted(m.name for m in pkgutil.iter_modules(infra.commands.__path__)):
    importlib.import_module(f"infra.commands.{module}").register(app)


def main() -> None:
    """Entry point of the ``crossbeat`` script."""
    app()


if __name__ == "__main__":
    main()
