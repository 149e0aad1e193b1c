"""What the node's work needs from the outside, as protocols; `app` chooses who fulfils them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from maglia.core.directory import Directory
from maglia.core.errors import Code
from maglia.core.evaluation_keys import EvaluationKeys
from maglia.core.identifiers import Identifier
from maglia.core.log import Appended
from maglia.core.log_check import LogReport
from maglia.core.procedures import Procedure
from maglia.core.pseudonym import KeySet, Part
from maglia.core.vocabulary import Facet, PseudonymClass, Silence
from node.domain.budget import SpentInProcedure, SpentToday
from node.domain.model import (
    AidRecord,
    Awaiting,
    Candidate,
    Consent,
    ImportedRow,
    OpenNeed,
    Operator,
    PseudonymPlace,
)
from node.domain.names import CompositeName, NamedAid, NamedPerson


@dataclass(frozen=True)
class Ruling:
    """One policy decision. A denied ruling has reasons (error codes such as `policy.purpose`) and releases nothing."""

    allow: bool
    reasons: tuple[str, ...]
    release: Mapping[str, Sequence[str]]
    revision: str

    @property
    def reason(self) -> Code:
        """Return the first reason of a denial; a reason that this software does not know denies all the same."""
        first = self.reasons[0] if self.reasons else ""
        return Code(first) if first in frozenset(Code) else Code.POLICY_DENIED


class Policy(Protocol):
    """An engine that evaluates the published bundle.

    Undefined, error, timeout or a stopped engine raise `MagliaError` with code `policy.unavailable`: never an allow.
    """

    @property
    def engine(self) -> str:
        """Return which engine evaluates: `opa` or `embedded`."""
        ...

    @property
    def revision(self) -> str:
        """Return the revision of the bundle in use."""
        ...

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        """Evaluate `decision` (`ask` or `release`) over an input document that holds classes, not persons."""
        ...

    async def replace(self, bundle: bytes, revision: str) -> None:
        """Switch to another bundle (a gzipped tar, already verified), atomically."""
        ...

    async def close(self) -> None:
        """Stop the engine."""
        ...


class Clock(Protocol):
    """Time as the node reads it. The day decides windows and ages; the instant decides expiries and entries."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...

    def today(self) -> date:
        """Return the calendar day by which records are counted."""
        ...


class Store(Protocol):
    """The body's own records. Every method is synchronous and raises `MagliaError` with code `storage.unavailable`."""

    # records
    def add_record(self, record: AidRecord, actor: str) -> str:
        """Store one record with its audit event by `actor` (a user); return its id."""
        ...

    def import_records(self, records: Sequence[AidRecord], actor: str) -> list[ImportedRow]:
        """Store many in one transaction, idempotent by `source_key`; same key with other content is a conflict."""
        ...

    def add_consent(self, identifier: Identifier, consent: Consent, actor: str) -> str:
        """Put a consent on file; return its id."""
        ...

    def add_case(self, identifier: Identifier, purpose: str, protocol: str, actor: str) -> str:
        """Put a case protocol on file; return its id."""
        ...

    def consent_for(self, identifier: Identifier, purpose: str) -> Consent | None:
        """Return the newest consent in force for the person and purpose."""
        ...

    def case_for(self, identifier: Identifier, purpose: str) -> str | None:
        """Return the protocol number of the newest case on file."""
        ...

    def open_needs(self, identifier: Identifier, facets: frozenset[Facet], since: date) -> list[OpenNeed]:
        """Return the needs behind this body's own live records for the person, of these facets, newest first."""
        ...

    def record_count(self) -> int:
        """Return how many aid records are stored."""
        ...

    # persons without a code
    def add_named_person(self, who: CompositeName, aid: NamedAid, actor: str) -> tuple[int, str]:
        """Store a new person by name and the first help; return the local number and the record's id."""
        ...

    def add_named_aid(self, number: int, aid: NamedAid, actor: str) -> str:
        """Store further help for the person of a number; return its id. Raises `input.name_unknown`."""
        ...

    def persons_like(self, who: CompositeName) -> list[NamedPerson]:
        """Return the candidates alike in name and birth, each for a person to confirm; nothing is merged."""
        ...

    # answering
    def candidates(self, cls: PseudonymClass, epoch: int, pseudonyms: Sequence[bytes]) -> dict[bytes, list[Candidate]]:
        """Return the records behind each pseudonym known here, newest first; an unknown one is absent."""
        ...

    # pseudonyms
    def awaiting(self, epoch: int, limit: int, after: Awaiting | None = None) -> list[Awaiting]:
        """Return subjects with a live record and no pseudonym in this epoch, of those that come after one of them."""
        ...

    def awaiting_count(self, epoch: int) -> int:
        """Return how many subjects await a pseudonym."""
        ...

    def enrolled_count(self) -> int:
        """Return how many pseudonyms are stored, of all epochs."""
        ...

    def enrolled_in(self, epoch: int) -> int:
        """Return how many pseudonyms of one epoch are stored."""
        ...

    def forget_epochs(self, kept: Sequence[int]) -> int:
        """Delete the pseudonyms of all epochs but those `kept`; return how many."""
        ...

    def enrol(self, epoch: int, pseudonyms: Sequence[tuple[Awaiting, bytes]]) -> None:
        """Store the pseudonyms of subjects, in one transaction."""
        ...

    def remove_lapsed(self, after: PseudonymPlace | None, limit: int) -> tuple[PseudonymPlace | None, int]:
        """Remove pseudonyms of subjects with no live record left, among the next `limit`; return where to go on."""
        ...

    def remove_expired_cache(self) -> int:
        """Remove the cached pseudonyms whose time is over; return of how many persons and needs."""
        ...

    def empty_journal(self) -> None:
        """Leave no copy of what was removed in the database's own journal, where the database can."""
        ...

    def cached_pseudonyms(self, identifier: Identifier, key_set: bytes, now: float) -> list[bytes] | None:
        """Return a person's or need's unexpired pseudonyms under a key set, in the set's order."""
        ...

    def cache_pseudonyms(
        self,
        identifier: Identifier,
        key_set: bytes,
        pseudonyms: Sequence[bytes],
        expires: float,
        *,
        anybody: bool = False,
    ) -> None:
        """Keep them encrypted until `expires`: of persons and needs with a live record of this body, or of anybody."""
        ...

    # budgets
    def spend(self, budget: str, holder: str, day: date, items: Sequence[bytes], limit: int) -> bool:
        """Count distinct items of `holder` on `day`; store them and return True only if they stay within `limit`."""
        ...

    def spend_in_procedure(
        self,
        procedure: str,
        holder: str,
        items: Mapping[PseudonymClass, Sequence[bytes]],
        cap: int,
        kept: Collection[str],
    ) -> bool:
        """Count distinct items of `holder`, each class by itself, over the procedure's life; True only within `cap`.

        What was counted under procedures not in `kept` may be forgotten.
        """
        ...

    def spent_today(self, budget: str, day: date) -> list[SpentToday]:
        """Return how many distinct items each holder of a budget spent on a day, the most first."""
        ...

    def spent_in_procedures(self) -> list[SpentInProcedure]:
        """Return what was counted under procedures, by procedure, holder and class."""
        ...

    # operators
    def add_operator(self, operator: Operator, password_hash: str) -> None:
        """Add or replace an operator."""
        ...

    def operator(self, user: str) -> tuple[Operator, str] | None:
        """Return an operator and the password hash."""
        ...


