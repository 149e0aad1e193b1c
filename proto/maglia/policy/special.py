"""Trying whether rules would open a special category, though the data listed every facet of it as shareable.

The data of a bundle can be read (`maglia.policy.coded`); what its rules do with them has to be tried. So the trial
lists a facet of each special category in each family, at the level of detail everywhere, and asks with everything else
in order: every operator, every basis with its proof. Whatever is allowed or released then is too much. The same is
asked under the data as they are, and of every number of months and of days to come: rules should not know the trial.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path
from typing import Any

from maglia.core.bundle import open_bundle, pack_bundle
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import FAMILY, SPECIAL_PREFIXES, Basis, Facet, Family, Kind, Level, Purpose, Role
from maglia.policy.engine import Engine
from maglia.policy.program import Opa
from maglia.policy.sources import file_of, rule_at, write_files
from maglia.policy.vectors import Document
from maglia.policy.vectors.documents import BASES, CONSENT, PARISH_ASKED, PARISH_ASKS, PARISH_SENDS, RECORD, changed

_TRIAL, _PLAIN = "trial", "plain"
_LISTED = {f"{prefix}{family}": family.value for prefix in SPECIAL_PREFIXES for family in Family}
_EITHER = (Kind.COMUNE, Kind.PARISH)
_BASES = (Basis.CONSENT, Basis.PUBLIC_TASK)
_DAYS = ("2026-11-21", "2027-02-28", "2031-06-15", "2044-12-31", "2099-01-01")
"""Days on which a trial asks, of this year and of others."""


def opened(rules: Mapping[str, bytes], data: Mapping[str, Any]) -> dict[str, bytes]:
    """Return these rules, with data that list special facets as if they could be shared, in detail."""
    listed = {facet: {"family": family, "shareable": True} for facet, family in _LISTED.items()}
    levels: dict[str, Any] = copy.deepcopy(dict(data.get("levels", {})))
    for purposes in levels.values():
        for givers in purposes.values():
            for table in givers.values():
                table.update(dict.fromkeys(_LISTED, Level.DETAIL.value))
    tree = {**data, "facets": {**data["facets"], **listed}, "levels": levels}
    return {**_only_rules(rules), "maglia/data.json": json.dumps(tree).encode()}


def _only_rules(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.endswith(".rego")}


@dataclass(frozen=True)
class Trial:
    """Which kinds of body and which roles ask: all of them where it is quick."""

    kinds: Sequence[Kind] = tuple(Kind)
    roles: Sequence[Role] = tuple(Role)

    def ask(self, family_of: Callable[[Purpose], Family]) -> Iterator[Document]:
        """Return questions about special facets, as the asker's node would judge them."""
        for purpose in Purpose:
            for kind in self.kinds:
                for role in self.roles:
                    family = family_of(purpose)
                    for basis in _BASES:
                        for prefix in SPECIAL_PREFIXES:
                            yield _asked(purpose, kind, role, basis, f"{prefix}{family}")

    def refer(self, family_of: Callable[[Purpose], Family]) -> Iterator[Document]:
        """Return persons to be sent for special facets, to bodies that give such help, as the sender's node judges."""
        for sender, taker in self._pairs():
            for role in self.roles:
                family = family_of(Purpose.REFERRAL)
                for prefix in SPECIAL_PREFIXES:
                    yield _sent(sender, taker, role, f"{prefix}{family}")

    def release(
        self, family_of: Callable[[Purpose], Family], ordinary: Callable[[Family], Facet]
    ) -> Iterator[Document]:
        """Return questions about ordinary facets to bodies that hold special records, then about special ones."""
        for purpose in Purpose:
            for asker, responder in self._pairs():
                family = family_of(purpose)
                special = [f"{prefix}{family}" for prefix in SPECIAL_PREFIXES]
                for basis in _BASES:
                    for facet in (ordinary(family).value, special[0]):
                        yield _answered(purpose, asker, responder, basis, facet, special)

    def _pairs(self) -> list[tuple[Kind, Kind]]:
        """Return every kind as asker and as giver, each with one body of either group on the other side."""
        return list(dict.fromkeys([*product(self.kinds, _EITHER), *product(_EITHER, self.kinds)]))


_FEW = Trial(_EITHER, (Role.OFFICER,))


def _asked(purpose: Purpose, kind: Kind, role: Role, basis: Basis, facet: str) -> Document:
    consent = {**CONSENT, "purposes": [*map(str, Purpose)]}
    return changed(
        PARISH_ASKS,
        asker__kind=kind.value,
        asker__purposes=[purpose.value],
        asker__facets=[*map(str, Facet), *_LISTED],
        operator__role=role.value,
        query__purpose=purpose.value,
        query__facet=facet,
        query__months=1,
        query__basis={**BASES["a consent"], "kind": basis.value, "case": True, "procedure": True, "consent": consent},
    )


def _sent(sender: Kind, taker: Kind, role: Role, facet: str) -> Document:
    return changed(
        PARISH_SENDS,
        asker__kind=sender.value,
        asker__purposes=[*map(str, Purpose)],
        operator__role=role.value,
        addressee__purposes=[*map(str, Purpose)],
        addressee__facets=[*map(str, Facet), *_LISTED],
        query__facet=facet,
        query__asked=[taker.value],
        query__basis={**BASES["a consent"], "consent": {**CONSENT, "audience": [*map(str, Kind)]}},
    )


