"""Make the live system so as files and contracts say. Run again, it leaves alone what is so already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import tomli_w
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from infra import provision
from infra.districts import leave
from infra.districts.change import Change
from infra.districts.files import Files
from infra.local import credentials
from infra.provision import accounts, topics
from infra.provision.store import away
from streams import districts
from streams.agreements import Agreement
from streams.settings import Settings

AWAY_S = 60.0
Tell = Callable[[str], None]


class Unsafe(ValueError):
    """The plan holds changes that are not made unasked."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = tuple(changes)
        named = ", ".join(f"{change.kind} {change.name}" for change in self.changes[:5])
        more = f" and {len(self.changes) - 5} more" if len(self.changes) > 5 else ""
        super().__init__(f"unsafe: {named}{more}: read the plan, then run it with --allow-unsafe")


def apply(settings: Settings, files: Files, changes: Sequence[Change], tell: Tell, *, allow_unsafe: bool) -> None:
    """Make the changes of a plan; ``tell`` gets a line for each thing done.

    Agreements come into force before districts join, and those that are gone go last: the first narrows what is
    shared, the last one to go widens it.

    Raises:
        Unsafe: one of them is unsafe and that was not allowed; nothing was changed.
        ProvisionError: a server refused or did not answer; what was made until then stays, and it can be run again.
    """
    if not allow_unsafe and (unsafe := [change for change in changes if change.unsafe]):
        raise Unsafe(unsafe)
    of = _Of(changes)
    # While the store is there: it begins anew when somebody joins or leaves.
    for name in of("district", "remove"):
        tell(leave.retract_all(settings, name))
    for name in of("agreement", "add", "change"):
        _write_agreement(settings.agreements, name, (files.agreements or {})[name])
        tell(f"agreement {name} is in force")
    for name in of("district", "add", "change"):
        written = (files.districts or {})[name]
        district = districts.put(settings.districts, written.said, written.area)
        tell(f"district {name} takes part, number {district.number}")
    for name in of("district", "remove"):
        districts.remove(settings.districts, name)
        credentials.file_of(settings.data, name).unlink(missing_ok=True)
        tell(f"district {name} has left")
    for name in of("agreement", "remove"):
        (settings.agreements / f"{name}.toml").unlink(missing_ok=True)
        tell(f"agreement {name} is no longer in force")
    patient = Retrying(retry=retry_if_exception(away), wait=wait_fixed(1), stop=stop_after_delay(AWAY_S), reraise=True)
    for line in patient(provision.apply, settings):
        tell(line)
    for line in accounts.remove(settings, *of("account", "remove")):
        tell(line)
    for line in topics.Topics(settings).delete(of("topic", "remove")):
        tell(line)
    for name in of("district", "add"):
        file = credentials.file_of(settings.data, name)
        tell(f"what {name} needs to connect is in {file}, which only you can read: give it to nobody but {name}")


class _Of:
    """Names of changes by kind and action."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes

    def __call__(self, kind: str, *actions: str) -> list[str]:
        return [one.name for one in self._changes if one.kind == kind and one.action in actions]


def _write_agreement(folder: Path, name: str, agreement: Agreement) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    said = agreement.model_dump(by_alias=True, exclude_none=True)
    temporary = folder / f".{name}.tmp"
    temporary.write_text(tomli_w.dumps(said), encoding="utf-8")
    temporary.replace(folder / f"{name}.toml")
