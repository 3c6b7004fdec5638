"""The alerts that were delivered to a district, read as that district: each once a group, however often it is started.

What the router put into ``to.<district>.alert.v1`` and nothing else, by an account that can read no other topic of
alerts. No Faust here: a district has no topic of its own for dead letters, so what is no alert is told by its place,
and its bytes stay where they are.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from connectors.alerts.alert import Alert
from connectors.alerts.shown import Shown
from connectors.delivered import Arrival, Delivered
from streams.districts import check_name
from streams.registry import Registry
from streams.settings import Settings

GROUP: Final = "alerts"
POLL_S: Final = 0.25
PATIENCE_S: Final = 15.0
"""How long to wait for a share of the topic; others of the group may hold all of it."""
AT_ONCE: Final = 50
Unreadable = Callable[[str, str], None]


class BadGroup(ValueError):
    """A district has no right to a group of that name; the message says how they begin."""


def group_of(district: str, name: str | None = None) -> str:
    """The consumer group of that name, or the usual one.

    Raises:
        BadGroup: the district has no right to a group of that name.
        BadDistrict: no district can be called so.
    """
    prefix = f"{check_name(district)}."
    if name is None:
        return f"{prefix}{GROUP}"
    if not name.startswith(prefix):
        raise BadGroup(f"{name} is no group of {district}: its names begin with {prefix}")
    return name


def own(
    settings: Settings,
    district: str,
    *,
    group: str | None = None,
    everything: bool = False,
    to_end: bool = False,
    stop: threading.Event | None = None,
    unreadable: Unreadable = lambda place, why: None,
    registry: Registry | None = None,
) -> Iterator[Alert]:
    """Yield each alert that this group was not yet given; an alert counts as given when the next one is asked for.

    Args:
        settings: where the broker and the registry are, and the district's own login.
        district: whose alerts.
        group: who listens, a name that begins with ``<district>.``; processes of one group share the work.
        everything: from the first alert that is kept, whatever the group was given, and leave no trace.
        to_end: end at what is the end now, instead of waiting for more.
        stop: ends it.
        unreadable: told of each message that is no alert: where it stands (topic:partition:offset), and why.
        registry: another registry than that of the settings.

    Raises:
        NothingDelivered: nothing is delivered to the district, or this account may not see it.
        KafkaException: the account may not read, or another fault that waiting does not heal.
        BadGroup: the district has no right to a group of that name.
        BadDistrict: no district can be called so.
    """
    name = group_of(district, group)
    shown = Shown(None if everything else settings.data / "alerts" / f"{name}.shown")
    reader = Delivered(
        settings, district, group=None if everything else name, kinds=["alert"], ends=True, registry=registry
    )
    began = time.monotonic()
    try:
        while not (stop and stop.is_set()):
            arrivals = reader.take(POLL_S, AT_ONCE)
            for arrival in arrivals:
                alert, why = _alert(arrival)
                if why:
                    unreadable(arrival.place, why)
                if alert is not None and alert.identifier not in shown:
                    yield alert
                    # Only now: if we die before this it is shown again, if we had done so before it might never be.
                    shown.add(alert.identifier)
                reader.done(arrival)
            if to_end and not arrivals and (reader.at_end or _shareless(reader, began)):
                return
    finally:
        reader.close()


def _shareless(reader: Delivered, began: float) -> bool:
    return not reader.assigned and time.monotonic() - began > PATIENCE_S


def _alert(arrival: Arrival) -> tuple[Alert | None, str]:
    """The alert, or why it is none; neither where one is taken back, which its ``Cancel`` tells in words."""
    if arrival.record is None:
        return None, arrival.defect
    try:
        return Alert.of(arrival.record), ""
    except (OverflowError, ValueError) as error:
        return None, f"a time is out of range: {error}"
