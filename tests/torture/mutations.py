"""Spoiled bytes in front of every reader of strangers' bytes: each is read or refused with a code, in flat memory.

`python -m tests.torture.mutations --rounds 1000000` is the long form; the default tests run 20,000 rounds. A round
costs what its reader costs: those that start a process or derive a key are tried less often, see `Decoder.share`.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from registry.relay_hello import pass_over_names
from tests.torture import console_decoders, file_decoders, sheet_decoders, wire_decoders
from tests.torture.decoders import Decoder
from tests.torture.mutators import spoil

WARMED_UP = 0.2
"""Share of the rounds after which memory is measured first: by then everything is loaded and every cache has filled."""
_EVERY = 500
_SHOWN_BYTES = 200
_FAILURES = 50


@dataclass(frozen=True)
class Failure:
    """An input that was neither read nor refused; `seed` and `round` make it again."""

    decoder: str
    seed: int
    round: int
    error: str
    place: str
    content: str


@dataclass
class Outcome:
    """What became of all rounds; `grown` and `peak_grown` are bytes of memory, beyond those after warming up."""

    rounds: int
    seed: int
    tried: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    failures: list[Failure] = field(default_factory=list)
    grown: int = 0
    peak_grown: int = 0
    slowest_s: float = 0.0
    slowest: str = ""

    def document(self) -> dict[str, object]:
        """Return all of it for JSON."""
        return asdict(self)


def run(rounds: int, seed: int, report: Callable[[int, int], None] = lambda _done, _rounds: None) -> Outcome:
    """Spoil `rounds` inputs and hand each to its reader; `report` hears how many of how many are done.

    The same seed makes the same inputs. It takes a core for about half a millisecond a round.
    """
    outcome, former_hook = Outcome(rounds, seed), sys.unraisablehook
    sys.unraisablehook = pass_over_names  # as in the relay: a name that is no ASCII fails inside the TLS library
    try:
        with TemporaryDirectory(prefix="maglia-mutations-") as folder:
            readers = decoders(Path(folder))
            _run(readers, outcome, report)
    finally:
        sys.unraisablehook = former_hook
    return outcome


def decoders(folder: Path) -> Sequence[Decoder]:
    """Return every reader, each with samples that it reads; what they write is below `folder`."""
    kinds = (wire_decoders, file_decoders, console_decoders, sheet_decoders)
    found = [one for kind in kinds for one in kind.decoders(folder)]
    for one in found:
        one.check_samples()
    return found


def spoiled(decoder: Decoder, seed: int, number: int) -> bytes:
    """Return the input of one round."""
    random = Random(f"{seed}/{number}")
    return spoil(random, random.choice(decoder.samples), decoder.samples)


def _run(readers: Sequence[Decoder], outcome: Outcome, report: Callable[[int, int], None]) -> None:
    shares = list(accumulate(one.share for one in readers))
    before = peak = 0
    for number in range(outcome.rounds):
        if number == int(outcome.rounds * WARMED_UP):
            before, peak = _resident(), _peak()
        picked = Random(f"{outcome.seed}/{number}/reader").choices(readers, cum_weights=shares)[0]
        outcome.tried[picked.name] = outcome.tried.get(picked.name, 0) + 1
        _try(picked, outcome, number)
        if number % _EVERY == 0:
            report(number, outcome.rounds)
    outcome.grown, outcome.peak_grown = _resident() - before, _peak() - peak
    report(outcome.rounds, outcome.rounds)


def _try(decoder: Decoder, outcome: Outcome, number: int) -> None:
    content, begun = spoiled(decoder, outcome.seed, number), time.perf_counter()
    try:
        decoder.read(content)
    except decoder.refused:
        outcome.refused += 1
    except Exception as error:
        if len(outcome.failures) < _FAILURES:
            outcome.failures.append(_failure(decoder, outcome.seed, number, error, content))
    took = time.perf_counter() - begun
    if took > outcome.slowest_s:
        outcome.slowest_s, outcome.slowest = took, f"{decoder.name}, round {number}"


def _failure(decoder: Decoder, seed: int, number: int, error: Exception, content: bytes) -> Failure:
    last = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)[-4:]]
    shown = content[:_SHOWN_BYTES].hex()
    return Failure(decoder.name, seed, number, type(error).__name__, " ".join(last), shown)


def _resident() -> int:
    """Return the bytes of this process in memory, once what nobody holds is gone."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _tell(done: int, rounds: int) -> None:
    if done % 50_000 == 0:
        sys.stderr.write(f"{done} of {rounds}\n")


def main() -> int:
    """Run from the command line; print the outcome as JSON and return 1 if anything was neither read nor refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    outcome = run(given.rounds, given.seed, _tell)
    sys.stdout.write(json.dumps(outcome.document(), indent=1) + "\n")
    return bool(outcome.failures)


if __name__ == "__main__":
    sys.exit(main())
