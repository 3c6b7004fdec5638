"""Asking: a statement of an analyst to ClickHouse, and its answer as a table, CSV, JSON lines or Arrow."""
