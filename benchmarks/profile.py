"""`python -m benchmarks.profile DIR`: where the time of an answering node's event loop goes.

The node is started anew under the sampler, questions are driven at it, and it is put back as it was.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.asker import Questions, open_asker
from benchmarks.network import ANSWERING, ASKER, BenchNetwork
from demo.network import start, stop
from maglia.wire.channel import quiet_grpc

_SECONDS = 6.0
_WARM_S = 2.0
_TOP = 40
_ONCE = "base_events.py:BaseEventLoop._run_once"
_STARTING = "app.py:running"


def main() -> None:
    """Profile, print frames by the share of samples they appear in, and write the stacks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("network", type=Path, metavar="DIR", help="a demo network that runs")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/answering.stacks"))
    arguments = parser.parse_args()
    quiet_grpc()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    network = BenchNetwork(arguments.network)
    stop(network.directory, ANSWERING)
    try:
        _profile(network, arguments.out)
    finally:
        start(network.directory, ANSWERING)
    show(arguments.out)


def _profile(network: BenchNetwork, out: Path) -> None:
    folder = network.data_dir(ANSWERING)
    command = [sys.executable, "-m", "benchmarks.sampled", str(out), "node", "serve", "--dir", str(folder)]
    environment = {**os.environ, "MAGLIA_PASSPHRASE": network.directory.joinpath("passphrase").read_text("utf-8")}
    # The sampler's signal may meet a loop that is closing, which says so on stderr.
    node = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        while not folder.joinpath("ready.json").exists():
            time.sleep(0.05)
        asyncio.run(_drive(network, node.pid))
    finally:
        node.send_signal(signal.SIGTERM)
        node.wait()


async def _drive(network: BenchNetwork, pid: int) -> None:
    questions = Questions(network, ASKER, ANSWERING)
    async with open_asker(network, ASKER, ANSWERING, pid) as asker:
        await asker.ask(questions.usual, 16, _WARM_S)
        os.kill(pid, signal.SIGUSR1)
        driven = await asker.ask(questions.usual, 16, _SECONDS)
    print(f"{driven.rate:.0f} questions/s, {driven.cpu_us:.0f} us of processor each, under the sampler")


def show(stacks: Path) -> None:
    """Print the frames of our own code and of libraries in which the event loop spends the most time."""
    inside: Counter[str] = Counter()
    last: Counter[str] = Counter()
    total = 0
    for line in stacks.read_text("utf-8").splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if _ONCE not in frames or _STARTING in frames:
            continue
        frames = frames[frames.index(_ONCE) :]
        total += int(count)
        last[frames[-1]] += int(count)
        for frame in set(frames):
            inside[frame] += int(count)
    for title, counted in (("with all it calls", inside), ("by itself", last)):
        print(f"\nshare of {total / 1e6:.1f} s of the event loop, {title}")
        for frame, samples in counted.most_common(_TOP):
            print(f"  {samples / total:6.1%}  {frame}")


if __name__ == "__main__":
    main()
