"""Delivers to districts."""
