"""Pairs of incidents near in space and time on both sides of a border."""
