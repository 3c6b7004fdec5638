"""How well patterns find what was planted in simulated cities: gated, run by a trial, held to the truth."""
