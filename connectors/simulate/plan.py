"""What is asked for: the seed, how many districts and days, from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DEFAULT_START = date(2025, 1, 6)
# The last records come this long after the last day: clocks that run ahead, and cases written up late.
MARGIN = timedelta(days=1)


class BadPlan(ValueError):
    """A city that cannot be made as asked; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run.

    Args:
        seed: the same seed makes the same city, to the byte.
        districts: 2 to 99.
        days: 7 or more.
        start: the first day, on the city's clock.
        faults: whether records come late, twice, out of order or bad, and feeds and clocks fail.

    Raises:
        BadPlan: it cannot be made; a record must not lie in the future, for the gate would reject it.
    """

    seed: int = 1
    districts: int = 6
    days: int = 28
    start: date = DEFAULT_START
    faults: bool = True

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise BadPlan(f"seed {self.seed}: give 0 or more")
        if not 2 <= self.districts <= 99:
            raise BadPlan(f"{self.districts} districts: give 2 to 99, for a border needs two sides")
        if self.days < 7:
            raise BadPlan(f"{self.days} days: give 7 or more, or no pattern has the time to show")
        last = datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC) + timedelta(days=self.days)
        if self.faults_end(last) > datetime.now(UTC):
            raise BadPlan(f"the run would end in the future: start by {date.today() - timedelta(days=self.days + 2)}")

    @staticmethod
    def faults_end(last: datetime) -> datetime:
        """The latest moment that any record may tell of."""
        return last + MARGIN
