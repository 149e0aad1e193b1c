"""Rulings remembered by question and class, under one revision.

A policy input holds classes, not persons, and says what consent was read for this very question: the same question
under the same bundle has the same answer, and each class in it is judged by itself (a contract test holds the policies
to that). So a question about fifty persons asks the engine only about classes it has not judged before.

What a ruling costs must not tell whether anybody asked about is known here (law rule 5). So a question in a form not
asked before has all classes judged that this node ever met, whoever it is about; and an engine that failed leaves
nothing remembered, so that the question about a stranger is refused like the question about a client.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from maglia.core.errors import MagliaError
from node.ports import Policy, Ruling

DEFAULT_SIZE = 512
"""Questions kept, the least used dropped first."""
CLASSES_KEPT = 2048
"""Classes kept for each question; more than the vocabulary's usual combinations, so that nobody fills the memory."""
JUDGED_AHEAD = 128
"""Classes judged with every new form of question; a body rarely has as many, and the engine takes 15 ms for them."""
_NEVER_AGAIN = frozenset({"anomalies"})
"""Decisions whose classes are hardly met twice: remembered, they would only be judged ahead for nobody."""

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_Class = Mapping[str, Any]
_Key = tuple[str, str, str]
"""Decision, question without its classes, revision."""


@dataclass
class _Known:
    """What one question is allowed, and the fields of each class judged so far; a class that shows nothing has none."""

    allow: bool
    reasons: tuple[str, ...]
    fields: dict[str, Sequence[str]] = field(default_factory=dict)


class CachedPolicy:
    """Fulfils `node.ports.Policy` over another engine."""

    def __init__(self, inner: Policy, size: int = DEFAULT_SIZE) -> None:
        self._inner = inner
        self._size = size
        self._known: OrderedDict[_Key, _Known] = OrderedDict()
        self._met: dict[str, dict[str, _Class]] = {}

    @property
    def engine(self) -> str:
        """Return which engine evaluates: `opa` or `embedded`."""
        return self._inner.engine

    @property
    def revision(self) -> str:
        """Return the revision of the bundle in use."""
        return self._inner.revision

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        """Return the ruling remembered, else the engine's; raises `MagliaError` as the engine does.

        After a failure nothing is remembered: every question is the engine's until it answers again.
        """
        try:
            if decision in _NEVER_AGAIN:
                return await self._inner.decide(decision, document)
            return await self._decide(decision, document)
        except MagliaError:
            self.forget()
            raise

    async def _decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        classes = cast("Sequence[_Class]", document.get("classes", ()))
        question = {name: value for name, value in document.items() if name != "classes"}
        key = (decision, canonical(question), self._inner.revision)
        texts = [_class_text(each) for each in classes]
        known = self._known.get(key)
        if known is None or not known.fields.keys() >= set(texts):
            wanted = dict(zip(texts, classes, strict=True))
            self._meet(decision, wanted, key)
            known = await self._judge(key, document, wanted, known)
            if known is None:
                # The bundle changed meanwhile, and what is remembered is of the old one.
                return await self._inner.decide(decision, document)
        self._known.move_to_end(key)
        release = {
            str(each["id"]): known.fields[text] for each, text in zip(classes, texts, strict=True) if known.fields[text]
        }
        return Ruling(known.allow, known.reasons, release, key[2])

    def _meet(self, decision: str, wanted: Mapping[str, _Class], key: _Key) -> None:
        """Take note of classes never met: other questions are judged anew with them, or they would cost more later."""
        met = self._met.setdefault(decision, {})
        new = [text for text in wanted if text not in met][: JUDGED_AHEAD - len(met)]
        if new:
            met |= {text: wanted[text] for text in new}
            for other in [other for other in self._known if other[0] == decision and other != key]:
                del self._known[other]

    async def _judge(
        self, key: _Key, document: Mapping[str, object], wanted: Mapping[str, _Class], known: _Known | None
    ) -> _Known | None:
        """Have the engine judge what is not yet known; None when it did so under another revision."""
        if known is None:
            unjudged = {**self._met[key[0]], **wanted}
        else:
            unjudged = {text: each for text, each in wanted.items() if text not in known.fields}
        named = {str(number): text for number, text in enumerate(unjudged)}
        asked = {name: value for name, value in document.items() if name != "classes"}
        if "classes" in document:
            asked["classes"] = [{**unjudged[text], "id": number} for number, text in named.items()]
        ruling = await self._inner.decide(key[0], asked)
        if ruling.revision != key[2]:
            return None
        judged = {text: ruling.release.get(number, ()) for number, text in named.items()}
        kept = {**known.fields, **judged} if known else judged
        if len(kept) > CLASSES_KEPT:
            kept = {text: kept[text] for text in wanted}
        found = _Known(ruling.allow, ruling.reasons, kept)
        self._known[key] = found
        if len(self._known) > self._size:
            self._known.popitem(last=False)
        return found

    def forget(self) -> None:
        """Forget every ruling, though not which classes were met: they say nothing of a bundle."""
        self._known.clear()

    async def replace(self, bundle: bytes, revision: str) -> None:
        """Switch the engine to another bundle and forget every ruling."""
        await self._inner.replace(bundle, revision)
        self.forget()

    async def close(self) -> None:
        """Stop the engine."""
        self.forget()
        await self._inner.close()


def canonical(document: Mapping[str, object]) -> str:
    """Return one text for equal inputs, whatever the order of their keys."""
    return _CANONICAL.encode(document)


def _class_text(each: _Class) -> str:
    return canonical({name: value for name, value in each.items() if name != "id"})
