"""The command as people meet it: what it prints, and that a mistake is a line and not a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from edge_maps import PLAIN
from typer.testing import CliRunner

from infra.cli import app

ROWS = "number,when,kind,lat,lon\n1,2024-01-02,B&E,43,-79\n2,2024-01-01,B&E,43,-79\n3,2024-01-03,Arson,43,-79\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "m.toml").write_text(PLAIN)
    (tmp_path / "f.csv").write_text(ROWS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_rehearsal_reports() -> None:
    done = CliRunner().invoke(app, ["backfill", "f.csv", "--mapping", "m.toml", "--dry-run"])
    assert done.exit_code == 0, done.output
    assert "2 would be published, 1 rejected" in done.output
    assert "row 3: Arson" in done.output
    assert "1 records stand behind a later one, by up to 1.0 days" in done.output
    assert "--sort publishes in order" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone.csv", "--mapping", "m.toml", "--dry-run"], "gone.csv: no such file"),
        (["f.csv", "--mapping", "gone.toml", "--dry-run"], "gone.toml: cannot be read"),
        (["f.csv", "--mapping", "m.toml", "--areas", "gone.geojson", "--dry-run"], "see districts.areas or --areas"),
        (["f.csv", "--mapping", "m.toml"], "start one with `crossbeat up`"),
        (["f.csv", "--mapping", "m.toml", "--rate", "1", "--speed", "1"], "give --rate or --speed, not both"),
    ],
)
def test_mistakes_are_a_line(folder: Path, arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["backfill", *arguments])
    assert done.exit_code in {1, 2}
    assert said in done.output
    assert not isinstance(done.exception, Exception) or isinstance(done.exception, SystemExit)
    assert not (folder / "data" / "districts").exists(), "no district joins by a mistake"
