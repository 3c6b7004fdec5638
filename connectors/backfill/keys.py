"""The districts' secret keys, those of the intake: a plate read by either has the same token."""

from __future__ import annotations

from functools import cache

from connectors.intake import IntakeError, plates
from connectors.intake.home import SECRET, folder
from connectors.intake.plates import Secrets
from connectors.mapping import MappingError
from connectors.mapping.secret import Keys
from streams.settings import Settings


def keys_of(settings: Settings) -> Keys:
    """Looks a district's keys up where they are first needed, and makes them where there are none yet.

    What it returns raises ``MappingError`` when they cannot be read.
    """

    @cache
    def keys(district: str) -> Secrets:
        of_district = settings.model_copy(
            update={"intake": settings.intake.model_copy(update={"district": district, "folder": _folder(district)})}
        )
        try:
            return plates.load(folder(of_district) / SECRET)
        except IntakeError as error:
            raise MappingError(str(error)) from error

    def _folder(district: str) -> str:
        """A folder that is set is that of the intake's own district."""
        return settings.intake.folder if district == settings.intake.district else ""

    return keys
