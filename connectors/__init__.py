"""The edge: files and mappings in, ClickHouse and alerts out."""
