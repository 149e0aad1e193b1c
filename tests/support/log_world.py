"""A network reduced to its logs: bodies that ask, answer, die between any two steps and start again.

Entries are durable once written, and nothing else is: messages get lost, a body that dies forgets what it was about,
and at its next start ends in silence whatever it had asked without an end. Each step is an event; a script of bytes
decides which comes next, so that a failure shrinks to few steps.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from maglia.core.codes import Code
from maglia.core.entry import AWAITING, Entry, EntryKind
from maglia.core.exchange import BoundQuestion, Receipt, sha256
from maglia.core.identity import REGISTRY_ID, SigningKey
from maglia.core.merkle import leaf_hash
from maglia.core.vocabulary import EndState, Silence
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.convert import ANSWER, QUESTION
from maglia.wire.entries import decode_entry, encode_entry
from maglia.wire.envelope import seal
from maglia.wire.evidence import decode_receipt, encode_bound, encode_receipt, keep
from tui.audit.archive import Archive, LogState
from tui.audit.findings import Report
from tui.audit.reconcile import Network, reconcile
from tui.audit.thresholds import Thresholds, load_thresholds

NETWORK = "demo"
_START_MS = 1_800_000_000_000
READ_MS = _START_MS + 30 * 86_400_000
"""When the logs of these worlds are read: nothing in them is older than their term."""


class Script:
    """Decisions, one byte each; when they are used up, always the first choice."""

    def __init__(self, content: bytes) -> None:
        self._left = list(reversed(content))

    @property
    def is_over(self) -> bool:
        return not self._left

    def below(self, limit: int) -> int:
        return self._left.pop() % limit if self._left else 0


@dataclass
class Body:
    """One body: what it has durably logged, and which of its lives this is."""

    name: str
    key: SigningKey
    skew_ms: int = 0
    leaves: list[bytes] = field(default_factory=list)
    life: int = 0
    is_up: bool = True
    keeps_evidence: bool = True
    awaiting: int = 0
    """Persons on file that are not enrolled: in the body's records, which outlive it as the log does."""
    is_acting: bool = False
    is_enrolling: bool = False
    has_stated: bool = False

    def store(self, count: int) -> None:
        """End an act: its persons are on file."""
        self.awaiting += count
        self.is_acting = False

    def enrolled(self, count: int) -> None:
        """End an enrolment: its pseudonyms are stored."""
        self.awaiting -= count
        self.is_enrolling = False

    def log(self, entry: Entry) -> bytes:
        """Log an entry and return its leaf hash."""
        kept = entry if self.keeps_evidence else replace(entry, evidence=b"")
        self.leaves.append(encode_entry(kept))
        return leaf_hash(self.leaves[-1])

    def entries(self) -> list[Entry]:
        return [decode_entry(leaf) for leaf in self.leaves]

    def first(self, kind: EntryKind, question_id: bytes) -> int:
        """Return where the entry of this kind about a question is."""
        entries = enumerate(self.entries())
        return next(at for at, entry in entries if (entry.kind, entry.question_id) == (kind, question_id))

    def rewrite(self, at: int, **changes: object) -> None:
        """Write another entry where one was, as whoever owns the database can."""
        self.leaves[at] = encode_entry(replace(self.entries()[at], **changes))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Event:
    """A step that a body takes if it still lives the life in which the step was begun; else `lost` happens."""

    body: Body
    life: int
    step: Callable[[], None]
    lost: Callable[[], None]


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Question:
    """A question under way between two bodies, `life` being the asker's when it was asked."""

    asker: Body
    life: int
    answerer: Body
    question_id: bytes
    hash: bytes
    entry: bytes
    purpose: str
    subjects: int


