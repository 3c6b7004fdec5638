"""What Flink's REST interface says of a job: state, why it failed, counts, checkpoints."""

from __future__ import annotations

import json
import math
import urllib.error
import urllib.request
from typing import Any

TIMEOUT_S = 5.0
ENDED = ("FINISHED", "FAILED", "CANCELED", "SUSPENDED")
NO_WATERMARK = -(2**63)
WRITES = "Writer"
"""In the name of what writes to a sink."""
SOURCE_METRICS = {"records_in": ".numRecordsIn", "undecodable": ".undecodable"}


class FlinkUnreachable(RuntimeError):
    """The JobManager does not answer."""


def get(rest_url: str, path: str) -> Any:
    """One answer as JSON.

    Raises:
        FlinkUnreachable: no connection, or an error as answer.
    """
    return _ask(rest_url, path, None)


def _ask(rest_url: str, path: str, body: dict[str, Any] | None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - the address is a setting
        f"{rest_url.rstrip('/')}{path}", data=data, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return json.load(answer)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise FlinkUnreachable(f"flink at {rest_url} does not answer {path}: {error}") from error


def stop(rest_url: str, job_id: str, savepoints: str) -> str:
    """Begin to stop a job with a savepoint in that folder; gives what :func:`stopped` asks about."""
    return str(_ask(rest_url, f"/jobs/{job_id}/stop", {"targetDirectory": savepoints, "drain": False})["request-id"])


def stopped(rest_url: str, job_id: str, request: str) -> str:
    """The savepoint's address once the job has stopped; empty while it is under way.

    Raises:
        FlinkUnreachable: the savepoint failed.
    """
    answer = get(rest_url, f"/jobs/{job_id}/savepoints/{request}")
    if answer["status"]["id"] != "COMPLETED":
        return ""
    operation = answer["operation"]
    if "location" not in operation:
        raise FlinkUnreachable(
            f"flink made no savepoint of {job_id}: {operation.get('failure-cause', {}).get('class')}"
        )
    return str(operation["location"])


def job_ids(rest_url: str) -> dict[str, str]:
    """Each job that has not ended, by the name of its pattern."""
    jobs = get(rest_url, "/jobs/overview")["jobs"]
    return {one["name"].removeprefix("crossbeat-"): str(one["jid"]) for one in jobs if one["state"] not in ENDED}


def state(rest_url: str, job_id: str) -> str:
    """``RUNNING``, ``RESTARTING``, ``FAILED``, …"""
    return str(get(rest_url, f"/jobs/{job_id}/status")["status"])


def failure(rest_url: str, job_id: str) -> str:
    """The first lines of the newest failure; empty when there was none."""
    entries = get(rest_url, f"/jobs/{job_id}/exceptions").get("exceptionHistory", {}).get("entries", [])
    if not entries:
        return ""
    lines = str(entries[0].get("stacktrace", "")).splitlines()
    causes = [line for line in lines if line.startswith("Caused by:")]
    return "; ".join([*lines[:1], *causes[-1:]])


def numbers(rest_url: str, job_id: str) -> dict[str, float]:
    """What a job has done since it was last started.

    ``records_in`` (rows read, the sources' output), ``undecodable`` (messages that were set aside, which are no rows),
    ``copies`` (rows that crossed to the keyed part), ``checkpoints``
    and the newest one's ``checkpoint_ms`` and ``checkpoint_bytes``, ``busy`` (0 to 1, the busiest part), ``watermark``
    (ms, what its sinks have come to; absent before there is one).
    """
    job = get(rest_url, f"/jobs/{job_id}")
    checkpoints = get(rest_url, f"/jobs/{job_id}/checkpoints")
    found: dict[str, float] = {
        "records_in": 0,
        "undecodable": 0,
        "copies": 0,
        "checkpoints": checkpoints["counts"]["completed"],
    }
    found["restarts"] = float(checkpoints["counts"]["restored"])
    newest = checkpoints["latest"]["completed"]
    if newest:
        found |= {"checkpoint_ms": newest["end_to_end_duration"], "checkpoint_bytes": newest["state_size"]}
    busy, watermarks = [], []
    for vertex in job["vertices"]:
        path = f"/jobs/{job_id}/vertices/{vertex['id']}"
        if vertex["name"].startswith("Source"):
            names = [one["id"] for one in get(rest_url, f"{path}/subtasks/metrics")]
            for key, ends in SOURCE_METRICS.items():
                wanted = [name for name in names if name.startswith("Source__") and name.endswith(ends)]
                found[key] += _sum(rest_url, path, wanted)
            found["copies"] += vertex["metrics"]["write-records"]
        elif WRITES in vertex["name"]:
            watermarks += [float(one["value"]) for one in get(rest_url, f"{path}/watermarks")]
        rows = get(rest_url, f"{path}/subtasks/metrics?get=busyTimeMsPerSecond&agg=max")
        busy += [float(row["max"]) for row in rows if not math.isnan(float(row["max"]))]
    if busy:
        found["busy"] = max(busy) / 1000
    if watermarks and min(watermarks) > NO_WATERMARK:
        found["watermark"] = min(watermarks)
    return found


def reading_since_ms(rest_url: str, job_id: str) -> int:
    """When the first of the job's sources began to run, in ms since the epoch."""
    vertices = get(rest_url, f"/jobs/{job_id}")["vertices"]
    sources = [one["id"] for one in vertices if one["name"].startswith("Source")]
    times = [get(rest_url, f"/jobs/{job_id}/vertices/{source}/subtasktimes")["subtasks"] for source in sources]
    return min(int(one["timestamps"]["RUNNING"]) for subtasks in times for one in subtasks)


def checkpoint(rest_url: str, job_id: str) -> dict[str, int]:
    """The newest complete checkpoint: ``began_ms`` since the epoch and ``bytes``; noughts without one."""
    newest = get(rest_url, f"/jobs/{job_id}/checkpoints")["latest"]["completed"]
    if not newest:
        return {"began_ms": 0, "bytes": 0}
    return {"began_ms": int(newest["trigger_timestamp"]), "bytes": int(newest["state_size"])}


def sink_counts(rest_url: str, job_id: str) -> dict[str, float]:
    """Rows that went to each sink since the job was last started, by the sink's table."""
    counts: dict[str, float] = {}
    for vertex in get(rest_url, f"/jobs/{job_id}")["vertices"]:
        path = f"/jobs/{job_id}/vertices/{vertex['id']}"
        for one in get(rest_url, f"{path}/subtasks/metrics"):
            name = one["id"]
            if WRITES in name and name.endswith(".numRecordsSend"):
                table = name.split("__Writer", 1)[0].split("[", 1)[0]  # link[7]__Writer…
                counts[table] = counts.get(table, 0) + _sum(rest_url, path, [name])
    return counts


def _sum(rest_url: str, path: str, metrics: list[str]) -> float:
    if not metrics:
        return 0
    rows = get(rest_url, f"{path}/subtasks/metrics?get={','.join(metrics)}&agg=sum")
    return sum(float(row["sum"]) for row in rows)
