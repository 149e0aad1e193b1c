"""`python -m tests.torture`: every kind of fault, many rounds; goes on where it was stopped, unless `--again`.

Kinds are played two at a time, each by a process of its own. Ends with status 1 when anything acknowledged was lost,
any verdict was wrong, or anything else did not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import SystemRandom

from tests.torture.plan import KINDS
from tests.torture.rounds import BREACHES, Kind
from tests.torture.runner import play, replay
from tests.torture.state import LATEST, RESULTS, forget, read_state, write_latest

_HEADS = ("rounds", "faults", "checks", "acknowledged", *BREACHES, "seconds")
_BY_NAME = {kind.name: kind for kind in KINDS}


def main() -> int:
    """Play what is asked for, print the table, and return the exit status."""
    asked = _arguments()
    names = [asked.only] if asked.only else list(_BY_NAME)
    if asked.again:
        forget(RESULTS, names)
    seed = SystemRandom().randrange(2**32) if asked.seed is None else asked.seed
    failed = False
    try:
        if asked.only:
            asyncio.run(_play(_BY_NAME[asked.only], asked, seed))
        else:
            failed = _play_all(names, asked, seed)
    except KeyboardInterrupt:
        _say("stopped; the same command goes on from here")
    return 0 if asked.part else int(_tell() or failed)


def _play_all(names: Sequence[str], asked: argparse.Namespace, seed: int) -> bool:
    """Play every kind in a process of its own, some at a time; return whether a process failed."""
    rounds = () if asked.rounds is None else ("--rounds", str(asked.rounds))

    def one(name: str) -> bool:
        command = [sys.executable, "-m", "tests.torture", "--only", name, "--seed", str(seed), "--part", *rounds]
        return subprocess.run(command, check=False).returncode != 0

    with ThreadPoolExecutor(asked.lanes) as pool:
        return any(list(pool.map(one, names)))


async def _play(kind: Kind, asked: argparse.Namespace, seed: int) -> None:
    state = read_state(RESULTS, kind.name, seed)
    if asked.replay is not None:
        await replay(kind, asked.replay, state, _say)
    else:
        await play(kind, asked.rounds or kind.rounds, state, _say)


def _tell() -> bool:
    """Print the table of all that was played so far, and return whether anything did not hold."""
    found = write_latest(RESULTS, {name: read_state(RESULTS, name, 0) for name in _BY_NAME})
    _say("".join([f"{'kind':<8}", *(f"{name:>13}" for name in _HEADS)]))
    for row in (*found["kinds"], {"kind": "all", **found["totals"]}):
        _say("".join([f"{row['kind']:<8}", *(f"{row[name]:>13}" for name in _HEADS), "  ", row.get("skipped", "")]))
    _say(f"written to {RESULTS / LATEST}")
    return any(found["totals"][name] for name in BREACHES)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--only", choices=list(_BY_NAME), help="one kind of fault alone")
    parser.add_argument("--rounds", type=int, help="how many rounds of each kind, instead of a whole run's")
    parser.add_argument("--again", action="store_true", help="forget what was played before")
    parser.add_argument("--seed", type=int, help="seed of a new run; at random if not given")
    parser.add_argument("--replay", type=int, metavar="SEED", help="one round of the seed that its line shows")
    parser.add_argument("--lanes", type=int, default=2, help="how many kinds are played at once")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.replay is not None and asked.only is None:
        parser.error("--replay needs --only KIND")
    return asked


def _say(text: str) -> None:
    print(text.rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
