"""The gate: the only way from a district's topic into the shared stream. `python -m streams.gate` runs it."""
