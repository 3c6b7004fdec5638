"""Report campaigns: one fraud's indicator reported in several districts within hours, written in several ways.

The ways are those that fraud and its victims use: letters of other alphabets that look alike (as punycode), digits for
letters, ``www.`` before it, a trunk zero in a telephone number. Each still keeps the contract's form.
"""

from __future__ import annotations

from connectors.simulate import reports
from connectors.simulate.city import Generator
from connectors.simulate.statistics import DAY_MS, HOUR_MS
from connectors.simulate.world import World

PER_DISTRICT_DAY = 0.03
# Cyrillic letters that look like Latin ones.
LOOK_ALIKE = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с"}
DIGITS = {"o": "0", "l": "1", "e": "3"}
BRANDS = ("parcelpost", "cityrefund", "policefine", "safebank", "tollroad", "energycare")
TEXT = "a message asked to pay at once, with a link"


def add(world: World) -> None:
    """Plant the campaigns, and decoys: one that is slow, one within a district."""
    rng = world.rng("campaigns")
    for number in range(world.many(PER_DISTRICT_DAY, least=3)):
        _plant(world, rng, number)
    for _ in range(world.many(PER_DISTRICT_DAY / 2, least=2)):
        _slow(world, rng)


def _plant(world: World, rng: Generator, number: int) -> None:
    forms = _domain(rng, number) if number % 3 else _phone(rng)
    districts = _districts(world, rng, int(rng.integers(3, 6)))
    since = world.start_ms + int(rng.uniform(0.2, world.plan.days - 1) * DAY_MS)
    hours = float(rng.uniform(2, 10))
    moments = sorted(since + int(one * HOUR_MS) for one in rng.uniform(0, hours, size=len(districts) + 4))
    written = []
    for turn, at in enumerate(moments):
        district = districts[turn % len(districts)]
        # The plain form is the commonest.
        form = forms[0] if rng.random() < 0.45 else forms[int(rng.integers(len(forms)))]
        named = [form, reports.COMMON[0]] if rng.random() < 0.1 else [form]
        written.append(reports.write(world, rng, district, at // 60_000 * 60_000, "fraud", indicators=named, text=TEXT))
    world.plant(
        "report_campaign",
        [record["record_id"] for record in written],
        min(3, len(districts)),
        indicator=forms[0],
        forms=sorted({record["indicators"][0] for record in written}),
        districts=sorted({record["district"] for record in written}),
        first_occurred_from=moments[0],
        last_occurred_from=moments[-1],
    )


def _slow(world: World, rng: Generator) -> None:
    """One indicator in two districts, at the two ends of the run: no campaign."""
    name, days = reports.indicator(rng), world.plan.days
    ids = []
    for district, day in zip(
        _districts(world, rng, 2), (rng.uniform(0, 1), rng.uniform(days - 2, days - 1)), strict=True
    ):
        at = world.start_ms + int(day * DAY_MS) // 60_000 * 60_000
        ids.append(reports.write(world, rng, district, at, "fraud", indicators=[name])["record_id"])
    world.plant("report_decoy", ids, len(ids), indicator=name)


def _districts(world: World, rng: Generator, count: int) -> list[int]:
    chosen = rng.choice(world.plan.districts, size=min(count, world.plan.districts), replace=False)
    return [int(one) for one in chosen]


def _domain(rng: Generator, number: int) -> list[str]:
    name = f"{BRANDS[number % len(BRANDS)]}-{int(rng.integers(100, 999))}"
    alike = "".join(LOOK_ALIKE.get(letter, letter) for letter in name)
    puny = "xn--" + alike.encode("punycode").decode("ascii")
    digits = "".join(DIGITS.get(letter, letter) for letter in name)
    return [f"domain:{form}.example" for form in (name, puny, digits, f"www.{name}")]


def _phone(rng: Generator) -> list[str]:
    rest = f"20794{int(rng.integers(60_000, 69_999))}"
    return [f"phone:+44{rest}", f"phone:+440{rest}"]
