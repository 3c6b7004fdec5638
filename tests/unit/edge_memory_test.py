"""Memory does not grow with the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from edge_maps import PLAIN

SCRIPT = """
import resource, sys
from pathlib import Path
from connectors.backfill import Options, rehearse
from connectors.mapping import load
folder = Path(sys.argv[1])
report = rehearse(folder / sys.argv[2], load(folder / "mapping.toml"), Options(), lambda state: None)
print(report.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_mb(folder: Path, name: str, rows: int) -> int:
    """Peak resident memory, MB, of a process that maps so many rows."""
    path = folder / name
    with path.open("w") as file:
        file.write("number,when,kind,lat,lon\n")
        for number in range(rows):
            day = f"20{number % 17 + 5:02}-{number // 7 % 12 + 1:02}-{number % 28 + 1:02}"
            file.write(f"{number},{day} 18:00,B&E,43.66{number % 100:02},-79.39\n")
    command = [sys.executable, "-c", SCRIPT, str(folder), name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    seen, peak = map(int, done.stdout.split())
    assert seen == rows
    return peak


def test_memory_is_constant(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(PLAIN)
    small, large = peak_mb(tmp_path, "small.csv", 50_000), peak_mb(tmp_path, "large.csv", 400_000)
    # The large file is 20 MB, and as Python objects some 250 MB.
    assert large - small < 60, f"{small} MB and {large} MB"
