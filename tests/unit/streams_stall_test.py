"""A call of the Kafka client that never returns ends its process; one that returns does not."""

from __future__ import annotations

import subprocess
import sys
import time

from streams import stall

CALL = """
import time
from streams import stall
stall.GRACE_S = 0.2
with stall.must_return(0.1, armed={armed}):
    time.sleep({seconds})
print("returned")
"""


def call(seconds: float, armed: bool = True) -> subprocess.CompletedProcess[str]:
    program = CALL.format(seconds=seconds, armed=armed)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)


def test_a_call_that_stalls_ends_the_process_and_says_where() -> None:
    began = time.monotonic()
    ended = call(20)
    assert ended.returncode == 1
    assert time.monotonic() - began < 15
    assert "Timeout" in ended.stderr


def test_a_call_that_returns_in_time_leaves_no_timer_behind() -> None:
    with stall.must_return(0.0):
        pass
    assert call(0.0).stdout == "returned\n"


def test_a_process_that_nobody_starts_again_is_left_alone() -> None:
    assert call(0.6, armed=False).stdout == "returned\n"
