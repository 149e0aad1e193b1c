"""Who works in a demonstration network, and whom they may ask about: what its own file, `demo.json`, says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maglia.core.errors import Code, MagliaError
from maglia.core.secret import Secret

SCHEMA = "maglia.demo/1"
"""Of the one file that is taken: it names fictional persons, and passwords that open nothing else."""


@dataclass(frozen=True)
class Someone(Secret):
    """One of the people of the tour: who they are, their profile, and what their programs are given in secret."""

    user: str
    place: str
    profile: Path
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def name(self) -> str:
        """Return how they are called."""
        return self.user.capitalize()


@dataclass(frozen=True)
class Case:
    """A fictional person of whom it is known what the network holds."""

    identifier: str
    facet: str
    purpose: str
    stop: str = ""
    """The body that may be stopped to see what silence looks like."""
    protocol: str = ""
    """Of the paper file under which a public body asks."""

    @property
    def question(self) -> tuple[str, ...]:
        """Return the words of `maglia check` about this person."""
        return ("check", self.identifier, "--facet", self.facet, "--purpose", self.purpose)


class District:
    """A demonstration network in its folder."""

    def __init__(self, folder: Path, sheet: Mapping[str, Any], passphrase: str) -> None:
        self.folder = folder
        self._sheet = sheet
        self._passphrase = passphrase
        self._cases = {case["id"]: case for case in sheet["planted"]}

    @property
    def papers(self) -> Path:
        """Return the folder for what the learner writes, made when it is first asked for."""
        made = self.folder / "tour"
        made.mkdir(exist_ok=True)
        return made

    @property
    def volunteer(self) -> Someone:
        """Return who stands at a parish's counter."""
        return self._asker("overlap")

    @property
    def comune(self) -> Someone:
        """Return who works in a comune's office."""
        return self._asker("same_need")

    @property
    def officers(self) -> tuple[Someone, Someone]:
        """Return the two who accredit bodies."""
        first, second = (self._official(person) for person in self._sheet["officers"][:2])
        return first, second

    @property
    def auditor(self) -> Someone:
        """Return who reads the logs of all."""
        return self._official(self._sheet["auditors"][0])

    @property
    def procedure(self) -> str:
        """Return the call for applicants that is open."""
        return str(self._sheet["procedures"][0]["id"])

    @property
    def comuni(self) -> Sequence[str]:
        """Return the bodies whose call it is."""
        return list(self._sheet["procedures"][0]["members"])

    def case(self, name: str) -> Case:
        """Return one of the known persons."""
        found = self._cases[name]
        return Case(found["identifier"], found["facet"], found["purpose"], found["stop"] or "", found["case"] or "")

    def body(self, member: str) -> str:
        """Return a body's name."""
        return next(str(node["name"]) for node in self._sheet["nodes"] if node["member"] == member)

    def _asker(self, case: str) -> Someone:
        planted = self._cases[case]
        node = next(node for node in self._sheet["nodes"] if node["member"] == planted["asker"])
        password = next(one["password"] for one in node["operators"] if one["user"] == planted["user"])
        return Someone(planted["user"], node["name"], Path(node["profile"]), {"MAGLIA_PASSWORD": password})

    def _official(self, person: Mapping[str, Any]) -> Someone:
        secrets = {"MAGLIA_PASSWORD": person["password"], "MAGLIA_PASSPHRASE": self._passphrase}
        return Someone(person["user"], "", Path(person["profile"]), secrets)


def load_district(folder: Path) -> District:
    """Read a network's file; raise `input.tour_network` where there is none."""
    folder = folder.absolute()
    try:
        sheet = json.loads(folder.joinpath("demo.json").read_text("utf-8"))
        passphrase = folder.joinpath("passphrase").read_text("utf-8")
        is_ours = sheet["schema"] == SCHEMA
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise no_network(folder) from error
    if not is_ours:
        raise no_network(folder)
    return District(folder, sheet, passphrase)


def no_network(folder: Path) -> MagliaError:
    """Return the error of a folder without a demonstration network that is up."""
    return MagliaError(Code.INPUT_TOUR_NETWORK, path=str(folder))
