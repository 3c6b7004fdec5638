"""What the guard costs: milliseconds of a statement straight to the server and through the guard, turn by turn.

Both ways ask as the same district's account with one kept connection, so that the difference is the guard alone: two
analyses by the server, their judgement, and one more hop.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import httpx
from clickhouse_connect.driver.client import Client

from bench import stacks
from connectors.loader.store import connect
from infra.local import credentials
from infra.local.stack import Stack
from infra.provision.tables import Tables
from streams import districts
from streams.settings import Configured, Settings

DISTRICT = "north"
STATEMENTS = {
    "one value": "SELECT 1",
    "a count": "SELECT count() FROM incidents_now WHERE category = 'burglary'",
    "a group": "SELECT category, uniqExact(h3_9), max(occurred_from) FROM incidents GROUP BY category",
    "a join": "SELECT count() FROM links_now AS l JOIN incidents_now AS i ON record_id = a_record_id WHERE metres < 50",
}
MANY = "SELECT number, toString(number), sipHash64(number) FROM numbers(1000000)"


def run(rounds: int, rows: int) -> dict[str, float | int]:
    """Medians and 95th percentiles over ``rounds`` of each statement, on a table of ``rows`` incidents."""
    with tempfile.TemporaryDirectory(prefix="crossbeat-bench-") as folder:
        configured = Configured(data_dir=Path(folder))
        districts.join(configured.districts, DISTRICT, DISTRICT, None)
        running = Stack(configured, ("clickhouse",), ("guard",))
        try:
            settings = running.start()
            Tables(settings).apply()
            stacks.wait_all(running)
            _fill(connect(settings), rows)
            return _measure(settings, rounds)
        finally:
            running.stop()


def _fill(client: Client, rows: int) -> None:
    client.command(
        "INSERT INTO incidents (record_id, district, revision, category, visible_to, h3_9, occurred_from) "
        "SELECT toString(number), 'north', 1, ['burglary', 'robbery', 'assault'][number % 3 + 1], ['north'], "
        "number % 900, toDateTime64(number * 60, 3) FROM numbers({rows:UInt64})",
        parameters={"rows": rows},
    )
    client.command(
        "INSERT INTO links (link_id, a_record_id, metres, visible_to) "
        "SELECT toString(number), toString(number), number % 400, ['north'] FROM numbers({rows:UInt64})",
        parameters={"rows": rows // 4},
    )


def _measure(settings: Settings, rounds: int) -> dict[str, float | int]:
    store, guard = settings.clickhouse, settings.guard
    given = credentials.as_analyst(settings, DISTRICT).clickhouse
    login = (given.analyst_username, given.analyst_password.get_secret_value())
    ways = {"direct": (store.host, store.http_port), "guarded": (guard.host, guard.port)}
    clients = {way: httpx.Client(base_url=f"http://{host}:{port}", auth=login) for way, (host, port) in ways.items()}
    found: dict[str, float | int] = {"statements": rounds * len(STATEMENTS)}
    for name, statement in STATEMENTS.items():
        taken: dict[str, list[float]] = {way: [] for way in clients}
        for _ in range(rounds):
            for way, client in clients.items():
                taken[way].append(_ms(client, statement))
            time.sleep(0.07)  # an account has 30 queries a second, and a judged statement is three
        middle = {way: statistics.median(times) for way, times in taken.items()}
        found[f"{name}, direct ms"] = round(middle["direct"], 1)
        found[f"{name}, guarded ms"] = round(middle["guarded"], 1)
        found[f"{name}, guarded p95 ms"] = round(statistics.quantiles(taken["guarded"], n=20)[-1], 1)
        found[f"{name}, added ms"] = round(middle["guarded"] - middle["direct"], 1)
    for way, client in clients.items():
        found[f"a million rows, {way} ms"] = round(min(_ms(client, MANY) for _ in range(3)))
        client.close()
    return found


def _ms(client: httpx.Client, statement: str) -> float:
    began = time.perf_counter()
    client.post("/", params={"database": "crossbeat"}, content=statement, timeout=60).raise_for_status()
    return (time.perf_counter() - began) * 1_000
