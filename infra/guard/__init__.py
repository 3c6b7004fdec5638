"""The guard: judges what a district's analysts ask of ClickHouse, and has ClickHouse answer exactly that."""
