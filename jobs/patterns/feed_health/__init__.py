"""The health of a district's own feeds: silence, clocks, refusals, told to that district alone."""
