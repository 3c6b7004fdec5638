"""How long the servers take to start, and what each takes then: ``python -m infra.local.measure [TIMES]``.

Each round starts broker, registry and ClickHouse on the same temporary folder: the first formats it and (on a new
cache) has no class archives yet, the others are warm. Processor seconds tell more than seconds on a busy machine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import psutil
from rich.console import Console

from infra.local.stack import Stack
from streams.settings import Configured


def main() -> None:
    """Print a line a service and a round."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            stack = Stack(Configured(data_dir=Path(folder)))
            began = time.monotonic()
            try:
                stack.start()
                seconds = time.monotonic() - began
                for server in stack.servers:
                    assert server.child is not None  # noqa: S101 - it has just become healthy
                    process = psutil.Process(server.child.pid)
                    cpu = sum(process.cpu_times()[:2])
                    rss = process.memory_info().rss >> 20
                    took = f"healthy after {server.seconds:5.1f} s, processor {cpu:4.1f} s, {rss} MB"
                    console.print(f"{number}  {server.name:<11} {took}")
                console.print(f"{number}  all with topics, subjects and tables after {seconds:.1f} s")
            finally:
                stack.stop()


if __name__ == "__main__":
    main()
