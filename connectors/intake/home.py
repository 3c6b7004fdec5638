"""Where the intake of a district keeps its keys and its spool, and which districts have something to serve.

Nothing here loads the HTTP side: the supervisor of a stack asks once a second.
"""

from __future__ import annotations

from pathlib import Path

from connectors.intake.errors import BadFile, IntakeError
from connectors.intake.sites import Sites
from streams import districts
from streams.settings import Settings

KEYS, SECRET, SPOOL = "keys.toml", "secret.toml", "spool"


def folder(settings: Settings) -> Path:
    """The folder of the settings' district.

    Raises:
        IntakeError: no district is named, or its name cannot be one.
    """
    name = settings.intake.district
    if not name:
        raise IntakeError("no district is named: set intake.district, or give --district")
    try:
        districts.check_name(name)
    except districts.BadDistrict as error:
        raise IntakeError(str(error)) from error
    return _home(settings)


def _home(settings: Settings) -> Path:
    options = settings.intake
    return Path(options.folder).expanduser() if options.folder else settings.data / "intake" / options.district


class Homes:
    """The districts of a data folder whose intake has something to do; cheap to ask again and again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sites: dict[Path, Sites] = {}

    def wanted(self) -> list[str]:
        """Districts with a site that has a key, or with records in the spool that Kafka has not got yet.

        One whose file of keys is damaged or cannot be read is among them: its intake says what is wrong with it.
        """
        return sorted(name for name, home in self._all().items() if self._has_keys(home / KEYS) or _spooled(home))

    def _all(self) -> dict[str, Path]:
        found = {path.parent.name: path.parent for path in (self._settings.data / "intake").glob(f"*/{KEYS}")}
        if self._settings.intake.district:
            found[self._settings.intake.district] = _home(self._settings)
        return found

    def _has_keys(self, path: Path) -> bool:
        try:
            sites = self._sites.get(path)
            if sites is None:
                sites = self._sites[path] = Sites(path)
            else:
                sites.refresh()
        except (BadFile, OSError):
            return True
        return sites.some


def _spooled(home: Path) -> bool:
    return any((home / SPOOL).glob("*.spool"))
