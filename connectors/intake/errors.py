"""The intake's exceptions; the package's docstring draws their tree. What a sender did wrong is a value instead."""

from __future__ import annotations


class IntakeError(RuntimeError):
    """The service cannot start or go on; the message says why and what to do."""


class BadFile(IntakeError):
    """A file of keys is missing, damaged or open to others."""


class SpoolFull(IntakeError):
    """Kafka is away and nothing more can be kept on disk."""
