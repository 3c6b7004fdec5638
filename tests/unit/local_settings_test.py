"""Where settings come from, who wins, and that secrets stay secret."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from infra.local import endpoints
from streams.settings import Configured, Settings, load

PASSWORD = "do-not-print-me"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with nothing in it, and a data folder whose stack tells its endpoints."""
    monkeypatch.chdir(tmp_path)
    running = Configured(data_dir=tmp_path / "data", kafka={"bootstrap": "endpoints:1", "replication": 3})
    endpoints.publish(running)
    return tmp_path


def test_a_command_finds_the_running_stack(home: Path) -> None:
    assert load().kafka.bootstrap == "endpoints:1"
    assert Configured().kafka.bootstrap == "", "what to start is not told by what runs"


def test_each_source_wins_over_the_ones_behind_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "crossbeat.toml").write_text('[kafka]\nbootstrap = "toml:1"\n')
    assert Settings().kafka.bootstrap == "toml:1"
    (home / ".env").write_text("CROSSBEAT_KAFKA__BOOTSTRAP=dotenv:1\n")
    assert Settings().kafka.bootstrap == "dotenv:1"
    monkeypatch.setenv("CROSSBEAT_KAFKA__BOOTSTRAP", "environment:1")
    assert Settings().kafka.bootstrap == "environment:1"
    assert Settings(kafka={"bootstrap": "argument:1"}).kafka.bootstrap == "argument:1"
    assert Settings().kafka.replication == 3, "what a nearer source leaves unsaid comes from a farther one"


def test_the_data_folder_decides_which_endpoints(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSBEAT_DATA_DIR", str(home / "other"))
    assert Settings().kafka.bootstrap == ""
    assert Settings(data_dir=home / "data").kafka.bootstrap == "endpoints:1"


def test_secrets_never_print(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAFKA__PASSWORD", "REGISTRY__PASSWORD", "CLICKHOUSE__PASSWORD", "CLICKHOUSE__ANALYST_PASSWORD"):
        monkeypatch.setenv(f"CROSSBEAT_{name}", PASSWORD)
    found = Settings()
    assert found.kafka.password.get_secret_value() == PASSWORD
    for text in (repr(found), str(found), found.model_dump_json(), f"{found.kafka}", str(found.model_dump())):
        assert PASSWORD not in text


def test_the_endpoints_are_whole_and_for_their_owner_alone(tmp_path: Path) -> None:
    made = endpoints.embedded(
        Configured(data_dir=tmp_path), {"kafka": 1, "clickhouse_http": 2, "clickhouse_tcp": 3}, {}
    )
    file = endpoints.publish(made)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    again = Settings(data_dir=tmp_path)
    assert again.kafka.bootstrap == "127.0.0.1:1"
    assert again.clickhouse.password.get_secret_value() == made.clickhouse.password.get_secret_value() != ""
    assert again.clickhouse.password != again.clickhouse.analyst_password


def test_made_passwords_stay_and_given_ones_are_taken(tmp_path: Path) -> None:
    first = endpoints.embedded(Configured(data_dir=tmp_path), {"clickhouse_http": 2, "clickhouse_tcp": 3}, {})
    second = endpoints.embedded(Configured(data_dir=tmp_path), {"clickhouse_http": 5, "clickhouse_tcp": 6}, {})
    assert first.clickhouse.password == second.clickhouse.password
    given = Configured(data_dir=tmp_path, clickhouse={"password": PASSWORD})
    third = endpoints.embedded(given, {"clickhouse_http": 2, "clickhouse_tcp": 3}, {})
    assert third.clickhouse.password.get_secret_value() == PASSWORD
    assert PASSWORD not in json.loads((tmp_path / "secrets.json").read_text()).values()
