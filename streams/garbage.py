"""How often Python looks for garbage in cycles, in a process that makes many small objects and hardly any cycle."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """Let Python look for garbage in cycles less often, for the whole process.

    A batch of the gate makes tens of thousands of small objects, none of them in cycles, and requests to the intake are
    alike; by default Python looks through them after every 700, which takes a sixth of the gate's time
    (infra/decisions/0033; for the intake 0192).
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
