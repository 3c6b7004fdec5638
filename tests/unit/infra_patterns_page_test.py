"""docs/patterns.md is what the patterns say of themselves."""

from __future__ import annotations

from infra import patterns_page


def test_the_page_is_what_the_patterns_render() -> None:
    assert patterns_page.PAGE.read_text() == patterns_page.render(), "run `make accept` and read the difference"
