"""Mappings: how the rows of a district's own file become records of the contract.

A mapping is one TOML file, described for its writers in ``docs/districts.md``. :func:`load` reads and checks it,
:class:`Mapper` applies it to a chunk of rows at a time. A row that cannot become a record is a :class:`Rejection`,
a value with a reason and with words on what to do; only a mapping that cannot work at all raises
:class:`MappingError`.

    MappingError            the mapping, or the file as a whole, cannot be used: the message says what to change
"""

from connectors.mapping.apply import Mapped, Mapper
from connectors.mapping.draft import Rejection
from connectors.mapping.load import Mapping, load
from connectors.mapping.problems import MappingError

__all__ = ["Mapped", "Mapper", "Mapping", "MappingError", "Rejection", "load"]