class LogWorld:
    """`names` ask each other; the registry evaluates for them."""

    def __init__(self, names: list[str], script: Script) -> None:
        self.script = script
        keys = {name: SigningKey(hashlib.sha256(name.encode()).digest()) for name in names}
        skews = (0, 86_400_000, -3_600_000)
        self.bodies = [Body(name, keys[name], skews[at % len(skews)]) for at, name in enumerate(names)]
        self.registry: list[bytes] = []
        self.asked: list[Question] = []
        self._events: list[Event] = []
        self._made = 0
        self._now_ms = _START_MS

    def fresh(self, size: int) -> bytes:
        """Return bytes that never came before."""
        self._made += 1
        return hashlib.sha256(self._made.to_bytes(8, "big")).digest()[:size]

    def run(self) -> None:
        """Take steps until the script is over; what is under way then stays so."""
        while not self.script.is_over:
            self._step()

    def settle(self) -> None:
        """Let everybody start again and everything under way come to its end."""
        for body in self.bodies:
            if not body.is_up:
                self.start(body)
        while self._events:
            self._happen(0)

    def _step(self) -> None:
        choice = self.script.below(12)
        self._now_ms += self.script.below(200) * 1000 if choice == 0 else 40
        if choice <= 2:
            asker, answerer = self._pair()
            self.ask(asker, answerer, 1 + choice)
        elif choice == 3:
            self.evaluate(self._any(), "check", 1 + self.script.below(3))
        elif choice == 4:
            body = self._any()
            self.stop(body) if body.is_up else self.start(body)
        elif choice == 5:
            self.record(self._any(), 1 + self.script.below(4))
        elif choice == 6:
            self.enrol(self._any())
        elif self._events:
            self._happen(self.script.below(len(self._events)))

    def _any(self) -> Body:
        return self.bodies[self.script.below(len(self.bodies))]

    def _pair(self) -> tuple[Body, Body]:
        at = self.script.below(len(self.bodies))
        other = (at + 1 + self.script.below(len(self.bodies) - 1)) % len(self.bodies)
        return self.bodies[at], self.bodies[other]

    def _happen(self, at: int) -> None:
        event = self._events.pop(at)
        self._now_ms += 10
        is_same = event.body.is_up and event.body.life == event.life
        (event.step if is_same else event.lost)()

    def _then(self, body: Body, step: Callable[[], None], lost: Callable[[], None] = _nothing) -> None:
        self._events.append(Event(body, body.life, step, lost))

    def _at_asker(self, question: Question, step: Callable[[], None]) -> None:
        """Go on at the asker, unless it has forgotten the question: then its next start ended it, or will."""
        self._events.append(Event(question.asker, question.life, step, _nothing))

    def time_ms(self, body: Body) -> int:
        self._now_ms += 1
        return self._now_ms + body.skew_ms

    def stop(self, body: Body) -> None:
        """Kill a body: only its log is left of it."""
        body.is_up = body.is_acting = body.is_enrolling = body.has_stated = False
        body.life += 1

    def start(self, body: Body) -> None:
        """Start a body again: whatever it asked without an end is over."""
        body.is_up = True
        entries = body.entries()
        ended = {entry.question_id for entry in entries if entry.kind is EntryKind.END_STATE}
        for entry in entries:
            if entry.kind is EntryKind.ASKED and entry.question_id not in ended:
                self._log_end(body, entry.peer, entry.question_id, entry.question_hash, Silence.UNREACHABLE.value)

    def ask(self, asker: Body, answerer: Body, subjects: int = 1) -> Question | None:
        """Begin a question; None from a body that is down, which may also refuse to itself."""
        if not asker.is_up:
            return None
        question_id, question_hash, purpose = self.fresh(16), self.fresh(32), "aid_overlap"
        if self.script.below(12) == 1:
            asker.log(Entry(EntryKind.REFUSED, self.time_ms(asker), purpose=purpose, code="consent.missing"))
            return None
        entry = Entry(
            EntryKind.ASKED,
            self.time_ms(asker),
            peer=answerer.name,
            question_id=question_id,
            purpose=purpose,
            facet="food_parcel",
            basis="consent",
            operator="anna",
            question_hash=question_hash,
            count=subjects,
            check_id=f"V-{self._made}",
        )
        logged = asker.log(entry)
        question = Question(asker, asker.life, answerer, question_id, question_hash, logged, purpose, subjects)
        self.asked.append(question)
        self._at_asker(question, lambda: self._send(question))
        return question

    def _send(self, question: Question) -> None:
        silence = self._silence_of(question)
        if self.script.below(6) == 1:
            self._at_asker(question, silence)
            return
        self._then(question.answerer, lambda: self._receive(question), lambda: self._at_asker(question, silence))

    def _receive(self, question: Question) -> None:
        """Steps 8 to 14: an answer, a refusal that is one, a failure, or what can't be read as a question at all."""
        kind = self.script.below(6)
        if kind == 1:
            entry = Entry(EntryKind.REFUSALS, self.time_ms(question.answerer), question.asker.name, count=1)
            question.answerer.log(entry)
            self._at_asker(question, self._silence_of(question))
        elif kind == 2:
            self.answer(question, EntryKind.REFUSED, has_answer=False)
            self._at_asker(question, self._silence_of(question))
        else:
            refused = EntryKind.REFUSED if kind == 3 else EntryKind.ANSWERED
            receipt = self.answer(question, refused)
            self._then(
                question.answerer,
                lambda: self._reply(question, receipt, is_refusal=refused is EntryKind.REFUSED),
                lambda: self._at_asker(question, self._silence_of(question)),
            )

    def answer(self, question: Question, kind: EntryKind, *, has_answer: bool = True, swapped: bool = False) -> bytes:
        """Log the answer and return the receipt's envelope. `swapped` sends another answer than is logged."""
        asker, answerer = question.asker, question.answerer
        bound = BoundQuestion(question.hash, question.entry, self.fresh(32), 1, answerer.name, question.question_id)
        payload = encode_bound(bound)
        answer_hash = self.fresh(32) if has_answer else b""
        entry = Entry(
            kind,
            self.time_ms(answerer),
            peer=asker.name,
            question_id=question.question_id,
            purpose=question.purpose,
            facet="food_parcel",
            basis="consent",
            question_hash=question.hash,
            answer_hash=self.fresh(32) if swapped else answer_hash,
            peer_entry=question.entry,
            outcome=EndState.REFUSED if kind is EntryKind.REFUSED else EndState.ANSWERED,
            code="member.not_entitled" if kind is EntryKind.REFUSED else "",
            count=question.subjects,
            evidence=keep(seal(QUESTION, NETWORK, payload, asker.key)),
        )
        logged = answerer.log(entry)
        if not has_answer:
            return b""
        receipt = Receipt(sha256(payload), answer_hash, question.entry, logged, asker.name, question.question_id)
        return keep(seal(ANSWER, NETWORK, encode_receipt(receipt), answerer.key))

    def _reply(self, question: Question, evidence: bytes, *, is_refusal: bool) -> None:
        fate = self.script.below(6)
        if fate == 1:
            self._at_asker(question, self._silence_of(question))
            return
        end = EndState.REFUSED if is_refusal else EndState.LATE if fate == 2 else EndState.ANSWERED
        self._at_asker(question, lambda: self.end(question, end, evidence))

    def end(self, question: Question, outcome: EndState, evidence: bytes) -> None:
        """Step 16 of an answer that came."""
        receipt = decode_receipt(Envelope.FromString(evidence).payload)
        self._log_end(
            question.asker,
            question.answerer.name,
            question.question_id,
            question.hash,
            "",
            outcome=outcome,
            answer_hash=receipt.answer_hash,
            peer_entry=receipt.answerer_entry,
            evidence=evidence,
        )
        if self.script.below(10) == 1:  # the commit was reported as failed, and had not
            code = Code.LOG_UNAVAILABLE.value
            self._log_end(question.asker, question.answerer.name, question.question_id, question.hash, code)

    def _silence_of(self, question: Question) -> Callable[[], None]:
        return lambda: self._log_end(
            question.asker, question.answerer.name, question.question_id, question.hash, Silence.DEADLINE.value
        )

    def _log_end(
        self,
        asker: Body,
        peer: str,
        question_id: bytes,
        question_hash: bytes,
        code: str,
        **said: object,
    ) -> None:
        outcome = said.pop("outcome", EndState.SILENT)
        asker.log(
            Entry(
                EntryKind.END_STATE,
                self.time_ms(asker),
                peer=peer,
                question_id=question_id,
                question_hash=question_hash,
                outcome=str(outcome),
                code=code,
                **said,  # type: ignore[arg-type]
            )
        )

    def exchange(self, asker: Body, answerer: Body, *, swapped: bool = False) -> Question:
        """Ask, answer and end one question without any fault."""
        self.settle()
        before, self.script = self.script, Script(b"")
        question = self.ask(asker, answerer)
        assert question is not None
        self._events.pop()
        self.end(question, EndState.ANSWERED, self.answer(question, EntryKind.ANSWERED, swapped=swapped))
        self.script = before
        return question

    def evaluate(
        self, body: Body, use: str, elements: int, epoch: int = 1, then: Callable[[bytes], None] = lambda _: None
    ) -> bytes:
        """Log an evaluation at the body; then, if it lives on, at the registry; `then` is what it does with it."""
        name = self.fresh(16)
        if body.is_up:
            said = {"evaluation": name, "count": elements, "outcome": use, "epoch": epoch}
            body.log(Entry(EntryKind.EVALUATION, self.time_ms(body), **said))  # type: ignore[arg-type]
            if self.script.below(6) != 1:
                self._then(body, lambda: self._evaluated(body, name, use, elements, epoch, then))
            elif use == "enrolment":
                body.is_enrolling = False
        return name

    def _evaluated(
        self, body: Body, name: bytes, use: str, elements: int, epoch: int, then: Callable[[bytes], None]
    ) -> None:
        self.grant(body, name, use, elements, epoch)
        self._then(body, lambda: then(name))

    def record(self, body: Body, count: int) -> None:
        """Put persons on file: say so in the log, and only then store them."""
        if body.is_up and not body.is_acting:
            body.is_acting = True
            body.log(Entry(EntryKind.RECORDED, self.time_ms(body), outcome="person", count=count))
            self._then(body, lambda: body.store(count))

    def enrol(self, body: Body) -> None:
        """Enrol who awaits: count them first if this life has not, have them evaluated, log them, store them."""
        if not body.is_up or body.is_acting or body.is_enrolling:
            return
        if not body.has_stated:
            body.has_stated = True
            said = {"outcome": "person", "code": AWAITING, "count": body.awaiting, "epoch": 1}
            body.log(Entry(EntryKind.RECORDED, self.time_ms(body), **said))  # type: ignore[arg-type]
        if count := min(body.awaiting, 3):
            body.is_enrolling = True
            self.evaluate(body, "enrolment", count, then=lambda name: self._log_enrolled(body, name, count))

    def _log_enrolled(self, body: Body, name: bytes, count: int) -> None:
        for _ in range(count):
            self.log_enrolment(body, name)
        if self.script.below(6) == 1:  # they could not be stored: whoever awaits is counted anew
            body.has_stated = body.is_enrolling = False
        else:
            self._then(body, lambda: body.enrolled(count))

    def log_enrolment(self, body: Body, name: bytes) -> None:
        """Log that one person was enrolled."""
        said = {"outcome": "person", "count": 1, "epoch": 1, "evaluation": name}
        body.log(Entry(EntryKind.ENROLMENT, self.time_ms(body), **said))  # type: ignore[arg-type]

    def grant(self, body: Body, name: bytes, use: str, elements: int, epoch: int = 1) -> None:
        """Log an evaluation at the registry."""
        said = {
            "schema": "maglia.evaluation/1",
            "at": self._now_ms / 1000,
            "member": body.name,
            "class": "person",
            "use": use,
            "epoch": epoch,
            "elements": elements,
            "procedure": "",
            "evaluation": name.hex(),
            "nonce": self.fresh(16).hex(),
        }
        self.registry.append(json.dumps(said).encode())

    def logs(self) -> dict[str, list[bytes]]:
        return {**{body.name: list(body.leaves) for body in self.bodies}, REGISTRY_ID: list(self.registry)}

    @property
    def network(self) -> Network:
        keys = {body.name: [body.key.public] for body in self.bodies}
        return Network(NETWORK, keys.keys(), keys)


def fill(archive: Archive, first: dict[str, int], logs: dict[str, list[bytes]]) -> None:
    """Put logs into an archive as a pull does that read them twice: up to `first`, then all."""
    for member, leaves in logs.items():
        archive.add(member, 0, leaves)
        state = LogState(member, first_pass=first[member], second_pass=len(leaves), read_ms=READ_MS)
        archive.save_state(state)


@contextmanager
def archived(first: dict[str, int], logs: dict[str, list[bytes]]) -> Iterator[Archive]:
    """Keep logs as an auditor does who read them twice: up to `first`, then all."""
    with TemporaryDirectory() as folder:
        archive = Archive.open(Path(folder))
        try:
            fill(archive, first, logs)
            yield archive
        finally:
            archive.close()


def reconciled(world: LogWorld, thresholds: Thresholds | None = None) -> Report:
    """Reconcile a world that stands still."""
    logs = world.logs()
    with archived({member: len(leaves) for member, leaves in logs.items()}, logs) as archive:
        return reconcile(archive, world.network, thresholds or load_thresholds())
