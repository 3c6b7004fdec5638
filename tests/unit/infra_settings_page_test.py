"""No setting goes undocumented, and the page says what the code says."""

from __future__ import annotations

from infra import settings_page


def test_the_page_is_what_the_settings_render() -> None:
    assert settings_page.PAGE.read_text() == settings_page.render(), "run `make accept` and read the difference"


def test_every_setting_says_what_it_means() -> None:
    silent = [variable for variable, field in settings_page.rows(settings_page.Settings) if not field.description]
    assert silent == []
