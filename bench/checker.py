"""How many incidents a second one core holds against their contract: what the gate does to each record."""

from __future__ import annotations

import time
from typing import Any

from schemas import contracts, samples
from schemas.check import Checker

ROUNDS = 7


def run(count: int = 100_000) -> dict[str, Any]:
    """Check ``count`` incidents with every field filled, several times over; the best round counts.

    The records differ in id and place as real ones do, so that nothing is remembered that could not be remembered then.
    """
    incident = contracts.get("incident")
    checker, example = Checker(incident, "district"), samples.example(incident, "district")
    records = [
        example | {"record_id": f"north:{n}", "lat": 40 + n / count, "lon": -80 + n / count} for n in range(count)
    ]
    seconds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        faulty = sum(bool(checker.check(record)) for record in records)
        seconds.append(time.process_time() - begin)
        if faulty:
            raise RuntimeError(f"{faulty} examples fail their own contract: see tests/contract")
    return {"records": count, "fields": len(example), "records_per_s": round(count / min(seconds))}
