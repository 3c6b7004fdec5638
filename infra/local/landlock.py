"""Landlock: a process gives up all files but those that it names, for good, and so do those that it starts.

Linux 5.13 and later; no root is needed. https://docs.kernel.org/userspace-api/landlock.html has the numbers. Standard
library only: ``clickhouse_server.py`` loads it by its path.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
VERSION_FLAG, PATH_BENEATH = 1, 1
PR_SET_NO_NEW_PRIVS = 38
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
FILE_ONLY = 1 << 0 | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15  # execute, truncate, ioctl: what a file rule may hold
# Rights that each version of the interface knows, all to be given up.
KNOWN = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}


class Unconfined(RuntimeError):
    """The process was not confined; the message says why."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """The version of the interface that this kernel offers, 0 where it offers none."""
    return max(0, int(_libc().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION_FLAG)))


def confine(write: Iterable[str], read: Iterable[str]) -> int:
    """Keep this process to these files and folders and what is beneath; a path that does not exist is left out.

    Returns:
        The version of the interface.

    Raises:
        Unconfined: the kernel has no Landlock, or refused.
    """
    abi = version()
    if not abi:
        raise Unconfined("this kernel has no landlock (5.13 and later have it, where it is switched on)")
    handled = KNOWN[max(known for known in KNOWN if known <= abi)]
    ruleset = _call(CREATE_RULESET, ctypes.byref(_Ruleset(handled)), ctypes.c_size_t(8), 0)
    for paths, rights in ((write, handled), (read, READ_FILE | READ_DIR)):
        for path in paths:
            _allow(ruleset, path, rights & handled)
    if _libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise Unconfined(os.strerror(ctypes.get_errno()))
    _call(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return abi


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        beneath = _Beneath(rights if folder else rights & FILE_ONLY, descriptor)
        _call(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(beneath), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    found = int(_libc().syscall(number, *arguments))
    if found < 0:
        raise Unconfined(os.strerror(ctypes.get_errno()))
    return found
