"""Data docs: a page for each of the last runs, and an index, as plain files in a folder.

Results come here with every value taken out, so the pages hold counts and names of expectations only.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)

SITE = "quality"
RUNS_KEPT = 60


class Docs:
    """The site in `folder`; `index` is where to look first."""

    def __init__(self, context: AbstractDataContext, folder: Path) -> None:
        self.index = folder / "index.html"
        self._context = context
        self._kept: deque[ValidationResultIdentifier] = deque()
        for name in list(context.list_data_docs_sites()):
            context.delete_data_docs_site(name)
        context.add_data_docs_site(
            SITE,
            {
                "class_name": "SiteBuilder",
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "show_cta_footer": False},
            },
        )

    def add(self, suite: str, run_id: str, result: Any) -> None:
        """Keep a result for the next build; the oldest goes when there are more than :data:`RUNS_KEPT`."""
        key = ValidationResultIdentifier(
            expectation_suite_identifier=ExpectationSuiteIdentifier(name=suite),
            # A colon in the name of a file is not allowed everywhere.
            run_id=RunIdentifier(run_name=run_id.replace(":", "-")),
            batch_identifier=suite,
        )
        self._context.validation_results_store.set(key, result)
        self._kept.append(key)
        if len(self._kept) > RUNS_KEPT:
            self._context.validation_results_store.remove_key(self._kept.popleft())  # type: ignore[no-untyped-call]

    def build(self) -> Path:
        """Write the pages; where to look first."""
        self._context.build_data_docs(site_names=[SITE])
        return self.index
