"""What every part of the embedded stack is: a name, a process, a health check, an address."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from infra.local.process import Child, explain
from jobs.program import Program
from streams.settings import Settings


class State(StrEnum):
    """Where a service stands."""

    WAITING = "waiting"
    STARTING = "starting"
    HEALTHY = "healthy"
    YOURS = "yours"  # an address of the user's: never started or stopped here
    DOWN = "down"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Place:
    """Where a service lives: its folder, its log, the cache, the ports of the stack by name."""

    data: Path
    cache: Path
    ports: dict[str, int]

    def log(self, name: str) -> Path:
        """The one log of a service."""
        return self.data / "logs" / f"{name}.log"


class Service(ABC):
    """One process that the supervisor keeps alive."""

    name: str
    parts: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    needed: bool = True  # whether the stack is ready only when it is healthy
    patience_s: float = 15.0  # how long it may take to end after SIGTERM

    def __init__(self, settings: Settings, place: Place) -> None:
        self.settings = settings
        self.place = place
        self.state = State.WAITING
        self.detail = ""
        self.restarts = 0
        self.child: Child | None = None
        self.started_at = 0.0
        self.seconds: float | None = None

    @property
    def program(self) -> Program | None:
        """The Java program that it is, if it is one."""
        return None

    @abstractmethod
    def spawn(self) -> Child:
        """Start the process."""

    @abstractmethod
    def healthy(self) -> bool:
        """Whether it does its work now; never raises, never takes longer than about two seconds."""

    @property
    @abstractmethod
    def address(self) -> str:
        """Where it is reached, for people."""

    def prepare(self) -> None:  # noqa: B027 - most have nothing to prepare
        """Write configuration and format storage; runs before the first start, beside other services."""

    def outdated(self) -> bool:
        """Whether it must be prepared and started anew, because what it was told at its start has changed."""
        return False

    def start(self) -> None:
        """Start it and begin to count the seconds until it is healthy."""
        self.state, self.detail, self.seconds = State.STARTING, "", None
        self.started_at = time.monotonic()
        self.child = self.spawn()

    def look(self) -> None:
        """Bring ``state`` up to date."""
        if self.child is None or self.state in (State.STOPPED, State.WAITING):
            return
        if not self.child.alive:
            self.state, self.detail = State.DOWN, explain(self.child.exit_code)
        elif self.healthy():
            if self.seconds is None:
                self.seconds = time.monotonic() - self.started_at
            self.state, self.detail = State.HEALTHY, ""
        elif self.state is State.HEALTHY:
            self.detail = "does not answer"

    def clear(self) -> None:
        """After it died: end what is left of its process group, and take in how it ended."""
        if self.child is not None:
            self.child.stop(0)
            if self.program is not None:
                self.program.ended(kindly=False)

    def stop(self) -> None:
        """End it; a process that does not end in time is killed, and that is said."""
        if self.child is None:
            return
        kindly = self.child.stop(self.patience_s)
        if (program := self.program) is not None:
            program.ended(kindly)
        self.state, self.detail = State.STOPPED, "" if kindly else f"did not end within {self.patience_s:.0f} s: killed"
