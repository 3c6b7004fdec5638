"""Flink jobs: tables rendered from the contracts, the runner, one folder a pattern."""
