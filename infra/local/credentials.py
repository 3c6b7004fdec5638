"""What a district is given to connect with: ``<data>/credentials/<district>.env``, for its owner alone (mode 0600).

Several parts of the platform write to one file, each its own lines; it is read as ``.env`` by the district's commands.
"""

from __future__ import annotations

import fcntl
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from infra.local.endpoints import write_private
from streams.districts import check_name
from streams.settings import ClickHouse, Settings

FOLDER = "credentials"
STORE = "CROSSBEAT_CLICKHOUSE__"
USER, PASSWORD = "CROSSBEAT_KAFKA__USERNAME", "CROSSBEAT_KAFKA__PASSWORD"


def file_of(data: Path, district: str) -> Path:
    """The district's file, which need not exist.

    Raises:
        streams.districts.BadDistrict: no district can be called so.
    """
    return data / FOLDER / f"{check_name(district)}.env"


def put(data: Path, district: str, values: Mapping[str, str]) -> Path:
    """Set these variables in the district's file and leave its others as they are; return the file."""
    file = file_of(data, district)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (file.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = read(data, district)
        after = {**before, **values}
        if after != before:
            write_private(file, "".join(f"{name}={value}\n" for name, value in after.items()))
    return file


def read(data: Path, district: str) -> dict[str, str]:
    """The variables of the district's file; none when there is no file."""
    file = file_of(data, district)
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def as_district(settings: Settings, district: str) -> Settings:
    """The settings with the district's own Kafka login, where it has been given one; else as they are."""
    given = read(settings.data, district)
    ours = settings.model_copy(deep=True)
    if USER in given and PASSWORD in given:
        ours.kafka.accounts = {}
        ours.kafka.username, ours.kafka.password = given[USER], SecretStr(given[PASSWORD])
    return ours


def as_analyst(settings: Settings, district: str) -> Settings:
    """The settings by which the analysts of a district ask: its account, and the guard in the place of the server.

    Raises:
        LookupError: there are no such credentials here; the message says what to do.
        streams.districts.BadDistrict: no district can be called so.
    """
    given = {
        name.removeprefix(STORE).lower(): value
        for name, value in read(settings.data, district).items()
        if name.startswith(STORE)
    }
    if not given:
        raise LookupError(
            f"no credentials of {district} for clickhouse are here\n"
            "they are made some seconds after a district joins; `crossbeat up` must run, and the data folder be its own"
        )
    found = settings.model_copy(deep=True)
    found.clickhouse = ClickHouse.model_validate({**settings.clickhouse.model_dump(), **given})
    return found


def give_analysts(settings: Settings, district: str, account: str, password: SecretStr) -> Path:
    """Put into the district's file how its analysts connect: to the guard, never to the server itself."""
    guard = settings.guard
    ways = {
        "HOST": guard.host,
        "HTTP_PORT": str(guard.port),
        "ANALYST_USERNAME": account,
        "ANALYST_PASSWORD": password.get_secret_value(),
        "SECURE": str(bool(guard.certificate)).lower(),
    }
    return put(settings.data, district, {f"{STORE}{name}": value for name, value in ways.items()})
