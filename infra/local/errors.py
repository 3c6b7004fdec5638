"""What can go wrong with the embedded stack, as one small tree.

::

    StackError
    ├── WrongPlatform     no pinned build for this machine
    ├── DiskFull          no room in the cache or the data folder
    ├── MemoryShort       less free memory than the parts need
    ├── PortTaken         a port that a setting names is in use
    ├── AlreadyRunning    another stack holds this data folder
    ├── NotRunning        there is no stack on this data folder
    ├── FetchFailed       a part could not be downloaded
    ├── ChecksumWrong     a downloaded part is not the one that the lock names
    └── StartFailed       a service did not become healthy

Each message says what is wrong; ``todo`` says what to do about it.
"""

from __future__ import annotations


class StackError(Exception):
    """A failure of the embedded stack that a person can act on."""

    def __init__(self, message: str, todo: str) -> None:
        super().__init__(f"{message}\n  to do: {todo}")
        self.message = message
        self.todo = todo


class WrongPlatform(StackError):
    """No pinned build for this machine."""


class DiskFull(StackError):
    """No room in the cache or the data folder."""


class MemoryShort(StackError):
    """Less free memory than the parts need."""


class PortTaken(StackError):
    """A port that a setting names is in use."""


class AlreadyRunning(StackError):
    """Another stack holds this data folder."""


class NotRunning(StackError):
    """There is no stack on this data folder."""


class FetchFailed(StackError):
    """A part could not be downloaded."""


class ChecksumWrong(StackError):
    """A downloaded part is not the one that the lock names."""


class StartFailed(StackError):
    """A service did not become healthy."""
