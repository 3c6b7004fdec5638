"""Districts and agreements as files: read, held against the live system, made so.

``files`` reads what people wrote, ``plan`` says how the live system differs and what of it is unsafe, ``apply`` makes
it so, ``scaffold`` writes the first files of a district.
"""

from infra.districts.change import Change
from infra.districts.files import BadFiles, Files, load
from infra.districts.plan import plan

__all__ = ["BadFiles", "Change", "Files", "load", "plan"]
