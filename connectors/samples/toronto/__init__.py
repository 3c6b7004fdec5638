"""The Toronto sample: 240,992 incidents of 2014 to 2021 in twenty districts, made from a package of the index.

The file names no district. Each of its 140 neighbourhoods goes to the police station (``PS_Id``) that is most often
named in it where one is named; three neighbourhoods name none and go with the nearest one that does. So a district is
``ps1`` to ``ps22``, the neighbourhoods about one station, and not a division of the Toronto police.
"""

from connectors.samples.toronto.prepare import Sample, prepare

__all__ = ["Sample", "prepare"]
