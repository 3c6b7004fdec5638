"""The patterns: one folder each."""
