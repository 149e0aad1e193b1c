"""Runs a program in a terminal's window and writes there how it ended, which tmux doesn't always tell.

`python in_window.py GATE NUMBER PROGRAM...` waits for the file GATE, writes the program's process number into the file
NUMBER, hands the window's closing on to it, and stays until the window is closed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path


def main(gate: str, number: str, *program: str) -> None:
    """Run the program to its end; a signal that ended it is told as a negative number."""
    while not Path(gate).exists():
        time.sleep(0.02)
    with subprocess.Popen(program) as running:
        signal.signal(signal.SIGHUP, lambda *_: running.send_signal(signal.SIGHUP))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keyboard's is the program's
        Path(number).write_text(str(running.pid), "ascii")
        status = running.wait()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    sys.stdout.write(f"\n<ended: {status}>\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
