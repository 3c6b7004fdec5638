"""The demo's second act: three districts of a simulated city, each with credentials of its own.

They publish every record type, each receives what it may see on its own topics, and one of them takes a record back:
the alert that rested on it is cancelled at its neighbour. Everything here uses what a district has: its user, its
password, its own topics.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.delivered import Arrival, Delivered
from connectors.records import checked, now_ms, publish
from connectors.retract.send import Wish, record
from connectors.simulate import Plan, simulate, write
from connectors.simulate.read import truth
from connectors.simulate.send import send
from infra.local.credentials import as_district
from jobs.heartbeat import Clock
from streams import districts
from streams.district_file import DistrictFile
from streams.settings import Settings

SEED, DISTRICTS, DAYS = 4, 3, 21
RECEIVES = ("acknowledgement", "alert", "incident", "link", "retraction")
CANCEL_S = 60.0
HOURS_PER_S = 8.0
"""How fast the weeks pass: what follows from one record is there before the next that it concerns."""
Alert = dict[str, Any]


class ActError(RuntimeError):
    """The second act cannot go on; the message says what to do."""


def plan(today: date) -> Plan:
    """Three weeks from a Monday that end some days before ``today``: look-outs of last year are asked for no more."""
    last = today - timedelta(days=DAYS + 2)
    return Plan(seed=SEED, districts=DISTRICTS, days=DAYS, start=last - timedelta(days=last.weekday()), faults=True)


def write_city(folder: Path) -> Path:
    """Simulate the city and write it: some seconds of one core, so done while the first act plays."""
    write(simulate(plan(datetime.now(UTC).date())), folder)
    return folder


def needed(incident: str, links: Collection[tuple[str, str]]) -> bool:
    """Whether no three linked incidents would be left of those that an incident is linked to, directly or not."""
    group, grown = {incident}, True
    while grown:
        more = {one for link in links if group & set(link) for one in link}
        grown, group = not more <= group, group | more
    left = Counter(one for link in links if group & set(link) and incident not in link for one in link)
    return max(left.values(), default=0) < 2


def acknowledgement(district: str, identifier: str) -> dict[str, Any]:
    """What a district answers to an alert: accepted, and told to all."""
    return checked(
        "acknowledgement",
        {
            "record_id": f"{district}:ack-{identifier.rpartition(':')[2]}",
            "district": district,
            "revision": 1,
            "recorded_at": now_ms(),
            "alert_identifier": identifier,
            "role": "control_room",
            "answer": "accept",
            "answered_at": now_ms(),
            "joint_action": None,
            "outcome": None,
            "note": None,
            "release_to": ["all"],
            "release_purposes": ["prevention", "investigation"],
            "release_conditions": None,
            "release_handling": "P",
            "release_expires_at": None,
        },
    )


class Neighbours:
    """The three districts at work. Threads publish and listen; :attr:`events` tells what happened, newest last."""

    def __init__(self, settings: Settings, city: Path) -> None:
        self._settings = settings
        self._city = city
        self.names = sorted(districts.load_all(city / "districts"))
        self.published = False
        self.sent: Counter[tuple[str, str]] = Counter()
        self.received: Counter[tuple[str, str]] = Counter()
        self.events: list[str] = []
        self.alerts: dict[str, dict[str, Alert]] = {name: {} for name in self.names}
        self.told: list[Alert] = []
        self.links: dict[str, set[tuple[str, str]]] = {name: set() for name in self.names}
        self.cancelled: dict[str, dict[str, float]] = {name: {} for name in self.names}
        self._retracted_at = float("inf")
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._threads: list[threading.Thread] = []

    def join(self) -> None:
        """Let the three join: topics, users and rights of their own, credentials in a file for each."""
        from infra import provision

        for name, one in districts.load_all(self._city / "districts").items():
            districts.put(
                self._settings.districts, DistrictFile(name=name, title=one.title, receives=RECEIVES), one.area
            )
        provision.apply(self._settings)
        self.events.append(f"{', '.join(self.names)} joined, each with its own credentials")

    def start(self) -> None:
        """Publish and listen."""
        self._threads = [threading.Thread(target=self._work, args=(self._publish,), name="neighbours", daemon=True)]
        self._threads += [
            threading.Thread(target=self._work, args=(self._listen, name), name=f"listens-{name}", daemon=True)
            for name in self.names
        ]
        for thread in self._threads:
            thread.start()

    def check(self) -> None:
        """Raise what went wrong in a thread, if anything did."""
        if self._failure is not None:
            raise ActError(f"the neighbours cannot go on: {self._failure}") from self._failure

    def answer(self) -> None:
        """Each district answers the first alert that it had."""
        for name in self.names:
            alert = next(iter(list(self.alerts[name].values())), None)
            if alert is not None:
                self._send(name, "acknowledgement", acknowledgement(name, alert["identifier"]))
                self.events.append(f"{name} accepts: {alert['headline']}")

    def take_back(self) -> tuple[str, str, str] | None:
        """One district takes back an incident without which an alert of it and a neighbour does not stand.

        Returns:
            Owner, incident and neighbour; None while no alert fits.
        """
        for owner in self.names:
            for alert in list(self.alerts[owner].values()):
                others = [name for name in self.names if name != owner and self._has(name, alert)]
                for incident in alert["incidents"]:
                    if others and incident.startswith(f"{owner}:") and needed(incident, self.links[owner]):
                        made = record(Wish("incident", incident, 1, "entered_in_error"), owner)
                        self._retracted_at = time.monotonic()
                        self._send(owner, "retraction", made)
                        self.events.append(f"{owner} takes {incident} back: entered in error")
                        return owner, incident, others[0]
        return None

    def seconds_to_cancel(self, district: str) -> float | None:
        """Seconds from the retraction to the first Cancel that the district received after it."""
        after = [at - self._retracted_at for at in self.cancelled[district].values() if at >= self._retracted_at]
        return round(min(after), 2) if after else None

    def stop(self) -> None:
        """End all threads."""
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _send(self, name: str, kind: str, made: dict[str, Any]) -> None:
        publish(as_district(self._settings, name), kind, made)
        self.sent[name, kind] += 1

    def _has(self, name: str, alert: Alert) -> bool:
        return any(set(one["incidents"]) == set(alert["incidents"]) for one in list(self.alerts[name].values()))

    def _work(self, work: Any, *given: str) -> None:
        try:
            work(*given)
        except BaseException as error:  # a thread cannot raise to anyone: `check` does
            self._failure = error

    def _publish(self) -> None:
        logins = {name: as_district(self._settings, name).kafka.client() for name in self.names}
        clock, ends = Clock(self._settings), int(truth(self._city)["end_ms"])
        send(
            self._settings,
            self._city,
            logins,
            hours_per_s=HOURS_PER_S,
            stop=self._stop,
            progress=self._count,
            # What is days late comes after the city's end: by then no feed speaks, and all would be silent.
            clock=lambda at_ms: clock.tell(min(at_ms, ends)),
        )
        self.events.append(f"{sum(self.sent.values()):,} records of {len({k for _, k in self.sent})} types published")
        self.published = True
        while not self._stop.wait(1.0):  # from here on its time passes as ours does
            ends += 1_000
            clock.tell(ends)
        clock.close()

    def _count(self, sent: Counter[tuple[str, str]]) -> None:
        self.sent = sent.copy()

    def _listen(self, name: str) -> None:
        reader = Delivered(as_district(self._settings, name), name)
        try:
            while not self._stop.is_set():
                for arrival in reader.take(0.2):
                    self._note(name, arrival)
        finally:
            reader.close()

    def _note(self, name: str, arrival: Arrival) -> None:
        self.received[name, arrival.kind] += 1
        if arrival.kind == "link" and arrival.record is not None:
            self.links[name].add((arrival.record["a_record_id"], arrival.record["b_record_id"]))
        if arrival.kind != "alert" or arrival.record is None:
            return
        alert = arrival.record
        if alert["msg_type"] != "Cancel":
            self.told.append(alert)
        if alert["msg_type"] == "Alert":
            self.alerts[name][alert["identifier"]] = alert
            return
        if alert["msg_type"] == "Cancel":
            self.cancelled[name][alert["identifier"]] = time.monotonic()
        self.events.append(f"{name} receives {alert['msg_type']}: {alert['headline']}")
