"""Reports a second through the HTTP intake, each its own request, answered when Kafka has it.

The service is held to one core, the clients to the others; the broker runs where it is let. Beside the rate, what the
service spends of its core for a report, which a busy machine does not change.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from connectors.intake import sites
from infra import provision
from infra.provision.subjects import Subjects
from streams import districts
from streams.metrics import read
from streams.settings import Settings

DISTRICT = "bench-intake"
NEVER = 1e9
START_S = 30.0


def report(number: int, prefix: str = "a message asked to pay a parcel fee") -> dict[str, Any]:
    """A report unlike those of other numbers."""
    return {
        "channel": "web_form",
        "kind": "fraud",
        "text": f"{prefix}, case {number}: call 416-555-{number % 10_000:04d}, Mr Smith said so",
        "indicators": ["domain:parcel-fee.example"],
        "occurred_from": "2024-03-07T18:00:00Z",
        "occurred_to": "2024-03-07T22:30:00Z",
        "time_precision": "hour",
        "lat": 43.6629,
        "lon": -79.3957,
    }


@contextmanager
def serving(settings: Settings, district: str, log: Path, cores: int | None = None) -> Iterator[tuple[Any, int]]:
    """The intake as a process of its own, and its port; its log goes to a file."""
    environment = os.environ | {
        "CROSSBEAT_DATA_DIR": str(settings.data),
        "CROSSBEAT_INTAKE__DISTRICT": district,
        "CROSSBEAT_INTAKE__RATE_PER_S": str(NEVER),
        "CROSSBEAT_INTAKE__BURST": "1000000000",
        "CROSSBEAT_INTAKE__KAFKA_PATIENCE_MS": "1500",
    }
    with log.open("ab") as out:
        process = subprocess.Popen([sys.executable, "-m", "connectors.intake"], env=environment, stderr=out)
    try:
        if cores:
            os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:cores])
        until = time.monotonic() + START_S
        while (told := read(f"intake-{district}", settings.data)).get("pid") != process.pid or "port" not in told:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the intake did not start: {log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield process, int(str(told["port"]))
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def prepare(settings: Settings, district: str) -> str:
    """Let a district join, make its topics, register the subjects; a key of a site of its."""
    districts.join(settings.districts, district, district.title(), None)
    provision.ensure_district(settings, district)
    Subjects(settings).apply()
    return sites.add(settings.data / "intake" / district / "keys.toml", "bench")


def request(key: str, body: bytes, path: str = "/v1/online-reports") -> bytes:
    """The bytes of one request."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Client:
    """One connection: the next request when the answer to the last has come."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self._answer = b""

    def send(self, request: bytes) -> None:
        """Send one request, which a socket takes whole."""
        self.sent, self._answer = time.perf_counter(), b""
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take in what has come; whether that is the whole answer.

        Raises:
            RuntimeError: the service went away, or did not take the request.
        """
        part = self.socket.recv(1 << 16)
        self._answer += part
        if part and not part.endswith(b"}"):  # head and body may come by themselves
            return False
        if not self._answer.startswith(b"HTTP/1.1 202"):
            raise RuntimeError(self._answer.decode(errors="replace") or "the service closed a connection")
        return True


def post(port: int, requests: Iterable[bytes], connections: int) -> list[float]:
    """Send all requests over so many connections; the seconds that each waited.

    Bare sockets: what the sender spends is taken from the broker, with which it shares its core.
    """
    left, times = iter(requests), list[float]()
    clients = [Client(port) for _ in range(connections)]
    by_number = {client.socket.fileno(): client for client in clients}
    busy = 0
    with select.epoll() as ready:
        for number, client in by_number.items():
            if (body := next(left, None)) is not None:
                ready.register(number, select.EPOLLIN)
                client.send(body)
                busy += 1
        while busy:
            for number, _ in ready.poll():
                client = by_number[number]
                if not client.receive():
                    continue
                times.append(time.perf_counter() - client.sent)
                if (body := next(left, None)) is None:
                    busy -= 1
                else:
                    client.send(body)
    for client in clients:
        client.socket.close()
    return times


@contextmanager
def beside(cores: int) -> Iterator[None]:
    """Keep this process off the first cores, which are the service's, where there are others."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(every)[cores:] or every)
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


def run(settings: Settings, count: int, connections: int = 128, batch: int = 1) -> dict[str, Any]:
    """The figures for ``count`` reports in requests of ``batch``."""
    key = prepare(settings, DISTRICT)
    # Unlike those of an earlier run on the same stack.
    prefix = f"run {time.time_ns()}"
    numbers = [list(range(at, at + batch)) for at in range(0, count, batch)]
    bodies = [[report(number, prefix) for number in some] for some in numbers]
    requests = [request(key, json.dumps(one if batch > 1 else one[0]).encode()) for one in bodies]
    log = settings.data / "intake.log"
    with serving(settings, DISTRICT, log, cores=1) as (process, port), beside(1):
        warm = [request(key, json.dumps(report(number, f"warm {prefix}")).encode()) for number in range(500)]
        post(port, warm, connections)
        watched = psutil.Process(process.pid)
        before, began = watched.cpu_times(), time.perf_counter()
        times = sorted(post(port, requests, connections))
        seconds, after = time.perf_counter() - began, watched.cpu_times()
        resident = watched.memory_info().rss / 1e6
        time.sleep(1.2)
        told = read(f"intake-{DISTRICT}", settings.data)
    spent = after.user + after.system - before.user - before.system
    return {
        "reports": count,
        "reports_in_a_request": batch,
        "connections": connections,
        "reports_per_s": round(count / seconds),
        "cpu_us_per_report": round(spent / count * 1e6, 1),
        "reports_per_cpu_s": round(count / spent),
        "answer_ms_p50": round(times[len(times) // 2] * 1e3, 1),
        "answer_ms_p99": round(times[len(times) * 99 // 100] * 1e3, 1),
        "reports_per_commit": round((count + len(warm)) / int(str(told["commits"])), 1),
        "spooled": told["spooled"],
        "resident_mb": round(resident),
    }


def main() -> None:
    """``python -m bench.intake [COUNT]``: singly, then in batches of 50, on a broker and registry of its own."""
    import tempfile

    from infra.local.stack import Stack
    from streams.settings import Configured

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory(prefix="crossbeat-bench-") as folder:
        running = Stack(Configured(data_dir=Path(folder)), ("kafka", "registry"), ())
        settings = running.start()
        try:
            for batch in (1, 50):
                print(json.dumps(run(settings, count, batch=batch), indent=2))
        finally:
            running.stop()


if __name__ == "__main__":
    main()
