"""The settings of a pattern: a value with its unit and bounds, and others for a pair of neighbouring districts.

What users set stands under ``patterns.<name>`` of the settings; under a key ``north~south`` stands what differs where
one record is of the one district and one of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Value = bool | int | float | str
Given = Mapping[str, Value | dict[str, Value]]
"""What a user set for one pattern."""
Pair = tuple[str, str]
"""Two districts, sorted."""
BETWEEN = "~"


class PatternError(ValueError):
    """A pattern's folder or settings are not as they must be; the message names what, and what to correct."""


class Setting(BaseModel):
    """One setting, as ``[settings.<name>]`` of a ``pattern.toml`` states it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Value = Field(description="what holds if nobody says otherwise; its type is the setting's")
    unit: str = Field("", description="of a number: m, s, days, …; empty for what has none")
    min: float | None = Field(None, description="the least that is allowed")
    max: float | None = Field(None, description="the most that is allowed")
    choices: tuple[str, ...] = Field((), description="for a text: all that is allowed; empty means any")
    by_pair: bool = Field(False, description="whether a pair of districts may have another")
    begins_anew: bool = Field(
        False, description="whether it decides what state keeps, or where: with another value the pattern begins anew"
    )
    about: str = Field(min_length=1, description="what it does, for people")

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if number and (self.min is None or self.max is None):
            raise ValueError("a number must have min and max")
        if self.by_pair and not number:
            raise ValueError("only a number may differ by pair")
        self.checked(self.value, "value")
        return self

    @property
    def allowed(self) -> str:
        """What it may be, in words: ``1 to 5000 m``, ``category, offence or none``."""
        if self.choices:
            return " or ".join([", ".join(self.choices[:-1]), self.choices[-1]] if self.choices[1:] else self.choices)
        if self.min is not None and self.max is not None:
            return f"{self.min:g} to {self.max:g} {self.unit}".rstrip()
        return "true or false" if isinstance(self.value, bool) else "any text"

    def checked(self, given: object, where: str) -> Value:
        """A value as the setting's type, within its bounds; environment variables give text.

        Raises:
            PatternError: it is of another type or out of bounds; ``where`` names it.
        """
        if isinstance(self.value, bool):
            if str(given).lower() in ("true", "false"):
                return str(given).lower() == "true"
            raise PatternError(f"{where} must be true or false, not {given!r}")
        if isinstance(self.value, str):
            text = str(given)
            if self.choices and text not in self.choices:
                raise PatternError(f"{where} must be {self.allowed}, not {text!r}")
            return text
        number = self._number(given, where)
        if not (self.min is None or self.min <= number) or not (self.max is None or number <= self.max):
            raise PatternError(f"{where} must be {self.allowed}, not {number:g}")
        return number

    def _number(self, given: object, where: str) -> int | float:
        kind = "a whole number" if isinstance(self.value, int) else "a number"
        try:
            number = float(str(given))
        except ValueError as error:
            raise PatternError(f"{where} must be {kind} like {self.value!r}, not {given!r}") from error
        if isinstance(self.value, float):
            return number
        if not number.is_integer():
            raise PatternError(f"{where} must be {kind} like {self.value!r}, not {given!r}")
        return int(number)


def resolve(name: str, settings: Mapping[str, Setting], given: Given) -> dict[str, Value]:
    """The settings of pattern ``name``: defaults, and over them what the user set, without what is for pairs.

    Raises:
        PatternError: a setting that it does not have, or a value that is not allowed.
    """
    values = {key: setting.value for key, setting in settings.items()}
    for key, value in given.items():
        if BETWEEN not in key:
            values[key] = _setting(name, settings, key).checked(value, f"{name}.{key}")
    return values


def by_pair(name: str, settings: Mapping[str, Setting], given: Given) -> dict[Pair, dict[str, Value]]:
    """What differs for a pair of districts, by the pair.

    Raises:
        PatternError: as :func:`resolve`, or a setting that is the same everywhere.
    """
    found: dict[Pair, dict[str, Value]] = {}
    for key, values in given.items():
        if BETWEEN not in key:
            continue
        one, _, other = key.partition(BETWEEN)
        if not isinstance(values, Mapping) or not one or not other or one == other:
            raise PatternError(f"{name}.{key}: write settings under two districts, as in 'north{BETWEEN}south'")
        for setting, value in values.items():
            known = _setting(name, settings, setting)
            if not known.by_pair:
                raise PatternError(f"{name}.{setting} is the same for all districts: set it without a pair")
            pair = (min(one, other), max(one, other))
            found.setdefault(pair, {})[setting] = known.checked(value, f"{name}.{key}.{setting}")
    return found


def texts(settings: Mapping[str, Setting], values: Mapping[str, Value], pairs: Mapping[Pair, Any]) -> dict[str, str]:
    """What the query may name: each setting as a literal of SQL, and of one that differs by pair two more.

    ``<setting>_most`` is the greatest that holds anywhere; ``<setting>_by_pair`` is what goes between the
    quotes of a text for a function: ``north~south=250.0 north~west=800.0``, empty where no pair has its own.
    """
    found = {key: _literal(value) for key, value in values.items()}
    for key in (key for key, setting in settings.items() if setting.by_pair):
        own = {pair: special[key] for pair, special in pairs.items() if key in special}
        found[f"{key}_most"] = _literal(_most(key, values, pairs))
        found[f"{key}_by_pair"] = _literal(" ".join(f"{BETWEEN.join(pair)}={value!r}" for pair, value in own.items()))
    return found


def laid_out_by(
    settings: Mapping[str, Setting], values: Mapping[str, Value], pairs: Mapping[Pair, Any]
) -> dict[str, Value]:
    """The values by which state is laid out; of one that differs by pair, the greatest that holds anywhere."""
    return {
        key: _most(key, values, pairs) if setting.by_pair else values[key]
        for key, setting in settings.items()
        if setting.begins_anew
    }


def _most(key: str, values: Mapping[str, Value], pairs: Mapping[Pair, Any]) -> Any:
    return max([values[key], *(special[key] for special in pairs.values() if key in special)])


def _setting(name: str, settings: Mapping[str, Setting], key: str) -> Setting:
    if key not in settings:
        raise PatternError(f"pattern {name} has no setting {key!r}: it has {', '.join(sorted(settings)) or 'none'}")
    return settings[key]


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value.replace("'", "''")
    return repr(value)
