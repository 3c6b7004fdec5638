"""A district's own account publishes its files: once, with what was refused, and with rights to nothing but its own."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from confluent_kafka import KafkaException

from connectors.backfill import BackfillError, Options, account, join_districts, run
from connectors.mapping import Mapping, load
from connectors.watch import Options as WatchOptions
from connectors.watch import Outcome, Watcher
from infra.local import credentials
from infra.provision import ensure_district
from infra.publishing import prepare
from streams.settings import Settings
from tests.flow.test_backfill import keys

pytestmark = pytest.mark.server

MAPPING = """\
title = "test"
districts.titles = {{ {name} = "Own" }}
district.fixed = "{name}"
id.template = "{{district}}:{{number}}"
time = {{ column = "when", zone = "UTC" }}
place = {{ lat = "lat", lon = "lon" }}
fields.offence = {{ column = "kind", codes = {{ A = "robbery" }} }}
release = {{ to = ["all"], purposes = ["prevention"] }}
"""


def make(folder: Path, name: str) -> tuple[Path, Mapping]:
    """Ten rows, one of them bad, and their mapping."""
    lines = ["number,when,lat,lon,kind"]
    lines += [f"{n},2024-01-{n + 1:02} 10:00,43.6,-79.4,{'?' if n == 7 else 'A'}" for n in range(10)]
    file, mapping = folder / f"{name}.csv", folder / f"{name}.toml"
    file.write_text("\n".join(lines))
    mapping.write_text(MAPPING.format(name=name))
    return file, load(mapping)


def joined(made: Mapping, stack: Settings, name: str) -> Settings:
    """Let the district join, and give the settings with its own login."""
    join_districts(made, stack.districts)
    ensure_district(stack, name)
    return credentials.as_district(stack, name)


def quiet(_: object) -> None:
    """No progress bar."""


def test_the_same_file_twice_by_its_own_account_changes_nothing(stack: Settings, tmp_path: Path) -> None:
    file, made = make(tmp_path, "own-file")
    own = joined(made, stack, "own-file")
    prepare(made, own)
    first = run(file, made, own, Options(), quiet)
    assert (first.published.total(), first.rejected.total()) == (9, 1)
    again = run(file, made, own, Options(), quiet)
    assert again.already_finished
    assert len(keys(stack, "own-file.incident.v1", "")) == 9
    assert len(keys(stack, "own-file.refused.v1", "")) == 1
    assert keys(stack, "rejected.own-file.v1", "") == []


def test_what_the_operator_published_its_own_account_does_not_publish_again(stack: Settings, tmp_path: Path) -> None:
    file, made = make(tmp_path, "own-later")
    own = joined(made, stack, "own-later")
    assert run(file, made, stack, Options(), quiet).published.total() == 9
    assert run(file, made, own, Options(), quiet).already_finished
    assert len(keys(stack, "rejected.own-later.v1", "")) == 1


def test_a_file_of_the_common_ledger_is_still_known(
    stack: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, made = make(tmp_path, "own-before")
    joined(made, stack, "own-before")
    before = account.Account(("backfill.v1",), "crossbeat-backfill", "", account.COMMON)
    with monkeypatch.context() as patch:
        patch.setattr(account.Account, "of", lambda *_: before)
        assert run(file, made, stack, Options(), quiet).published.total() == 9
    assert run(file, made, stack, Options(), quiet).already_finished


def test_a_folder_is_watched_by_its_own_account(stack: Settings, tmp_path: Path) -> None:
    file, made = make(tmp_path, "own-folder")
    own = joined(made, stack, "own-folder")
    folder = tmp_path / "watched"
    folder.mkdir()
    file.rename(folder / file.name)
    told: list[Outcome] = []
    watcher = Watcher(folder, made, own, WatchOptions(pattern="*.csv", settle_s=0.1, every_s=0.1), told.append)
    try:
        watcher.once(threading.Event())
        watcher.look()
    finally:
        watcher.close()
    assert [one.report.published.total() for one in told if one.report] == [9]


def test_nobody_reads_or_writes_the_ledger_of_another_district(stack: Settings, tmp_path: Path) -> None:
    _, made = make(tmp_path, "own-first")
    joined(made, stack, "own-first")
    file, other_made = make(tmp_path, "own-first-b")
    other = joined(other_made, stack, "own-first-b")
    with pytest.raises((BackfillError, KafkaException)):
        run(file, made, other, Options(), quiet)
    assert keys(stack, "own-first.backfill.v1", "") == []


def test_an_own_account_publishes_for_its_district_alone(stack: Settings, tmp_path: Path) -> None:
    file, made = make(tmp_path, "own-one")
    own = joined(made, stack, "own-one")
    both = tmp_path / "both.toml"
    both.write_text(
        MAPPING.format(name="own-one").replace(
            'titles = { own-one = "Own" }', 'titles = { own-one = "Own", own-two = "Two" }'
        )
    )
    with pytest.raises(BackfillError, match="a mapping of its own"):
        run(file, load(both), own, Options(), quiet)
