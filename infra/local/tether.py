"""Tie a process to its parent's life, then become the real command.

``python -I -S tether.py PARENT_PID COMMAND…``. The kernel sends SIGKILL to this process, and so to the command that
replaces it, when the thread that started it ends: a kill -9 of the supervisor leaves no orphan. SIGKILL rather than
SIGTERM, because a new start must find ports and data folders free at once, and every part recovers from it.
Standard library only, and run without site packages: it costs 15 ms.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Set the signal, make sure that the parent is still there, become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        sys.exit(f"cannot tie {command[0]} to its parent: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:
        sys.exit("the parent ended before the start")
    os.execvp(command[0], command)  # noqa: S606 - a list of our own, no shell


if __name__ == "__main__":
    main()
