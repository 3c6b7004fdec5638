"""Downloads against a server of this test: resumed, checked, and put in place whole or not at all."""

from __future__ import annotations

import hashlib
import http.server
import io
import re
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import fetch, parts, unpack
from infra.local.errors import ChecksumWrong, DiskFull, FetchFailed, WrongPlatform
from streams.settings import Configured

BODY = bytes(range(256)) * 4_000


class Mirror(http.server.ThreadingHTTPServer):
    """Serves BODY under any path but /missing; ``cut`` ends so many answers in their middle."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.cut = 0
        self.ranges = True
        self.asked: list[tuple[str, str | None]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path, wanted))
        if self.path == "/missing":
            self.send_error(404)
            return
        start = int(re.findall(r"\d+", wanted)[0]) if wanted and self.server.ranges else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        end = len(BODY)
        if self.server.cut:
            self.server.cut -= 1
            end = start + (end - start) // 2
        self.wfile.write(BODY[start:end])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def download(mirror: Mirror, folder: Path, path: str = "/part.jar", sha256: str | None = None) -> fetch.Download:
    known = sha256 or hashlib.sha256(BODY).hexdigest()
    return fetch.Download(mirror.address + path, folder / "x" / "part.jar", known, len(BODY), "part")


@pytest.mark.server
def test_a_whole_file(mirror: Mirror, tmp_path: Path) -> None:
    wanted = download(mirror, tmp_path)
    fetch.run([wanted])
    assert wanted.target.read_bytes() == BODY
    assert not wanted.partial.exists()


@pytest.mark.server
def test_goes_on_where_an_earlier_run_stopped(mirror: Mirror, tmp_path: Path) -> None:
    wanted = download(mirror, tmp_path)
    wanted.partial.parent.mkdir()
    wanted.partial.write_bytes(BODY[:100_000])
    fetch.run([wanted])
    assert wanted.target.read_bytes() == BODY
    assert mirror.asked == [("/part.jar", "bytes=100000-")]


@pytest.mark.server
def test_goes_on_after_a_broken_connection(mirror: Mirror, tmp_path: Path) -> None:
    mirror.cut = 2
    wanted = download(mirror, tmp_path)
    fetch.run([wanted])
    assert wanted.target.read_bytes() == BODY
    assert [bool(asked) for _, asked in mirror.asked] == [False, True, True]


@pytest.mark.server
def test_a_server_without_ranges_sends_all_again(mirror: Mirror, tmp_path: Path) -> None:
    mirror.ranges = False
    wanted = download(mirror, tmp_path)
    wanted.partial.parent.mkdir()
    wanted.partial.write_bytes(b"other" * 1_000)
    fetch.run([wanted])
    assert wanted.target.read_bytes() == BODY


@pytest.mark.server
def test_a_wrong_checksum_is_never_put_in_place(mirror: Mirror, tmp_path: Path) -> None:
    wanted = download(mirror, tmp_path, sha256="0" * 64)
    with pytest.raises(ChecksumWrong, match=r"parts\.lock says 0000"):
        fetch.run([wanted])
    assert not wanted.target.exists()
    assert not wanted.partial.exists(), "a retry must begin from nothing"


@pytest.mark.server
def test_a_missing_file_says_what_to_do(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed) as failure:
        fetch.run([download(mirror, tmp_path, path="/missing")])
    assert "404" in failure.value.message
    assert "CROSSBEAT_EMBEDDED__MAVEN_MIRROR" in failure.value.todo


def test_parts_come_from_the_mirrors_that_the_settings_name() -> None:
    settings = Configured(embedded={"maven_mirror": "https://m.example/repo/", "npm_mirror": "https://n.example"})
    assert parts.of("ecj")[0].url(settings) == "https://m.example/repo/org/eclipse/jdt/ecj/3.40.0/ecj-3.40.0.jar"
    assert parts.of("libchdb")[0].url(settings).startswith("https://n.example/@chdb/lib-linux-x64-gnu/-/lib-linux")


def test_no_room_is_said_before_the_download(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="needed"):
        fetch.run([fetch.Download("http://unused", tmp_path / "x" / "y.jar", "0" * 64, 1 << 60, "huge")])


def tarred(archive: Path, name: str) -> Path:
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 5
        tar.addfile(member, io.BytesIO(b"bytes"))
    return archive


def test_an_unpacked_archive_knows_when_it_is_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "whole"
    unpack.unpack(tarred(tmp_path / "a.tgz", "lib/one.jar"), folder)
    assert unpack.damaged(folder) == []
    (folder / "lib" / "one.jar").write_bytes(b"bites")
    assert unpack.damaged(folder) == ["lib/one.jar"]
    (folder / "lib" / "one.jar").unlink()
    assert unpack.damaged(folder) == ["lib/one.jar"]


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    with pytest.raises(tarfile.FilterError):
        unpack.unpack(tarred(tmp_path / "a.tgz", "../evil"), tmp_path / "in" / "whole")
    assert [file.name for file in tmp_path.rglob("*")] == ["a.tgz", "in"]


def test_every_line_of_the_lock_is_complete() -> None:
    for part in parts.lock():
        assert re.fullmatch(r"[0-9a-f]{64}", part.sha256), part
        assert part.size > 0
        assert part.upstream.startswith("https://"), part.purl
    homes = [part.home(Path("c")) for part in parts.lock()]
    assert len(set(homes)) == len(homes)


def test_a_machine_without_a_build_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "here", lambda: "plan9-mips")
    with pytest.raises(WrongPlatform, match="linux-x86_64, this machine is plan9-mips"):
        parts.of("libchdb")
    assert parts.of("ecj"), "a jar runs everywhere"
