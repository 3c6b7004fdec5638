"""Run a contract's suite on a frame, and say what failed: which expectation, how many rows, and their ids.

Great Expectations takes six seconds to import, so this module is imported only by the worker, once.
"""

from __future__ import annotations

import os

# Before the import: the library reads it once.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

from dataclasses import dataclass
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuite
from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig

from connectors.quality.window import stored
from schemas.contract import Contract
from schemas.render import quality

IDS_KEPT = 1_000
# What of a result may be kept: counts. All else of it lists the values that failed.
COUNTS = frozenset({"element_count", "missing_count", "missing_percent", "unexpected_count", "unexpected_percent"})
COUNTS |= {"unexpected_percent_total", "unexpected_percent_nonmissing"}


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that did not hold; ids are sorted and at most :data:`IDS_KEPT`."""

    expectation: str
    field: str | None
    failed_rows: int
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found. `result` is the library's own, with every value taken out."""

    failures: tuple[Failure, ...]
    failed_ids: frozenset[str]
    result: Any


class Suite:
    """The expectations of one contract, ready to be held against frames of its table."""

    def __init__(self, context: AbstractDataContext, contract: Contract) -> None:
        self.contract = contract
        rendered = quality.suite(contract)
        self.name: str = rendered["name"]
        self._id = contract.stage(stored(contract).stage).key[0]
        self._suite = context.suites.add_or_update(ExpectationSuite(**rendered))
        asset = context.data_sources.pandas_default.add_dataframe_asset(self.name)
        self._batch = asset.add_batch_definition_whole_dataframe("landed")

    def check(self, frame: Any) -> Outcome:
        """Hold the frame against every expectation."""
        result = self._batch.get_batch(batch_parameters={"dataframe": frame}).validate(
            self._suite,
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [self._id]},
        )
        failures, failed = [], set()
        for one in result.results:
            if not one.success:
                ids = {str(row[self._id]) for row in one.result.get("unexpected_index_list") or ()}
                failed |= ids
                failures.append(failure(one, ids))
            one.result = {key: value for key, value in one.result.items() if key in COUNTS}
        return Outcome(tuple(sorted(failures, key=lambda found: found.expectation)), frozenset(failed), result)


def failure(one: Any, ids: set[str]) -> Failure:
    """A failed result as our own value, with no value of the table in it."""
    kwargs = one.expectation_config.kwargs
    fields = [kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs]
    return Failure(
        expectation=f"{one.expectation_config.type}({', '.join(fields)})",
        field=kwargs.get("column"),
        # An expectation of the table as a whole counts no rows.
        failed_rows=int(one.result.get("unexpected_count") or 0),
        record_ids=tuple(sorted(ids)[:IDS_KEPT]),
    )


def context() -> AbstractDataContext:
    """A context in memory: suites come from the contracts each time, so there is nothing to keep."""
    made = gx.get_context(mode="ephemeral")
    made.variables.progress_bars = ProgressBarsConfig(globally=False)
    return made
