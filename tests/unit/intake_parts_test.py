"""The spool across crashes, the files of keys, the bucket, the ids of schemas."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx
import pytest
import structlog
from typer.testing import CliRunner

from connectors.intake import BadFile, IntakeError, SpoolFull, plates, private_file, sites
from connectors.intake.kafka import Message
from connectors.intake.rate import Bucket
from connectors.intake.recent import Recent
from connectors.intake.schema_ids import KeptIds
from connectors.intake.spool import Spool
from infra.cli import app
from streams.registry import AvroSchema, MemoryRegistry


def message(number: int) -> Message:
    return Message("north.online_report.v1", str(number).encode(), b"v" * 100)


def numbers(spool: Spool) -> list[int]:
    """Everything that waits, taken."""
    found = []
    while some := spool.next(7):
        found += [int(one.key) for one in some]
        spool.published()
    return found


def test_what_was_appended_waits_in_order_across_restarts_and_segments(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 10**6, segment_bytes=1_000)
    assert not spool.append([message(0)], only_if_pending=True)
    for start in range(0, 60, 3):
        spool.append([message(number) for number in range(start, start + 3)])
    assert [int(one.key) for one in spool.next(4)] == [0, 1, 2, 3]
    spool.published()
    spool.close()
    again = Spool(tmp_path, 10**6, segment_bytes=1_000)
    assert again.append([message(60)], only_if_pending=True)
    assert numbers(again) == list(range(4, 61))
    assert again.pending_bytes == 0
    assert list(tmp_path.glob("*.spool")) == []
    again.close()
    assert numbers(Spool(tmp_path, 10**6)) == []


@pytest.mark.parametrize("cut", [1, 8, 60, 130])
def test_a_torn_end_is_laid_aside_and_the_rest_stays(tmp_path: Path, cut: int) -> None:
    spool = Spool(tmp_path, 10**6)
    spool.append([message(number) for number in range(3)])
    spool.close()
    (path,) = tmp_path.glob("*.spool")
    os.truncate(path, path.stat().st_size - cut)
    again = Spool(tmp_path, 10**6)
    again.append([message(9)])
    assert numbers(again) == [0, 1, 9]
    assert [one.suffix for one in tmp_path.glob("*.torn")] == [".torn"]


def test_a_spool_that_is_full_or_cannot_be_written_keeps_none_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path, 400)
    spool.append([message(0)])
    with pytest.raises(SpoolFull):
        spool.append([message(number) for number in range(1, 9)])

    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("connectors.intake.spool.os.fsync", no_room)
        with pytest.raises(SpoolFull, match="No space"):
            spool.append([message(1)])
    spool.append([message(2)])
    assert numbers(spool) == [0, 2]


def test_two_intakes_do_not_share_a_spool(tmp_path: Path) -> None:
    first = Spool(tmp_path, 10)
    with pytest.raises(IntakeError, match="another intake"):
        Spool(tmp_path, 10)
    first.close()


def test_keys_are_kept_as_hashes_good_at_once_and_revoked_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    known = sites.Sites(path)
    first = sites.add(path, "kiosk", fields={"release_to": ["south"], "release_conditions": 'say "please" 请'})
    second = sites.add(path, "kiosk")
    assert path.stat().st_mode & 0o777 == 0o600
    assert first not in path.read_text()
    known.refresh()
    assert known.of(first) == known.of(second)
    assert known.of("cb_guess") is None
    assert sites.load(path)["kiosk"].fields["release_conditions"] == 'say "please" 请'
    third = sites.add(path, "kiosk", replace=True)
    known.refresh()
    assert (known.of(first), known.of(second)) == (None, None)
    assert known.of(third)
    assert sites.remove(path, "kiosk")
    known.refresh()
    assert known.of(third) is None
    assert not sites.remove(path, "kiosk")


def test_files_of_keys_that_others_can_read_or_that_are_damaged_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    before = plates.load(secret)
    assert plates.load(secret) == before
    assert before.plate_key.hex() not in repr(before)
    assert plates.rotate(secret) == 2
    assert str(plates.load(secret).token("AB12")).startswith("k2:")
    secret.chmod(0o640)
    with pytest.raises(BadFile, match="chmod 600"):
        plates.load(secret)
    private_file.write(secret, {"identity": "00", "current": 1, "plates": {"1": "00"}})
    with pytest.raises(BadFile, match="shorter"):
        plates.load(secret)
    keys = tmp_path / "keys.toml"
    for text in ("[site.x]\nkindz = 1", '[site.x]\nkinds = ["incident"]', "[site.UP]", "site = = 1"):
        keys.write_text(text)
        keys.chmod(0o600)
        with pytest.raises(BadFile):
            sites.load(keys)
    for name, kinds in (("A b", ["camera_event"]), ("ok", ["incident"]), ("ok", [])):
        with pytest.raises(BadFile):
            sites.add(tmp_path / "new.toml", name, kinds)


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    now = [0.0]
    bucket = Bucket(10, 20, lambda: now[0])
    assert bucket.wait_s() == 0
    bucket.spend(25)
    assert bucket.wait_s() == pytest.approx(0.6)
    now[0] = 0.6
    assert bucket.wait_s() == 0
    now[0] = 1_000
    bucket.wait_s()
    bucket.spend(20)
    assert bucket.wait_s() > 0


def test_what_was_taken_lately_is_remembered_and_the_oldest_forgotten() -> None:
    recent = Recent(kept=2)
    for number in range(3):
        recent.add(str(number), "content")
    assert [recent.look(str(number), "content") for number in range(3)] == ["new", "repeat", "repeat"]
    assert recent.look("2", "else") == "other"


def test_ids_of_schemas_are_known_while_the_registry_is_away(tmp_path: Path) -> None:
    class Away(MemoryRegistry):
        def id_of(self, subject: str, schema: AvroSchema) -> int:
            raise httpx.ConnectError("away")

    path = tmp_path / "ids.json"
    schema: AvroSchema = {"type": "record", "name": "A", "fields": []}
    found = KeptIds(MemoryRegistry(), path).id_of("a-value", schema)
    assert KeptIds(Away(), path).id_of("a-value", schema) == found
    with pytest.raises(IntakeError, match="not known yet"):
        KeptIds(Away(), path).id_of("a-value", schema | {"name": "B"})
    assert len(json.loads(path.read_text())) == 1


def test_the_command_gives_keys_and_makes_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSBEAT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CROSSBEAT_INTAKE__DISTRICT", "north")
    run = CliRunner().invoke
    made = run(app, ["intake", "key", "add", "kiosk-1", "--release-to", "south"])
    key = made.stdout.strip()
    known = sites.Sites(tmp_path / "intake" / "north" / "keys.toml").of(key)
    assert known
    assert known.fields == {"release_to": ["south"]}
    assert key not in run(app, ["intake", "key", "list"]).stdout
    assert run(app, ["intake", "plate", "token"], input="ab 12\n").stdout.startswith("k1:")
    assert run(app, ["intake", "plate", "token"], input="?\n").exit_code == 1
    assert run(app, ["intake", "key", "remove", "kiosk-1"]).exit_code == 0
    assert run(app, ["intake", "key", "remove", "kiosk-1"]).exit_code == 1
    try:
        assert run(app, ["intake", "serve", "--host", "0.0.0.0"]).exit_code == 1
    finally:
        structlog.reset_defaults()  # the command logs to a stream of the runner's, which is closed by now
