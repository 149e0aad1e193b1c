"""Which entries of one question belong together, and what they say differently."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.codes import Code
from maglia.core.entry import EntryKind
from maglia.core.vocabulary import EndState
from tui.audit.reconcile_rows import Said

_COMPARED = ("question_hash", "purpose", "facet", "basis", "subjects")
_LOG_FAILED = frozenset({Code.LOG_UNAVAILABLE.value, Code.STORAGE_UNAVAILABLE.value})


def named_by(entry: Said | None, candidates: Sequence[Said]) -> Said | None:
    """Return the entry whose hash the other side's entry names; where that is none of them, the first."""
    named = [each for each in candidates if entry is not None and each.leaf_hash == entry.peer_entry]
    return next(iter([*named, *candidates]), None)


def telling(ends: Sequence[Said]) -> Said | None:
    """Return the end state that says most: one with an answer before one without."""
    return next((end for end in ends if claims_answer(end)), ends[0] if ends else None)


def claims_answer(end: Said) -> bool:
    """Return whether an end state says that the body answered: in time, late, or with a refusal."""
    return end.outcome != EndState.SILENT.value or bool(end.answer_hash)


def is_innocent_repeat(end: Said) -> bool:
    """Return whether a correct node can have logged this beside another end state of the question.

    A write that failed may have become durable after all; the node then logs that the question ended in silence.
    """
    return not claims_answer(end) and end.code in _LOG_FAILED


def question_fields(asked: Said, answer: Said) -> list[str]:
    """Return what the asker's and the answering body's entries say differently of a question."""
    differing = [name for name in _COMPARED if getattr(asked, name) != getattr(answer, name)]
    if asked.leaf_hash != answer.peer_entry:
        differing.append("peer_entry")
    # Who refuses for want of trust, or does not know the procedure, writes no name that it could not verify.
    if asked.procedure != answer.procedure and (answer.procedure or answer.kind == EntryKind.ANSWERED.value):
        differing.append("procedure")
    return differing


def answer_fields(answer: Said, end: Said) -> list[str]:
    """Return what an answer's entry and the end state of its question say differently."""
    if not claims_answer(end):
        return []
    is_refusal = end.outcome == EndState.REFUSED.value, answer.kind == EntryKind.REFUSED.value
    return [
        *(["answer_hash"] if end.answer_hash and end.answer_hash != answer.answer_hash else []),
        *(["peer_entry"] if end.peer_entry and end.peer_entry != answer.leaf_hash else []),
        *(["outcome"] if is_refusal[0] != is_refusal[1] else []),
    ]
