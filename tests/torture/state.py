"""What was played so far, kept in a file for each kind after each round, so that a run that was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maglia.processes import write_whole
from tests.torture.rounds import BREACHES, Round

RESULTS = Path(__file__).parent / "results"
LATEST = "latest.json"
SCHEMA = "maglia.torture/1"


@dataclass
class State:
    """The rounds of one kind; `skipped` says why it could not be played here."""

    path: Path
    seed: int
    rounds: list[Round] = field(default_factory=list)
    skipped: str = ""

    def done(self) -> set[int]:
        """Return the numbers of the rounds that were played."""
        return {played.number for played in self.rounds}

    def add(self, played: Round) -> None:
        """Keep a round, on disk too."""
        self.rounds.append(played)
        self.save()

    def save(self) -> None:
        """Write all to the file, whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        rounds = [each.as_json() for each in self.rounds]
        write_whole(self.path, json.dumps({"seed": self.seed, "skipped": self.skipped, "rounds": rounds}))


def read_state(folder: Path, kind: str, seed: int) -> State:
    """Return what was played of a kind, or a new run of this seed where nothing was."""
    path = folder / f"{kind}.json"
    if not path.exists():
        return State(path, seed)
    kept = json.loads(path.read_text("utf-8"))
    return State(path, kept["seed"], [Round(**fields) for fields in kept["rounds"]], kept["skipped"])


def forget(folder: Path, kinds: Iterable[str]) -> None:
    """Begin anew."""
    for kind in kinds:
        folder.joinpath(f"{kind}.json").unlink(missing_ok=True)


def _row(kind: str, state: State) -> dict[str, Any]:
    """Return rounds, faults, checks, what was acknowledged, and how often what did not hold."""
    rounds, counted = state.rounds, ("faults", "checks", "complete", "acknowledged")
    return {
        "kind": kind,
        "seed": state.seed,
        "rounds": len(rounds),
        **{name: sum(getattr(each, name) for each in rounds) for name in counted},
        **{name: sum(len(getattr(each, name)) for each in rounds) for name in BREACHES},
        "seconds": round(sum(each.seconds for each in rounds), 1),
        "slowest_recovery_s": max((each.recovery_s for each in rounds), default=0.0),
        "skipped": state.skipped,
    }


def write_latest(folder: Path, states: Mapping[str, State]) -> dict[str, Any]:
    """Write and return the whole result: the totals, a row for each kind, and every round in which something broke."""
    rows = [_row(kind, state) for kind, state in states.items()]
    counted = ("rounds", "faults", "checks", "acknowledged", *BREACHES, "seconds")
    totals = {name: round(sum(row[name] for row in rows), 1) for name in counted}
    rounds = [each for state in states.values() for each in state.rounds]
    found = {
        "schema": SCHEMA,
        "totals": totals,
        "kinds": rows,
        "broken": [each.as_json() for each in rounds if each.breaches()],
        "notes": {f"{each.kind} {each.number}": each.notes for each in rounds if each.notes},
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / LATEST, json.dumps(found, indent=1) + "\n")
    return found
