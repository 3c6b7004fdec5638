"""The release of a mapping that says none: that of the district whose folder it is in."""

from __future__ import annotations

from pathlib import Path

from connectors.mapping.problems import MappingError
from connectors.mapping.spec import Release, Spec
from connectors.mapping.targets import parts, record_types
from streams import toml_file
from streams.district_file import DistrictFile

DISTRICT = "district.toml"


def with_release(path: Path, spec: Spec) -> tuple[Spec, bytes]:
    """The mapping with the release of ``district.toml`` beside it, and that as bytes; unchanged where it is not needed.

    It is not where the mapping says its own, where records of the type have none, and where the rows are of another
    district than the one whose folder this is.

    Raises:
        MappingError: the district's file cannot be used.
    """
    file = path.with_name(DISTRICT)
    if spec.release is not None or spec.record not in record_types() or "release" not in parts(spec.record):
        return spec, b""
    if not file.is_file():
        return spec, b""
    try:
        said = toml_file.read(file, DistrictFile)
    except toml_file.BadFile as error:
        raise MappingError(str(error)) from error
    if said.release is None or said.name != spec.district.fixed:
        return spec, b""
    release = Release.model_validate(said.release.model_dump())
    return spec.model_copy(update={"release": release}), release.model_dump_json().encode()
