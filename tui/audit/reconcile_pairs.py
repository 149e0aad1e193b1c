"""One question, as two logs tell it: what is missing, what differs, what came twice.

Only what a correct node can never have logged is told; what lost messages, killed nodes or clocks astray can explain is
counted, and is a finding above a rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maglia.core.vocabulary import EndState
from tui.audit.findings import About, Findings, FindingType
from tui.audit.reconcile_compare import (
    answer_fields,
    claims_answer,
    is_innocent_repeat,
    named_by,
    question_fields,
    telling,
)
from tui.audit.reconcile_proof import Proofs
from tui.audit.reconcile_rates import Counted
from tui.audit.reconcile_rows import Exchange, Said, Spans, exchanges
from tui.audit.thresholds import Thresholds


class Pairs:
    """Judges questions one after the other, and at the end what only their number tells."""

    def __init__(self, spans: Spans, thresholds: Thresholds, proofs: Proofs, findings: Findings) -> None:
        self._spans = spans
        self._thresholds = thresholds
        self._proofs = proofs
        self._findings = findings
        self._late = Counted()
        self._undelivered = Counted()

    def judge(self, rows: Sequence[Said]) -> None:
        """Judge every entry that names one question id."""
        for exchange in exchanges(rows):
            self._repeated(exchange)
            end = telling(exchange.ends)
            answer = named_by(end, exchange.answers)
            asked = named_by(answer, exchange.asked)
            self._other_questions(exchange, answer)
            if asked is None:
                self._question_missing(exchange, answer, end)
            if end is None:
                self._still_open(exchange, asked)
            elif answer is None:
                self._answer_missing(exchange, end)
            else:
                self._count(exchange, answer, end)
            if answer is not None:
                self._compare(exchange, asked, answer, end)

    def tell_rates(self) -> None:
        """Add what is a finding only above a rate."""
        self._late.tell(FindingType.LATE, self._thresholds.late, self._findings)
        self._undelivered.tell(FindingType.UNDELIVERED, self._thresholds.undelivered, self._findings)

    def _add(
        self, kind: FindingType, members: tuple[str, ...], exchange: Exchange, detail: str, *entries: Said
    ) -> None:
        other = exchange.answerer if members[0] == exchange.asker else exchange.asker
        self._findings.add(About(kind, members, other, detail), [each.place for each in entries])

    def _is_judged(self, row: Said, counterpart: str) -> bool:
        """Return whether the other log must have what this entry answers to: it was read after, and reaches back."""
        own, other = self._spans.get(row.member), self._spans.get(counterpart)
        return own is not None and other is not None and row.idx < own.judged and other.must_answer(row.time_ms)

    def _absent(self, detail: str, counterpart: str, row: Said) -> str:
        """Return which case it is that `counterpart` has nothing of an entry: it may say that it archived it."""
        span = self._spans.get(counterpart)
        return "archived" if span is not None and row.time_ms < span.archived_ms else detail

    def _repeated(self, exchange: Exchange) -> None:
        """A node makes a new id for each question, answers an id once, and ends it once."""
        ends = [end for end in exchange.ends if not is_innocent_repeat(end)]
        answers = exchange.answers
        signed = len(self._proofs.signed_questions(answers)) if len(answers) > 1 else 0
        questions = [*exchange.asked, *(answers if signed > 1 else [])]
        for detail, who, entries, is_repeated in (
            ("question", exchange.asker, questions, len(exchange.asked) > 1 or signed > 1),
            # Whoever signed two questions under one id explains two answers; nobody else explains any more of them.
            ("answer", exchange.answerer, answers, len(answers) > max(signed, 1)),
            ("end", exchange.asker, ends, len(ends) > 1),
        ):
            if is_repeated:
                self._add(FindingType.REPEATED, (who,), exchange, detail, *entries)

    def _other_questions(self, exchange: Exchange, compared: Said | None) -> None:
        """Miss each question that the asker signed under the same id as another, and has no entry of."""
        others = [each for each in exchange.answers if each is not compared]
        logged = {each.leaf_hash for each in exchange.asked} | ({compared.peer_entry} if compared else set())
        for answer, bound in self._proofs.signed_questions(others).items() if others else ():
            if bound.asker_entry not in logged and self._is_judged(answer, exchange.asker):
                detail = self._absent("question", exchange.asker, answer)
                self._add(FindingType.MISSING, (exchange.asker,), exchange, detail, answer)

    def _question_missing(self, exchange: Exchange, answer: Said | None, end: Said | None) -> None:
        if answer is not None:
            if self._is_judged(answer, exchange.asker):
                members = self._proofs.who_hid_question(exchange, answer)
                detail = self._absent("question", exchange.asker, answer)
                self._add(FindingType.MISSING, members, exchange, detail, answer)
        elif end is not None and self._is_judged(end, exchange.asker):
            detail = self._absent("question_of_end", exchange.asker, end)
            self._add(FindingType.MISSING, (exchange.asker,), exchange, detail, end)

    def _answer_missing(self, exchange: Exchange, end: Said) -> None:
        if not claims_answer(end):
            return
        if self._is_judged(end, exchange.answerer):
            members = self._proofs.who_hid_answer(exchange, end)
            detail = self._absent("answer", exchange.answerer, end)
            self._add(FindingType.MISSING, members, exchange, detail, end)
        else:
            self._receipt_missing(exchange, end)

    def _compare(self, exchange: Exchange, asked: Said | None, answer: Said, end: Said | None) -> None:
        """Tell what the logs say differently: of the question, of the answer, or of both where one rewriting did it."""
        of_question = question_fields(asked, answer) if asked else []
        of_answer = answer_fields(answer, end) if end else []
        changed_question = self._proofs.who_changed_question(exchange, asked, answer) if asked and of_question else ()
        changed_answer = self._proofs.who_changed_answer(exchange, answer, end) if end and of_answer else ()
        if len(changed_question) > 1 and changed_answer == (exchange.answerer,):
            # The entry is not the one that its owner signed for: that explains whatever else it says differently.
            of_question, of_answer, changed_question = [], [*of_question, *of_answer], ()
        if asked and of_question:
            self._add(FindingType.CONTENT, changed_question, exchange, _joined(of_question), asked, answer)
        if end and of_answer:
            self._add(FindingType.CONTENT, changed_answer, exchange, _joined(of_answer), answer, end)
        if end and not of_question and not of_answer:
            self._receipt_missing(exchange, end)

    def _receipt_missing(self, exchange: Exchange, end: Said) -> None:
        """Miss what the other side signed, in logs that kept it already for an earlier question."""
        if not claims_answer(end):
            return
        span = self._spans.get(exchange.asker)
        kept = span is not None and span.evidence_from is not None and span.evidence_from < end.idx
        if not end.peer_entry or not end.answer_hash or (kept and not end.has_evidence):
            self._add(FindingType.NO_RECEIPT, (exchange.asker,), exchange, "receipt", end)

    def _still_open(self, exchange: Exchange, asked: Said | None) -> None:
        span, grace = self._spans.get(exchange.asker), self._thresholds.open
        if asked is None or span is None:
            return
        if asked.idx + grace.entries < span.judged and asked.time_ms + grace.seconds * 1000 < span.until_ms:
            self._add(FindingType.NO_RECEIPT, (exchange.asker,), exchange, "open", asked)

    def _count(self, exchange: Exchange, answer: Said, end: Said) -> None:
        if claims_answer(end):
            self._late.count((exchange.answerer, ""), end.place, is_case=end.outcome == EndState.LATE.value)
        if answer.answer_hash:
            whom = exchange.asker, exchange.answerer
            self._undelivered.count(whom, end.place, is_case=not claims_answer(end))


def _joined(fields: Iterable[str]) -> str:
    return ",".join(sorted(set(fields)))
