"""Which expected topics the gate finds, and how often it looks."""

from __future__ import annotations

from streams.gate.topics import Looker, Source


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_topic_is_found_once_it_and_the_one_for_what_is_refused_are_there() -> None:
    looker = Looker(Clock())
    duty, lookout = Source("north", "duty"), Source("north", "lookout")
    looker.expect({"north.duty.v1": duty, "north.lookout.v1": lookout})
    assert looker.due
    assert looker.look({"north.duty.v1"}) == {}
    assert looker.look({"north.duty.v1", "rejected.north.v1"}) == {"north.duty.v1": duty}
    assert looker.missing == {"north.lookout.v1": lookout}


def test_what_stays_missing_is_looked_for_less_often_and_nothing_is_not_looked_for() -> None:
    clock = Clock()
    looker = Looker(clock)
    looker.expect({"north.duty.v1": Source("north", "duty")})
    looks = []
    for second in range(120):
        clock.now = float(second)
        if looker.due:
            looks.append(second)
            looker.look(())
    assert looks == [*range(60), *range(60 + 14, 120, 15)]
    looker.expect({"north.lookout.v1": Source("north", "lookout")})
    assert looker.due
    looker.look({"north.lookout.v1", "rejected.north.v1"})
    clock.now += 100
    assert not looker.due
