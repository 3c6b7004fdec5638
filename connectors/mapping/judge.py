"""What is wrong with a mapping whose keys are all known: each thing with the key that it is about."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pyproj

from connectors.mapping.areas import Areas
from connectors.mapping.judge_fields import Problem, check_field
from connectors.mapping.spec import Spec
from connectors.mapping.targets import parts, place_optional, record_types, targets
from streams.districts import BadDistrict, check_name
from streams.toml_file import nearest


def problems_of(spec: Spec, areas: Areas) -> Iterator[Problem]:
    """Everything that is wrong with a mapping whose keys are known, the record type first."""
    if spec.record not in record_types():
        yield ("record",), f'"{spec.record}" is nothing that a district publishes{nearest(spec.record, record_types())}'
        return
    known = targets(spec.record)
    yield from _check_sections(spec, parts(spec.record))
    for name, field in spec.fields.items():
        if name in known:
            yield from check_field(spec, field, known[name], known)
        else:
            hint = nearest(name, known)
            yield ("fields", name), f"{spec.record} has no such field to fill here{hint}"
    for name, target in known.items():
        if target.required and name not in spec.fields:
            yield ("fields", name), "is missing: every record needs it; give a column or a constant"
    yield from _check_id(spec)
    yield from _check_secrets(spec)
    yield from _check_zone(spec)
    yield from _check_place(spec)
    yield from _check_input(spec)
    yield from _check_districts(spec, areas)


def _check_sections(spec: Spec, own: frozenset[str]) -> Iterator[Problem]:
    """Whether the sections that the record type needs are there, and no others."""
    happens = spec.time is not None and spec.time.told()
    if "time" in own and not happens:
        yield ("time",), f"is missing: every {spec.record} tells when it happened; give a column"
    if "time" not in own and happens:
        words = f"a {spec.record} has no such time: give its times in [fields], and here only the zone of its clock"
        yield ("time", "column"), words
    if "place" in own and spec.place is None and not place_optional(spec.record):
        yield ("place",), f"is missing: every {spec.record} tells where it happened"
    if "place" not in own and spec.place is not None and not any(f.cell_of_place for f in spec.fields.values()):
        yield ("place",), f"a {spec.record} has no place: leave it out, or use it by cell_of_place"
    if "grading" not in own and spec.grading is not None:
        yield ("grading",), f"a {spec.record} has none: leave it out"
    if "release" in own and spec.release is None:
        yield ("release",), "is missing: say it here, or in the [release] of a district.toml beside it"
    if "release" not in own and spec.release is not None:
        yield ("release",), f"a {spec.record} has none: leave it out"


def _check_id(spec: Spec) -> Iterator[Problem]:
    """The gate lets no other record through, so that no district can speak for another."""
    owners = ("{district}:", f"{spec.district.fixed}:")
    if spec.id.template is not None and not spec.id.template.startswith(owners):
        yield ("id", "template"), 'must begin with the district and a colon: "{district}:…"'


def _check_secrets(spec: Spec) -> Iterator[Problem]:
    """A column that must not leave the district may be read for nothing else."""
    hidden = spec.secret_columns()
    for name, field in spec.fields.items():
        told = set(field.sources()) - set(field.secret())
        for column in sorted(told & hidden):
            yield ("fields", name), f'column "{column}" is a secret of the district by another field: leave it out here'
    plates = {field.plate for field in spec.fields.values()} - {None}
    for key, moment in (("time", spec.time), ("recorded_at", spec.recorded_at)):
        # A hash may be made of a time or a place, which is published anyway; a plate is neither.
        if moment is not None and plates.intersection(moment.sources()):
            yield (key,), "reads the column with the plates: name another"
    for column in sorted(hidden.intersection(spec.id.template_columns())):
        yield ("id", "template"), f'column "{column}" is a secret of the district: use hash_of, which is keyed then'


def _check_zone(spec: Spec) -> Iterator[Problem]:
    if spec.time is None:
        if spec.recorded_at is not None:
            yield ("time",), "is missing: say the zone of the clock on which the file's times are read"
        return
    try:
        ZoneInfo(spec.time.zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield ("time", "zone"), f'"{spec.time.zone}" is no time zone{nearest(spec.time.zone, available_timezones())}'


def _check_place(spec: Spec) -> Iterator[Problem]:
    if spec.place is None or spec.place.epsg is None:
        return
    try:
        pyproj.CRS.from_epsg(spec.place.epsg)
    except pyproj.exceptions.CRSError:
        yield (
            ("place", "epsg"),
            f"there is no EPSG:{spec.place.epsg}: look the number up where the coordinates are from",
        )


def _check_input(spec: Spec) -> Iterator[Problem]:
    try:
        codecs.lookup(spec.input.encoding)
    except LookupError:
        yield (
            ("input", "encoding"),
            f'"{spec.input.encoding}" is no known encoding; utf-8, cp1252 and latin-1 are usual',
        )


def _check_districts(spec: Spec, areas: Areas) -> Iterator[Problem]:
    known = districts_of(spec, areas)
    if spec.district.by_point and not areas.polygons:
        yield (
            ("district", "by_point"),
            "needs areas: give districts.areas, a GeoJSON file with a polygon for each district",
        )
    if spec.district.by_point and spec.place is None:
        yield ("district", "by_point"), "needs a place: give [place], or the district by fixed or column"
    if spec.district.column is not None and not known:
        yield ("districts",), "names no district: give areas or titles"
    for name in known:
        try:
            check_name(name)
        except BadDistrict as error:
            yield ("districts",), f"{error}; translate it in districts.names"
    for name in (spec.district.codes or {}).values():
        if name not in known:
            yield ("district", "codes"), f'"{name}" is no district of [districts]{nearest(name, known)}'


def districts_of(spec: Spec, areas: Areas) -> dict[str, str]:
    """Every district of the mapping with its title: those with an area, with a title, and the fixed one."""
    names = [*areas.titles, *spec.districts.titles, *((spec.district.fixed,) if spec.district.fixed else ())]
    return {name: spec.districts.titles.get(name) or areas.titles.get(name) or name for name in dict.fromkeys(names)}
