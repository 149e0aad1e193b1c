"""`python -m benchmarks.sampled OUT MODULE ARG ...`: run a program and write where its main thread's time goes.

From the first SIGUSR1 on, a signal at each millisecond notes the Python stack; OUT gets a line for each distinct stack,
the innermost frame last, and the microseconds spent in it: the format that flame graph tools read. Time waited counts
like time worked: what blocks the event loop shows in the frame that blocks, an idle loop in `select`.
"""

from __future__ import annotations

import runpy
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from types import FrameType

_EVERY_S = 0.001


def main() -> None:
    """Run the program named on the command line under the sampler."""
    out, module = Path(sys.argv[1]), sys.argv[2]
    stacks: Counter[tuple[str, ...]] = Counter()
    before = time.perf_counter()

    def note(_signal: int, frame: FrameType | None) -> None:
        nonlocal before
        now, names = time.perf_counter(), []
        while frame is not None:
            code = frame.f_code
            names.append(f"{code.co_filename.rpartition('/')[2]}:{code.co_qualname}")
            frame = frame.f_back
        # A signal that comes during a call into C is handled after it: all time since the last one is that call's.
        stacks[tuple(reversed(names))] += int((now - before) * 1e6)
        before = now

    def begin(_signal: int, _frame: FrameType | None) -> None:
        nonlocal before
        before = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, _EVERY_S, _EVERY_S)

    signal.signal(signal.SIGALRM, note)
    signal.siginterrupt(signal.SIGALRM, False)
    signal.signal(signal.SIGUSR1, begin)
    sys.argv = sys.argv[2:]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        out.write_text("".join(f"{';'.join(stack)} {count}\n" for stack, count in stacks.most_common()), "utf-8")


if __name__ == "__main__":
    main()
