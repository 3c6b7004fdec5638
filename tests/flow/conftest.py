"""The one trial of a test session: a process can start Flink's JVM once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs.trial import Trial


@pytest.fixture(scope="session")
def trial(request: pytest.FixtureRequest) -> Iterator[Trial]:
    """One JVM for all; compiled are the patterns whose cases were chosen, and those a module names in ``TRIES``."""
    parts.ensure(FLINK_JARS)
    with Trial(sorted({name for item in request.session.items for name in _patterns(item)})) as ready:
        yield ready


def _patterns(item: Any) -> list[str]:
    case = dict(item.callspec.params).get("case") if hasattr(item, "callspec") else None
    return [*getattr(item.module, "TRIES", ()), *([case.parents[1].name] if isinstance(case, Path) else [])]