def _answered(
    purpose: Purpose, asker: Kind, responder: Kind, basis: Basis, facet: str, special: Sequence[str]
) -> Document:
    held = [(each, record) for each in special for record in _BASES]
    return changed(
        PARISH_ASKED,
        asker__kind=asker.value,
        asker__purposes=[purpose.value],
        responder__kind=responder.value,
        query__purpose=purpose.value,
        query__facet=facet,
        query__months=1,
        query__basis=basis.value,
        query__case=True,
        query__procedure=True,
        classes=[_record(number, each, record) for number, (each, record) in enumerate(held)],
    )


def _record(number: int, facet: str, basis: Basis) -> Document:
    consent = RECORD["consent"] if basis is Basis.CONSENT else "none"
    return {**RECORD, "id": str(number), "facet": facet, "basis": basis.value, "consent": consent}


def is_opened(document: Document, decided: object) -> bool:
    """Return whether a decision lets something of a special category through; none at all does not."""
    if not isinstance(decided, Mapping):
        return False
    query = document["query"]
    asks_special = isinstance(query, Mapping) and str(query["facet"]) in _LISTED
    return bool(decided.get("release")) or (asks_special and decided.get("allow") is not False)


def special_problems(
    rules: Mapping[str, bytes], data: Mapping[str, Any], opa: Opa | None, scratch: Path
) -> list[MagliaError]:
    """Return the rules that let something of a special category through, by one example for each decision.

    `data` are those of `data.maglia`. Without OPA fewer kinds and roles are tried, under the trial's data alone, and
    only the decision is named.
    """
    bundles = {_TRIAL: opened(rules, data), **({_PLAIN: rules} if opa else {})}
    deciders = [_decider(folder, pack_bundle(files), opa, scratch) for folder, files in bundles.items()]
    trial, family_of, months = Trial() if opa else _FEW, _family_of(data), int(data["limits"]["months"])
    questions: dict[str, Sequence[Document]] = {
        "ask": list(_varied(trial.ask(family_of), months)),
        "refer": list(_dated(trial.refer(family_of))),
        "release": list(_varied(trial.release(family_of, _ordinary()), months)),
    }
    refused = []
    for name, documents in questions.items():
        decided = (
            (doc, each) for decide in deciders for doc, each in zip(documents, decide(name, documents), strict=True)
        )
        example = next((doc for doc, each in decided if is_opened(doc, each)), None)
        if example is not None:
            refused += _opening(name, example, rules, opa)
    return refused


def _decider(
    folder: str, packed: tuple[bytes, str], opa: Opa | None, scratch: Path
) -> Callable[[str, Sequence[Document]], list[object]]:
    """Return what answers many documents under a bundle, written into `folder` for OPA."""
    if opa:
        write_files(scratch / folder, open_bundle(*packed))
        return lambda name, documents: opa.decide(folder, name, documents)
    engine = Engine(*packed)
    return lambda name, documents: [engine.evaluate(name, document) for document in documents]


def _varied(documents: Iterable[Document], months: int) -> Iterator[Document]:
    """Yield the questions with every number of months allowed, and days, in an order that follows nothing else."""
    for number, document in enumerate(_dated(documents)):
        # One step further at each round: else every second kind of question would meet the even numbers alone.
        document["query"]["months"] = 1 + (number + number // months) % months
        yield document


def _dated(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield the documents on days of this year and of others, each in turn."""
    for number, document in enumerate(documents):
        document["day"] = _DAYS[number % len(_DAYS)]
        yield document


def _ordinary() -> Callable[[Family], Facet]:
    """Return which ordinary facet is asked of a family; of several each in turn."""
    turns = {family: cycle([facet for facet in Facet if FAMILY[facet] is family]) for family in Family}
    return lambda family: next(turns[family])


def _family_of(data: Mapping[str, Any]) -> Callable[[Purpose], Family]:
    """Return which family of aid a purpose is about; of several each in turn."""
    named = {purpose: data["purposes"][purpose.value]["families"] for purpose in Purpose}
    turns = {purpose: cycle(map(Family, families or [Family.HOUSING])) for purpose, families in named.items()}
    return lambda purpose: next(turns[purpose])


def _opening(name: str, example: Document, rules: Mapping[str, bytes], opa: Opa | None) -> list[MagliaError]:
    """Return the rules that held only because special facets were listed: those that should have said no, and did not.

    Lines that the same question does not make true when the data are the bundle's own. Without OPA only the decision
    is named.
    """
    lines: dict[str, set[int]] = {}
    if opa:
        plain = opa.covered(_PLAIN, name, example)
        lines = {file: rows - plain.get(file, set()) for file, rows in opa.covered(_TRIAL, name, example).items()}
    named = {
        (file, rule_at(rules[file], row))
        for file, rows in lines.items()
        if file.endswith(".rego") and file in rules
        for row in rows
    }
    if not named:
        named = {(file_of(name, rules), "decision")}
    return [MagliaError(Code.INPUT_RULES_SPECIAL, file=file, rule=rule) for file, rule in sorted(named)]
