"""The ClickHouse server process: load libchdb, start listening, hold.

``python clickhouse_server.py LIBCHDB DATA CONFIG BACKUPS``. The library's entry point runs ClickHouse's local server,
which listens for as long as its query runs; a query that sleeps for years is the hold, and SIGTERM ends it. Run in a
folder of its own: a ``config.xml`` in the working directory would be read unasked. Standard library only.

Its SQL function ``file()`` opens any file that the process may open, and no grant covers that. The guard keeps the
analysts of districts from it; Landlock is the wall behind: the process gives up all files but its own and what a server
needs of the system. No file that it may still read holds a password in the clear.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

HOLD = (
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; "
    "SELECT sleepEachRow(3) FROM numbers(1000000000) "
    "SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 10000000 FORMAT Null"
)
SYSTEM = (
    *("/usr", "/lib", "/lib64", "/sys", "/proc/self", "/proc/sys", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat"),
    *("/proc/loadavg", "/proc/uptime", "/proc/vmstat", "/proc/diskstats", "/etc/hosts", "/etc/resolv.conf"),
    *("/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/localtime", "/etc/ssl"),
    *("/etc/pki", "/etc/ca-certificates", "/etc/ld.so.cache"),
)


def confine(library: str, data: str, config: str, backups: str) -> None:
    """Give up all files but those of a server, where the kernel can; say which it was."""
    # Loaded by its path: in this folder lie modules that bear names of the standard library.
    spec = importlib.util.spec_from_file_location("landlock", Path(__file__).with_name("landlock.py"))
    assert spec is not None  # noqa: S101 - for the type checker
    assert spec.loader is not None  # noqa: S101
    landlock = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(landlock)
    own = str(Path(library).parent)
    read = [*SYSTEM, own, config, str(Path(config).with_name("users.xml")), sys.base_prefix]
    try:
        version = landlock.confine([data, backups, str(Path.cwd()), "/dev"], read)
    except landlock.Unconfined as error:
        print(f"not confined to its own files: {error}", file=sys.stderr, flush=True)
    else:
        print(f"confined to its own files by landlock {version}", file=sys.stderr, flush=True)


def main() -> None:
    """Become the server."""
    library, data, config, backups = sys.argv[1:]
    confine(library, data, config, backups)
    # RTLD_DEEPBIND: the library brings its own allocator and C++ runtime, which must win over any loaded before
    chdb = ctypes.CDLL(library, mode=os.RTLD_NOW | os.RTLD_DEEPBIND)
    words = ["clickhouse", "--path", data, "--config-file", config, "--query", HOLD]
    arguments = (ctypes.c_char_p * len(words))(*(word.encode() for word in words))
    sys.exit(chdb.chdb_query_cmdline(len(words), arguments))


if __name__ == "__main__":
    main()
