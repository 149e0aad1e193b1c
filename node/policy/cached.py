"""Rulings remembered by question and class, under one revision.

A policy input holds classes, not persons, and says what consent was read for this very question: the same question
under the same bundle has the same answer, and each class in it is judged by itself (a contract test holds the policies
to that). So a question about fifty persons asks the engine only about classes it has not judged before. Failures are
never remembered.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from node.ports import Policy, Ruling

DEFAULT_SIZE = 512
"""Questions kept, the least used dropped first."""
CLASSES_KEPT = 2048
"""Classes kept for each question; more than the vocabulary's usual combinations, so that nobody fills the memory."""

_Class = Mapping[str, Any]


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
        self._known: OrderedDict[tuple[str, str, str], _Known] = OrderedDict()

    @property
    def engine(self) -> str:
        """Return which engine evaluates: `opa` or `embedded`."""
        return self._inner.engine

    @property
    def revision(self) -> str:
        """Return the revision of the bundle in use."""
        return self._inner.revision

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        """Return the ruling remembered, else the engine's; raises `MagliaError` as the engine does."""
        classes = cast("Sequence[_Class]", document.get("classes", ()))
        question = {name: value for name, value in document.items() if name != "classes"}
        key = (decision, canonical(question), self._inner.revision)
        known = self._known.get(key)
        texts = [_class_text(each) for each in classes]
        judged = {text: known.fields[text] for text in texts if text in known.fields} if known else {}
        unjudged = [each for each, text in zip(classes, texts, strict=True) if text not in judged]
        if known is None or unjudged:
            asked = await self._inner.decide(decision, {**question, "classes": unjudged} if judged else document)
            if asked.revision != key[2]:
                # The bundle changed meanwhile, and what is remembered is of the old one.
                return await self._inner.decide(decision, document) if judged else asked
            judged |= {_class_text(each): asked.release.get(str(each["id"]), ()) for each in unjudged}
            known = _Known(asked.allow, asked.reasons, known.fields if known else {})
            self._remember(key, known, judged)
        self._known.move_to_end(key)
        release = {str(each["id"]): judged[text] for each, text in zip(classes, texts, strict=True) if judged[text]}
        return Ruling(known.allow, known.reasons, release, key[2])

    def _remember(self, key: tuple[str, str, str], known: _Known, judged: Mapping[str, Sequence[str]]) -> None:
        known.fields.update(judged)
        if len(known.fields) > CLASSES_KEPT:
            known.fields = dict(judged)
        self._known[key] = known
        if len(self._known) > self._size:
            self._known.popitem(last=False)

    async def replace(self, bundle: bytes, revision: str) -> None:
        """Switch the engine to another bundle and forget every ruling."""
        await self._inner.replace(bundle, revision)
        self._known.clear()

    async def close(self) -> None:
        """Stop the engine."""
        self._known.clear()
        await self._inner.close()


def canonical(document: Mapping[str, object]) -> str:
    """Return one text for equal inputs, whatever the order of their keys."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _class_text(each: _Class) -> str:
    return canonical({name: value for name, value in each.items() if name != "id"})
