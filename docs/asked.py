"""The rules asked in process, one question at a time, for the page that says who sees what."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from maglia.core.bundle import build_bundle, open_bundle
from maglia.core.vocabulary import Facet, Kind, Purpose, Role
from maglia.policy.engine import Engine, merged_data

Document = Mapping[str, Any]

PROOFS: Mapping[str, Document] = {
    "consenso della persona": {"kind": "consent"},
    "compito pubblico, con la pratica protocollata": {"kind": "public_task", "case": True},
    "compito pubblico, con una procedura firmata da due funzionari": {"kind": "public_task", "procedure": True},
}
"""What can be on file before a question is asked."""


class Opening(NamedTuple):
    """Who may ask what for, and on which of `PROOFS`."""

    kind: Kind
    purpose: Purpose
    role: Role
    proof: str


class Rules:
    """The policies of a folder, asked one question at a time."""

    def __init__(self, policies: Path) -> None:
        bundle, revision = build_bundle(policies)
        self._engine = Engine(bundle, revision)
        self.data = merged_data(open_bundle(bundle, revision))["maglia"]

    def decide(self, decision: str, document: Document) -> dict[str, Any]:
        """Return the decision document; stop when there is none."""
        value = self._engine.evaluate(decision, document)
        if not isinstance(value, dict) or "allow" not in value:
            sys.exit(f"policies: no decision {decision}")
        return value

    @cached_property
    def openings(self) -> list[Opening]:
        """Return everything that lets some operator of some body ask; there is no other way to ask."""
        return [
            Opening(kind, purpose, role, words)
            for kind, purpose in product(Kind, Purpose)
            if self._granted(kind, purpose)
            for role, words in product(Role, PROOFS)
            if self.may_ask(kind, role, purpose, self.facet(purpose), PROOFS[words])
        ]

    def _granted(self, kind: str, purpose: str) -> bool:
        """Return whether a kind of body may be accredited for a purpose: else no role and no basis help."""
        return "policy.purpose" not in self._asked(kind, "", purpose, self.facet(purpose), {})["reasons"]

    def facet(self, purpose: str) -> str:
        """Return a facet that may be asked for a purpose, any one where there is none."""
        families = self.data["purposes"][purpose]["families"]
        return next((one for one in Facet if self.data["facets"][one]["family"] in families), Facet.FOOD_PARCEL)

    def may_ask(self, kind: str, role: str, purpose: str, facet: str, proof: Document) -> bool:
        """Return whether someone may ask, at a body that is accredited for everything its kind can be."""
        return bool(self._asked(kind, role, purpose, facet, proof)["allow"])

    def may_send(self, kind: str, role: str, facet: str, proof: Document, *, is_taken: bool) -> bool:
        """Return whether someone may send a person to another body, which takes such referrals or not."""
        asked = {"kind": kind, "purposes": [*Purpose]}
        taker = {"purposes": [*Purpose], "facets": [facet] if is_taken else []}
        query = {"purpose": Purpose.REFERRAL.value, "facet": facet, "asked": [*Kind], "basis": _basis(proof)}
        document = {"asker": asked, "operator": {"role": role}, "addressee": taker, "query": query}
        return bool(self.decide("refer", document)["allow"])

    def _asked(self, kind: str, role: str, purpose: str, facet: str, proof: Document) -> dict[str, Any]:
        query = {"purpose": purpose, "facet": facet, "months": 1, "asked": [*Kind], "basis": _basis(proof)}
        asker = {"kind": kind, "purposes": [*Purpose], "facets": [*Facet]}
        return self.decide("ask", {"asker": asker, "operator": {"role": role}, "query": query})

    def shown(
        self, kind: str, purpose: str, facet: str, proof: Document, giver: str, records: Sequence[Document]
    ) -> list[str]:
        """Return the level at which a giver shows each of these records to a body that asks about a facet."""
        classes = [
            {"id": str(number), "facet": facet, "basis": "consent", "consent": "match", "objection": False}
            | {"visibility": "network", "status": "given", "age": "in_window", **record}
            for number, record in enumerate(records)
        ]
        query = {"purpose": purpose, "facet": facet, "months": 1, "case": False, "procedure": False, **proof}
        document = {
            "asker": {"kind": kind, "purposes": [*Purpose]},
            "query": {**query, "basis": proof["kind"]},
            "responder": {"kind": giver},
            "classes": classes,
        }
        released = self.decide("release", document)["release"]
        return [self._level[tuple(released.get(one["id"], ()))] for one in classes]

    def callers(self, door: str, methods: Iterable[str], callers: Sequence[str]) -> dict[str, list[str]]:
        """Return which of these callers may make each call."""
        classes = [{"id": method, "method": method} for method in methods]
        granted = self.decide("rpc", {"door": door, "callers": callers, "classes": classes})["release"]
        return {one["id"]: granted.get(one["id"], []) for one in classes}

    def disclosed(self, request: Document, approver: str | None, events: Iterable[str], who: str) -> list[list[str]]:
        """Return, at every kind of body alike, what an access report tells of events that concern someone."""
        classes = [{"id": event, "event": event, "concerns": who} for event in events]
        told = []
        for kind in Kind:
            asked = {"identified": True, "at": kind, **request}
            document = {"request": asked, "names_approved_by": approver, "classes": classes}
            released = self.decide("report", document)["release"]
            told.append([released.get(one["id"], []) for one in classes])
        if any(each != told[0] for each in told):
            sys.exit("policies: an access report depends on the body where it is requested")
        return told[0]

    def terms(self, records: Sequence[Document]) -> list[str]:
        """Return how long a node keeps each of these records, as the rules write it; empty where it may not."""
        classes = [{"id": str(number), **record} for number, record in enumerate(records)]
        kept = self.decide("retention", {"holder": "node", "classes": classes})["release"]
        return ["".join(kept.get(one["id"], ())) for one in classes]

    @cached_property
    def _level(self) -> dict[tuple[str, ...], str]:
        return {tuple(fields): level for level, fields in self.data["fields"].items()}


def _basis(proof: Document) -> dict[str, Any]:
    """Return the lawful basis of a question or referral, with a consent of today on file for everything."""
    consent: dict[str, Any] = {"purposes": [*Purpose], "audience": [*Kind], "notice_version": "1", "language": "it"}
    consent |= {"age_days": 0, "days_left": 365}
    return {"case": False, "procedure": False, "consent": consent, **proof}
