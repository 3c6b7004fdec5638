"""The HTTP intakes of districts: one process a district that has something to serve, none where no district has.

A site may be given its first key while all runs: the intake begins within seconds, and ends when the last key is
revoked and all that it kept is in Kafka. Each publishes as its district, with the rights of its district.
"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.intake.home import Homes
from infra.local import credentials, ports
from infra.local.process import Child
from infra.local.service import Place
from infra.local.workers import Worker
from streams.districts import BadDistrict
from streams.settings import Settings

PREFIX = "intake-"
NOT_JOINED = "takes no part: `crossbeat apply` lets it join"
NO_LOGIN = "has no login of its district here: put data/credentials/{0}.env back, or `crossbeat rotate {0}`"


class Intake(Worker):
    """The intake of one district, at an address that stays as long as it can."""

    def __init__(self, settings: Settings, place: Place, district: str) -> None:
        super().__init__(settings, place, f"{PREFIX}{district}")
        self.district = district
        self.needed = False
        options = settings.intake
        self._own = district == options.district
        self._fixed = options.port if self._own else 0
        self._port = self._fixed or ports.choose({self.name: 0}, place.data / "run")[self.name]
        self._login = self._now()

    @property
    def address(self) -> str:
        """Where it takes in."""
        options = self.settings.intake
        return f"{'https' if options.certificate else 'http'}://{options.host}:{self._port}"

    def environment(self) -> dict[str, str]:
        """Also its district, its port, and who it is to Kafka."""
        self._login = self._now()
        username, password = self._login
        told = {
            "CROSSBEAT_INTAKE__DISTRICT": self.district,
            "CROSSBEAT_INTAKE__PORT": str(self._port),
            "CROSSBEAT_INTAKE__FOLDER": self.settings.intake.folder if self._own else "",
            "CROSSBEAT_KAFKA__USERNAME": username,
            "CROSSBEAT_KAFKA__PASSWORD": password,
        }
        return super().environment() | told

    def spawn(self) -> Child:
        """Start it, at another port if its own was taken while it was away and no setting names it."""
        if not self._fixed:
            self._port = ports.choose({self.name: 0}, self.place.data / "run")[self.name]
        return super().spawn()

    def outdated(self) -> bool:
        """Whether its district was given another password."""
        return self._now() != self._login

    def _now(self) -> tuple[str, str]:
        return credentials.as_district(self.settings, self.district).kafka.login()


@dataclass(frozen=True, slots=True)
class Found:
    """Districts that are to be served, and why others with keys or kept records cannot be."""

    served: tuple[str, ...]
    held: dict[str, str]


class Intakes:
    """Looks which intakes there are to be; ``look`` costs a listing of a folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._homes = Homes(settings)

    def look(self) -> Found:
        """Which there are to be now."""
        wanted = self._homes.wanted() if self._settings.intake.run else []
        held = {name: why for name in wanted if (why := self._obstacle(name))}
        return Found(tuple(name for name in wanted if name not in held), held)

    def _obstacle(self, district: str) -> str:
        """What is in the way of a district's intake; empty when nothing is."""
        try:
            given = credentials.read(self._settings.data, district)
        except BadDistrict as error:
            return str(error)
        if not (self._settings.districts / f"{district}.toml").exists():
            return NOT_JOINED
        kafka = self._settings.kafka
        ours = kafka.security_protocol.startswith("SASL") and kafka.manage_accounts
        return NO_LOGIN.format(district) if ours and credentials.USER not in given else ""
