"""Releasing what policy lets out of this body's records: steps 11 and 12 of design 6.

A hidden record and an absent one take the same path: every pseudonym is looked up, every question goes to policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from maglia.core.directory import Member
from maglia.core.exchange import Finding, Question, Subject
from maglia.core.vocabulary import PseudonymClass
from node.domain.classes import ClassKey, class_document, class_key, is_same_need
from node.domain.model import Candidate
from node.domain.needs import FiledNeed, is_about
from node.domain.release import release
from node.domain.retention import Terms
from node.ports import Clock, Policy, Ruling, Store


@dataclass(frozen=True)
class Released:
    """What policy rules and, if it allows, a slot of findings for each subject; `records` are those in the slots."""

    ruling: Ruling
    slots: Sequence[tuple[Finding, ...]] = ()
    records: frozenset[str] = frozenset()


_Named = tuple[PseudonymClass, bytes]
"""A pseudonym with its class: under another class the same bytes name nobody."""


class Releasing:
    """Looks up the records behind a question's pseudonyms, and asks policy what of them may be told."""

    def __init__(self, store: Store, policy: Policy, clock: Clock, terms: Callable[[], Terms]) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._terms = terms

    async def decide(self, asker: Member, me: Member, question: Question) -> Released:
        """Return what may be told; raise `policy.unavailable`."""
        records = self._candidates(question)  # 11
        classes = self._classes(asker, question, records)
        keys = sorted(set(classes.values()))
        ruling = await self._policy.decide("release", self._document(asker, me, question, keys))  # 12
        if not ruling.allow:
            return Released(ruling)
        shown = {record: ruling.release.get(str(keys.index(key)), ()) for record, key in classes.items()}
        filed = self._filed(question, shown)
        slots = [_slot(subject, records, question, me, shown, filed) for subject in question.subjects]
        told = frozenset(candidate.record_id for slot in slots for candidate, _ in slot)
        return Released(ruling, _without_repeats(slots, question.subjects), told)

    def _candidates(self, question: Question) -> dict[_Named, list[Candidate]]:
        found: dict[_Named, list[Candidate]] = {}
        for cls in PseudonymClass:
            asked = [subject.pseudonym for subject in question.subjects if subject.cls is cls]
            if asked:
                known = self._store.candidates(cls, question.epoch, asked)
                found |= {(cls, pseudonym): records for pseudonym, records in known.items()}
        return found

    def _classes(
        self, asker: Member, question: Question, records: Mapping[_Named, Sequence[Candidate]]
    ) -> dict[str, ClassKey]:
        """Return the class of each record by its id: read once, since day and terms may change while policy decides."""
        today, terms = self._clock.today(), self._terms()
        found = (each for candidates in records.values() for each in candidates)
        return {each.record_id: class_key(each, question, asker.kind, today, terms) for each in found}

    def _filed(self, question: Question, shown: Mapping[str, Sequence[str]]) -> Mapping[_Named, Sequence[FiledNeed]]:
        """Return the needs on file behind the subjects, where totals may be told of some record that is shown.

        A record that is hidden is as one that is absent: for neither is anything more looked up.
        """
        if not any("owed" in fields for fields in shown.values()):
            return {}
        found: dict[_Named, Sequence[FiledNeed]] = {}
        for cls in PseudonymClass:
            asked = [subject.pseudonym for subject in question.subjects if subject.cls is cls]
            if asked:
                known = self._store.filed_needs_behind(cls, question.epoch, asked)
                found |= {(cls, pseudonym): needs for pseudonym, needs in known.items()}
        return found

    def _document(self, asker: Member, me: Member, question: Question, keys: Sequence[ClassKey]) -> dict[str, object]:
        return {
            "asker": {"kind": asker.kind.value, "purposes": sorted(asker.purposes)},
            "query": {
                "purpose": question.purpose.value,
                "facet": question.facet.value,
                "months": question.months,
                "basis": question.basis.value,
                "case": question.has_case,
                # Step 10 refused a procedure that two officers did not sign for this asker: its word alone is none.
                "procedure": bool(question.procedure),
            },
            "responder": {"kind": me.kind.value},
            "classes": [class_document(number, key) for number, key in enumerate(keys)],
            "day": self._clock.today().isoformat(),
        }


def _slot(
    subject: Subject,
    records: Mapping[_Named, Sequence[Candidate]],
    question: Question,
    me: Member,
    shown: Mapping[str, Sequence[str]],
    filed: Mapping[_Named, Sequence[FiledNeed]],
) -> list[tuple[Candidate, Finding]]:
    """Return what may be told of one subject's records; `shown` has the fields of each record, `filed` the totals."""
    slot, needs = [], filed.get((subject.cls, subject.pseudonym), ())
    for candidate in records.get((subject.cls, subject.pseudonym), ()):
        fields = shown[candidate.record_id]
        if not fields:
            continue
        same = is_same_need(candidate, question, subject)
        owed = _owed(candidate, subject, needs) if same else None
        finding = release(candidate, fields, me.kind, me.id, me.contact, same_need=same, owed_cents=owed)
        if finding is not None:
            slot.append((candidate, finding))
    # What helps the very need goes first: a slot holds few findings, and those left out can't change a verdict.
    return sorted(slot, key=lambda each: not each[1].same_need)


def _owed(candidate: Candidate, subject: Subject, needs: Sequence[FiledNeed]) -> int | None:
    """Return the total of the need that a record is for, where it is on file on the basis that the record has.

    Of that basis policy has judged that the record may be shown; under another one, the total is nobody's business.
    """
    for one in needs:
        is_for = subject.cls is PseudonymClass.NEED or is_about(one, candidate)
        if is_for and (one.facet, one.basis) == (candidate.facet, candidate.basis):
            return one.owed_cents
    return None


def _without_repeats(
    slots: Sequence[Sequence[tuple[Candidate, Finding]]], subjects: Sequence[Subject]
) -> list[tuple[Finding, ...]]:
    """Keep each record once: under its need where the question named the need, else under the person."""
    by_need = {
        candidate.record_id
        for slot, subject in zip(slots, subjects, strict=True)
        if subject.cls is PseudonymClass.NEED
        for candidate, _ in slot
    }
    return [
        tuple(
            finding
            for candidate, finding in slot
            if subject.cls is PseudonymClass.NEED or candidate.record_id not in by_need
        )
        for slot, subject in zip(slots, subjects, strict=True)
    ]
