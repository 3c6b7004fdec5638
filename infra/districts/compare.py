"""How districts and agreements that are written down differ from those that take part. No server is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from infra.districts.change import Change
from infra.districts.files import Files, Written
from streams.agreements import Agreement
from streams.district_file import DistrictFile, ReleaseDefaults, longest_days
from streams.districts import District

KM2 = 1e6
GEOD = Geod(ellps="WGS84")


def future(live: Mapping[str, District], files: Files) -> dict[str, District]:
    """The districts that will take part once the files are applied. New ones have the numbers that come next."""
    if files.districts is None:
        return dict(live)
    found = {name: one for name, one in live.items() if name in files.districts or not one.managed}
    following = 1 + max((one.number for one in live.values()), default=-1)
    for name, written in files.districts.items():
        number = written.said.number
        if number is None and name in live:
            number = live[name].number
        elif number is None:
            number, following = following, following + 1
        found[name] = District.of(written.said, number, written.area, managed=True)
    return found


def districts(live: Mapping[str, District], files: Files) -> Iterator[Change]:
    """What the files change of who takes part."""
    if files.districts is None:
        return
    for name, written in files.districts.items():
        if name not in live:
            yield Change("add", "district", name, _introduced(written))
        elif change := _changed(live[name], written):
            yield change
    for name, district in live.items():
        if name not in files.districts and district.managed:
            yield Change(
                "remove", "district", name, "its file is gone", "it leaves with its topics, accounts and records"
            )


def agreements(live: Mapping[str, Agreement], files: Files) -> Iterator[Change]:
    """What the files change of the agreements that are in force."""
    if files.agreements is None:
        return
    for name, agreement in files.agreements.items():
        if name not in live:
            first = "" if live else "; from now on only what an agreement covers is shared"
            yield Change("add", "agreement", name, _agreed(agreement) + first)
        elif agreement != live[name]:
            words = "; ".join(_differences(live[name], agreement))
            yield Change("change", "agreement", name, words, "; ".join(_wider(live[name], agreement)))
    for name in live:
        if name not in files.agreements:
            unsafe = "" if files.agreements else "with no agreement left, the release on a record alone counts"
            yield Change("remove", "agreement", name, "its file is gone; what was shared under it stays", unsafe)


def _introduced(written: Written) -> str:
    said = written.said
    parts = [said.title, f"{_km2(written.area):,.0f} km²" if written.area is not None else "no ground of its own"]
    if said.groups:
        parts.append(f"in {_names(said.groups)}")
    return ", ".join([*parts, f"receives {_names(said.receives)}"])


def _changed(live: District, written: Written) -> Change | None:
    before, after = live.file, written.said.model_copy(update={"number": None})
    words, unsafe = list(_differences(before, after)), list(_risks(before, after))
    if written.said.number is not None and written.said.number != live.number:
        words.append(f"number {live.number} → {written.said.number}")
        unsafe.append("its records move to another partition, where a new revision may overtake an old one")
    moved = _moved(live.area, written.area)
    if moved is not None:
        words.append(f"area {moved}")
        if live.area is not None:
            unsafe.append("its border moves: what lies near it changes for its neighbours too")
    if not live.managed and not words:
        words.append("has a file from now on")
    return Change("change", "district", live.name, "; ".join(words), "; ".join(unsafe)) if words else None


def _risks(before: DistrictFile, after: DistrictFile) -> Iterator[str]:
    for group in sorted(set(after.groups) - set(before.groups)):
        yield f"it will see what is released to group:{group}"
    if more := sorted(set(after.purposes) - set(before.purposes)):
        yield f"it may use others' records also for {_names(more)}"
    if before.release is not None and after.release is not None and _wider_release(before.release, after.release):
        yield "its records are released more widely from now on"
    for record, days in longest_days().items():
        old, new = before.retention.get(record, days), after.retention.get(record, days)
        if new < old:
            yield f"its {record} records older than {new} days are deleted"


def _wider_release(before: ReleaseDefaults, after: ReleaseDefaults) -> bool:
    longer = before.expires_after_days is not None and (
        after.expires_after_days is None or after.expires_after_days > before.expires_after_days
    )
    more = not set(after.to) <= set(before.to) or not set(after.purposes) <= set(before.purposes)
    return longer or more or (before.handling, after.handling) == ("C", "P")


def _wider(before: Agreement, after: Agreement) -> Iterator[str]:
    for key in ("parties", "records", "purposes"):
        if more := sorted(set(getattr(after, key)) - set(getattr(before, key))):
            yield f"it covers more {key}: {_names(more)}"
    if before.from_ms is not None and (after.from_ms is None or after.from_ms < before.from_ms):
        yield "it begins earlier"
    if before.until_ms is not None and (after.until_ms is None or after.until_ms > before.until_ms):
        yield "it ends later"
    kept, keeps = before.retention_days, after.retention_days
    if kept is not None and (keeps is None or keeps > kept):
        yield "what is shared under it may be kept longer"
    elif kept is None and keeps is not None and before.until_ms is not None:
        yield "what is shared under it may be kept beyond its end"


def _differences(before: DistrictFile | Agreement, after: DistrictFile | Agreement) -> Iterator[str]:
    """``groups lake → lake, river``, for each key that differs, by the name that people write."""
    old, new = before.model_dump(), after.model_dump()
    for key, field in type(before).model_fields.items():
        if old[key] != new[key]:
            yield f"{field.alias or key} {_shown(old[key])} → {_shown(new[key])}"


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        said = [f"{key} {_shown(inner)}" for key, inner in value.items() if inner is not None]
        return ", ".join(said) or "none"
    if isinstance(value, tuple | list):
        return _names(value)
    return "none" if value is None else str(value)


def _agreed(agreement: Agreement) -> str:
    words = f"{_names(agreement.parties)} share {_names(agreement.records)} for {_names(agreement.purposes)}"
    return words + (f" until {agreement.ends}" if agreement.ends else "")


def _moved(before: BaseGeometry | None, after: BaseGeometry | None) -> str | None:
    if before is None or after is None:
        return None if before is after else "is given" if before is None else "is taken away"
    if before.equals_exact(after, 0.0):
        return None
    apart = shapely.symmetric_difference(shapely.make_valid(before), shapely.make_valid(after))
    return f"moves by {_km2(apart):,.2f} km²"


def _km2(area: BaseGeometry) -> float:
    polygons = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    return sum(abs(float(GEOD.geometry_area_perimeter(part)[0])) for part in polygons) / KM2


def _names(names: Iterable[object]) -> str:
    return ", ".join(str(name) for name in names) or "none"
