"""What a sender says, made a record of the contract: times read, text scrubbed, plate turned into a token.

Everything wrong with it is a fault, a value. A fault never holds anything that the sender wrote, for it may be logged.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connectors.intake.plates import LEAST, MOST, Secrets
from connectors.intake.sites import Site
from schemas import contracts
from schemas.check import Checker, system_clock
from schemas.contract import Contract
from schemas.fault import Fault
from streams.scrub import scrub

STAGE = "district"
PLATE = "plate"
# What no device may say: who owns a record, and who may see it. The key's site says these, or the defaults below.
NOT_THE_SENDERS = frozenset({"header", "grading", "release"})
DEFAULTS: dict[str, dict[str, Any]] = {
    "online_report": {"grading_source": "untested", "grading_information": "D", "indicators": []},
    "camera_event": {"grading_source": "untested", "grading_information": "A", "time_precision": "minute"},
}
COMMON = {"statement": "fact", "release_to": [], "release_purposes": [], "release_handling": "C"}
HOW_TIMES_ARE = "must be a time with its zone, such as 2024-03-07T18:00:00Z, or UTC milliseconds"


class Reader:
    """Reads what senders say of one record type, for one district."""

    def __init__(self, kind: str, district: str, secrets: Secrets, skew_s: float) -> None:
        self.contract: Contract = contracts.get(kind)
        self.kind = kind
        fields = self.contract.fields(STAGE)
        self.district = district
        self._secrets = secrets
        self._check = Checker(self.contract, STAGE, skew_s=skew_s).check
        self._empty = {field.name: None for field in fields} | COMMON | DEFAULTS[kind] | {"district": district}
        self._times = tuple(field.name for field in fields if field.kind == "timestamp" and field.name != "recorded_at")
        self._texts = tuple(field.name for field in fields if field.notes.sensitivity == "free_text")
        self.said = tuple(field for field in fields if field.part not in NOT_THE_SENDERS)
        """The fields that a sender may give."""
        self._known = frozenset(field.name for field in self.said) | ({PLATE} if self.takes_plates else set())

    @property
    def takes_plates(self) -> bool:
        """Whether its records have a token of a plate."""
        return any(field.name == "vehicle_token" for field in self.contract.fields(STAGE))

    def __call__(self, item: object, site: Site, name: str) -> dict[str, Any] | list[Fault]:
        """The record, or what is wrong with what was said. ``name`` is that of the content, for its id."""
        if not isinstance(item, dict):
            return [Fault("bad_value", "", "must be a JSON object")]
        if not item.keys() <= self._known:
            words = "has a field that is not known, or not the sender's to give: /openapi.json lists those that are"
            return [Fault("bad_value", "", words)]
        record = {**self._empty, **self._of_site(site), **item}
        record["record_id"] = f"{self.district}:{site.name}-{name}"
        record["district"] = self.district
        record["revision"] = 1
        record["recorded_at"] = system_clock()
        faults = self._token(record) + self._moments(record)
        if faults:
            return faults
        for field in self._texts:
            if isinstance(record[field], str):
                record[field] = scrub(record[field])
        return self._check(record) or record

    def _of_site(self, site: Site) -> dict[str, Any]:
        """The site's own fields, those that this record type has."""
        return {name: value for name, value in site.fields.items() if name in self._empty}

    def _token(self, record: dict[str, Any]) -> list[Fault]:
        plate = record.pop(PLATE, None)
        if plate is None:
            return []
        if record["vehicle_token"] is not None:
            return [Fault("bad_value", PLATE, "plate and vehicle_token are one too many: give one of them")]
        token = self._secrets.token(plate) if isinstance(plate, str) else None
        if token is None:
            return [Fault("bad_value", PLATE, f"plate must be text with {LEAST} to {MOST} letters and digits")]
        record["vehicle_token"] = token
        return []

    def _moments(self, record: dict[str, Any]) -> list[Fault]:
        faults = []
        for name in self._times:
            value = record[name]
            if isinstance(value, str):
                moment = milliseconds(value)
                if moment is None:
                    faults.append(Fault("bad_time", name, f"{name} {HOW_TIMES_ARE}"))
                record[name] = moment
        if record["occurred_to"] is None:
            record["occurred_to"] = record["occurred_from"]
        return faults


def milliseconds(text: str) -> int | None:
    """A time in ISO 8601 as UTC milliseconds; None when it is none, or does not tell its zone."""
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def site_fields_faults(site: Site) -> list[str]:
    """Fields of a site's table in ``keys.toml`` that no record it may send has."""
    known = {field.name for kind in site.kinds for field in contracts.get(kind).fields(STAGE)}
    header = {
        field.name for kind in site.kinds for field in contracts.get(kind).fields(STAGE) if field.part == "header"
    }
    return sorted(name for name in site.fields if name not in known or name in header)
