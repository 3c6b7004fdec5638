"""The ClickHouse server process: load libchdb, start listening, hold.

``python clickhouse_server.py LIBCHDB DATA CONFIG``. The library's entry point runs ClickHouse's local server, which
listens for as long as its query runs; a query that sleeps for years is the hold, and SIGTERM ends it. Run in a folder
of its own: a ``config.xml`` in the working directory would be read unasked. Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import sys

HOLD = (
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; "
    "SELECT sleepEachRow(3) FROM numbers(1000000000) "
    "SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 10000000 FORMAT Null"
)


def main() -> None:
    """Become the server."""
    library, data, config = sys.argv[1:]
    # RTLD_DEEPBIND: the library brings its own allocator and C++ runtime, which must win over any loaded before
    chdb = ctypes.CDLL(library, mode=os.RTLD_NOW | os.RTLD_DEEPBIND)
    words = ["clickhouse", "--path", data, "--config-file", config, "--query", HOLD]
    arguments = (ctypes.c_char_p * len(words))(*(word.encode() for word in words))
    sys.exit(chdb.chdb_query_cmdline(len(words), arguments))


if __name__ == "__main__":
    main()
