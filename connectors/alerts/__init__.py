"""Alerts as they come: ``own`` for a district, of what was delivered to it; for the platform, of all that there are,
``listen`` for code that waits, ``follow`` for code that is asynchronous.

Faust takes a second to import, so it is imported when listening begins, never by importing this package.
"""

from connectors.alerts.alert import Alert
from connectors.alerts.own import own
from connectors.alerts.reader import AlertsLost, follow, listen

__all__ = ["Alert", "AlertsLost", "follow", "listen", "own"]