class Log(Protocol):
    """The tamper-evident log; `maglia.core.log.Log` is the one there is."""

    def append(self, leaf: bytes) -> Future[Appended]:
        """Append one leaf; the future is done when it is durable."""
        ...

    def append_many(self, leaves: Sequence[bytes]) -> Future[list[Appended]]:
        """Append several leaves in one transaction."""
        ...

    def latest_cosigned(self) -> bytes | None:
        """Return the last checkpoint that the witness cosigned, None before the first."""
        ...


class LogState(Protocol):
    """Whether this body's log is the one that the witness knows."""

    @property
    def forked(self) -> bool:
        """Return whether a contradiction was found; it stays so until an administrator acts."""
        ...

    def require_sound(self) -> None:
        """Raise `log.fork` when a contradiction was found."""
        ...

    def require_witnessed(self) -> None:
        """Raise `log.fork`, or `log.unwitnessed` when the last cosignature is too old."""
        ...

    def cosigned(self) -> None:
        """Keep the log's last cosigned checkpoint, outside its database."""
        ...

    def found_fork(self, cause: str) -> None:
        """Remember durably that this log is not the one the witness knows; `cause` is for the administrator."""
        ...

    def verify(self) -> LogReport:
        """Recompute everything from the entries, and compare it with what is known outside the database."""
        ...


class Evaluator(Protocol):
    """The registry's pseudonym service."""

    async def evaluate(
        self, key_set: KeySet, elements: Sequence[bytes], *, enrolment: bool, procedure: str = ""
    ) -> list[Part]:
        """Return the parts whose masks partition the shares, counted on a procedure if one is named. Not verified yet.

        Raises `budget.*`, or why the procedure does not hold.
        """
        ...


class Trust(Protocol):
    """What this node trusts about the network now. Each read raises `directory.expired` when metadata has expired."""

    def directory(self) -> Directory:
        """Return the signed directory, less the suspended members."""
        ...

    def keys(self) -> EvaluationKeys:
        """Return the signed public keys of the evaluators."""
        ...

    def procedures(self) -> Mapping[str, Procedure]:
        """Return the procedures that two officers signed, by id."""
        ...

    def card_state(self, member: str) -> Silence | None:
        """Return why a member can't be asked (no card, an expired one), or None."""
        ...


class Gossip(Protocol):
    """Bodies tell each other how new the metadata is that they trust, whenever they talk (design 4)."""

    def timestamp_version(self) -> int:
        """Return the version trusted here."""
        ...

    def heard(self, version: int) -> None:
        """Take note of the version that another body claims to trust: a hint, never believed by itself."""
        ...

    def look(self) -> None:
        """Look for news soon: a body that should answer can't be reached as we know it."""
        ...


@dataclass(frozen=True)
class SignedAnswer:
    """An answer whose envelope signature was verified. `question_hash` covers the question as it was sent."""

    question_hash: bytes
    payload: bytes


class SilentError(Exception):
    """A body did not answer, with the reason to show."""

    def __init__(self, reason: Silence) -> None:
        super().__init__(reason.value)
        self.reason = reason


class RefusedError(Exception):
    """A body refused before it could read the question, with the code it gave."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Peers(Protocol):
    """Warm streams to other bodies."""

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        """Bind a question to the stream, sign, send, and await the answer.

        Raises `SilentError` or `RefusedError`. Has no deadline of its own: the caller sets one.
        """
        ...

    async def is_reachable(self, member: str) -> bool:
        """Return whether a stream to the body is open or can be opened now; asks nothing."""
        ...
