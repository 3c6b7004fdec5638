"""Findings at premises that were not put right, and those that repeat in a chain."""
