"""Who must explain a difference: what the other side signed decides, where a log kept it and it verifies.

An answering body keeps the asker's signature under the question, an asker the answering body's under the receipt
(`maglia.wire.evidence`). Without such proof either side may have written what it liked, and both are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from maglia.core.errors import MagliaError
from maglia.core.exchange import BoundQuestion, Receipt
from maglia.wire.evidence import open_question, open_receipt
from tui.audit.reconcile_rows import Exchange, Said


class Proofs:
    """Opens evidence. `keys` holds each body's identity keys (Ed25519, 32 bytes), of today and of before."""

    def __init__(
        self, network: str, keys: Mapping[str, Sequence[bytes]], evidence: Callable[[str, int], bytes]
    ) -> None:
        """`evidence` returns that of an entry of a member's log; empty when there is none."""
        self._network = network
        self._keys = keys
        self._evidence = evidence

    def question(self, answer: Said) -> BoundQuestion | None:
        """Return the question as the asker signed it, from the answering body's entry; None without valid proof."""
        for key in self._keys.get(answer.peer, ()) if answer.has_evidence else ():
            try:
                bound = open_question(self._evidence(answer.member, answer.idx), self._network, key).bound
            except MagliaError:
                continue
            if (bound.addressee, bound.question_id) == (answer.member, answer.question_id):
                return bound
        return None

    def signed_questions(self, answers: Sequence[Said]) -> Mapping[Said, BoundQuestion]:
        """Return the different questions that the asker provably signed, each by the first entry that keeps it."""
        found: dict[tuple[bytes, bytes], tuple[Said, BoundQuestion]] = {}
        for answer in answers:
            bound = self.question(answer)
            if bound is not None:
                found.setdefault((bound.asker_entry, bound.body_hash), (answer, bound))
        return dict(found.values())

    def receipt(self, end: Said) -> Receipt | None:
        """Return the receipt as the answering body signed it, from the asker's end state; None without valid proof."""
        for key in self._keys.get(end.peer, ()) if end.has_evidence else ():
            try:
                receipt = open_receipt(self._evidence(end.member, end.idx), self._network, key)
            except MagliaError:
                continue
            if (receipt.asker, receipt.question_id) == (end.member, end.question_id):
                return receipt
        return None

    def who_hid_question(self, exchange: Exchange, answer: Said) -> tuple[str, ...]:
        """Return who explains an answer to a question that the asker's log does not have."""
        both = (exchange.asker, exchange.answerer)
        if exchange.ends:  # its own log knows how the question ended
            return both[:1]
        bound = self.question(answer)
        proven = bound is not None and (bound.asker_entry, bound.body_hash) == (answer.peer_entry, answer.question_hash)
        return both[:1] if proven else both

    def who_hid_answer(self, exchange: Exchange, end: Said) -> tuple[str, ...]:
        """Return who explains a receipt for an answer that the answering body's log does not have."""
        both = (exchange.answerer, exchange.asker)
        receipt = self.receipt(end)
        proven = receipt is not None and _receipt_hashes(receipt) == (end.answer_hash, end.peer_entry)
        return both[:1] if proven else both

    def who_changed_question(self, exchange: Exchange, asked: Said, answer: Said) -> tuple[str, ...]:
        """Return who explains that the two entries of a question differ."""
        bound = self.question(answer)
        if bound is None:
            return exchange.asker, exchange.answerer
        signed = bound.asker_entry, bound.body_hash
        if signed != (asked.leaf_hash, asked.question_hash):
            return (exchange.asker,)
        # The asker's log is what it signed: what differs was written by the other side, if it is one of these.
        if signed != (answer.peer_entry, answer.question_hash):
            return (exchange.answerer,)
        return exchange.asker, exchange.answerer

    def who_changed_answer(self, exchange: Exchange, answer: Said, end: Said) -> tuple[str, ...]:
        """Return who explains that an answer's entry and its end state differ."""
        receipt = self.receipt(end)
        if receipt is None:
            return exchange.answerer, exchange.asker
        signed = _receipt_hashes(receipt)
        if signed != (answer.answer_hash, answer.leaf_hash):
            return (exchange.answerer,)
        if signed != (end.answer_hash, end.peer_entry):
            return (exchange.asker,)
        return exchange.answerer, exchange.asker


def _receipt_hashes(receipt: Receipt) -> tuple[bytes, bytes]:
    return receipt.answer_hash, receipt.answerer_entry
