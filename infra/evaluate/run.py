"""The evaluation's course: city by city, pattern by pattern, on one mini-cluster."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from connectors.simulate import Plan
from infra.evaluate.detect import Runs
from infra.evaluate.gated import city
from infra.evaluate.score import Outcome, Truth, outcome
from infra.evaluate.summary import Summary, summarise
from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import pattern
from jobs.pattern import PatternError
from jobs.trial import Trial
from streams import settings


def evaluate(plans: Sequence[Plan], names: Sequence[str] | None, say: Callable[[str], None]) -> list[Summary]:
    """Measure patterns (by default all that have a truth to be held to) on each city; ``say`` is told of the course.

    Raises:
        PatternError: a name that is no pattern, or one that nothing was planted for.
        TrialFailed: a pattern failed.
    """
    truths = {name: truth for name in names or pattern.names() if (truth := _truth(name, bool(names))) is not None}
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    parts.ensure(FLINK_JARS)
    with Trial() as trial:
        for plan in plans:
            began = time.monotonic()
            made = city(plan)
            say(f"seed {plan.seed}: {len(made.lines):,} records through the gate in {time.monotonic() - began:.0f} s")
            runs = Runs(trial, settings.load(), made.lines, made.end_ms)
            for name, truth in truths.items():
                began = time.monotonic()
                raised, arrivals = runs.alerts(name)
                found = outcome(name, truth, raised, arrivals, made)
                outcomes[name].append(found)
                hits = sum(item.found for item in found.items)
                say(
                    f"seed {plan.seed}: {name} found {hits} of {len(found.items)}, {found.alerts} alerts, "
                    f"{found.a_week:.2f} false a district-week, {time.monotonic() - began:.0f} s"
                )
    return [summarise(each) for each in outcomes.values()]


def _truth(name: str, asked: bool) -> Truth | None:
    if name not in pattern.names():
        raise PatternError(f"no pattern {name}: there are {', '.join(pattern.names())}")
    truth = Truth.of(name)
    if truth is None and asked:
        raise PatternError(f"pattern {name} has no truth.py: nothing is planted for it")
    return truth
