"""How long a record may answer, as the rules in force say and the program allows (docs/adr/0022).

What cannot be read is no permission to go on answering: then a record past the shorter of the terms known is silent.
Nothing is removed on the strength of what is read here, so an error erases nothing.
"""

from __future__ import annotations

import re

from maglia.core.errors import Code
from maglia.core.vocabulary import Facet
from node.domain.retention import LONGEST, SHORTEST, Terms
from node.inforce import InForce
from node.ports import Policy, Ruling

_MONTHS = re.compile(r"P([1-9][0-9]{0,3})M")
_OTHER = "other"
"""Stands for every facet that this program does not share: special categories, and those of a later version."""


class Retention:
    """The terms of aid, read from the rules once for each revision."""

    def __init__(self, policy: Policy) -> None:
        named = [{"id": facet, "sort": "aid", "facet": facet, "basis": "consent"} for facet in (*Facet, _OTHER)]
        self._inforce = InForce(policy, "retention", {"holder": "node", "classes": named})
        self._read_from: Ruling | None = None
        self._read: Terms | None = None
        self._last = SHORTEST

    def terms(self) -> Terms:
        """Return the terms that hold now."""
        return self._current() or self._last.no_longer_than(SHORTEST)

    def problems(self) -> list[Code]:
        """Return `policy.retention` while the rules in force do not say how long records are kept."""
        return [] if self._current() else [Code.POLICY_RETENTION]

    async def renew(self) -> None:
        """Ask the rules in force, unless that is done."""
        await self._inforce.renew()

    async def run(self) -> None:
        """Follow the rules in force until cancelled."""
        await self._inforce.run()

    def _current(self) -> Terms | None:
        """Return what the rules in force say, None when they can't be read; each ruling is read once."""
        ruling = self._inforce.ruling()
        if ruling is None:
            return None
        if ruling is not self._read_from:
            self._read_from, self._read = ruling, _read(ruling)
            self._last = self._read or self._last
        return self._read


def _read(ruling: Ruling) -> Terms | None:
    """Return the terms in a ruling; None unless every facet has one in whole months."""
    found = {}
    for facet in (*Facet, _OTHER):
        said = _MONTHS.fullmatch("".join(ruling.release.get(facet, ())))
        if said is None:
            return None
        found[facet] = int(said[1])
    other = found.pop(_OTHER)
    return Terms(found, other).no_longer_than(LONGEST)
