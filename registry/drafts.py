"""Drafts: what the registry proposes, two officers sign on their own consoles, and nobody else can put in force."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    KEYS_PATH,
    PROCEDURES_PATH,
    Directory,
    Member,
    encode_directory,
)
from maglia.core.epochs import EpochAct, Epochs
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys, decode_keys, encode_keys
from maglia.core.identity import verify_signature
from maglia.core.keyset import node_key
from maglia.core.officer import officer_key_id
from maglia.core.procedures import Procedure, encode_procedures
from maglia.core.pseudonym import Evaluator, KeyContext
from maglia.core.vocabulary import MemberState, PseudonymClass
from registry import metadata
from registry.appointments import Appointments
from registry.directory import Publisher
from registry.domain.change import (
    EPOCH_ACTS,
    MEMBER_ACTS,
    Change,
    changed,
    check_act,
    check_called,
    check_change,
    reinstated,
)
from registry.domain.membership import Act, next_state
from registry.ports import Draft, Event, Files, MemberRecord, Members, Person
from registry.queue import Queue
from registry.reading import read_payload
from registry.seeds import Trios

SIGN = "sign"
"""The action of one officer's signature in the history; what it is for stands in the event's detail."""

_SUSPENDABLE = frozenset({MemberState.APPROVED, MemberState.ACTIVE, MemberState.EXPIRING})


@dataclass(frozen=True)
class Signing:
    """How far a draft is: who signed it, how many must, and whether the last signature published it."""

    signed_by: tuple[str, ...]
    threshold: int
    published: bool
    version: int


@dataclass(frozen=True)
class Drafts:
    """Prepares drafts and collects signatures; `unready` says which members have not enrolled for an epoch."""

    network: str
    members: Members
    files: Files
    publisher: Publisher
    queue: Queue
    unready: Callable[[int], Sequence[str]]
    evaluator: Trios
    witness_key: bytes
    log_key: bytes
    policies: Path
    clock: Callable[[], float]

    @property
    def officials(self) -> Appointments:
        """Return what may be appointed and dismissed."""
        return Appointments(self.network, self.members, self.publisher)

    @property
    def threshold(self) -> int:
        """Return how many officers must sign."""
        return metadata.officers_of(self.publisher.root)[1]

    @property
    def epochs(self) -> Epochs:
        """Return the epochs of keys in force; the first alone before the first publication."""
        current = self.publisher.directory()
        return current.epochs if current else Epochs()

    def prepare(self, changes: Sequence[Change]) -> Draft:
        """Return the draft that makes these changes: the same one for every officer, until something is published.

        Without changes it signs the same members again. Raises `member.unknown`, `member.state` for a body with which
        that can't be done, `member.act_expired`, what `Queue.check_claim` raises, `directory.epoch` for a step out of
        turn, `directory.unready` while bodies enrol for the next epoch, `input.rules_revision` for rules that do not
        wait to be signed, what `Appointments.after` raises, or `input.field`.
        """
        today = self._today()
        named = [change.member for change in changes if change.member]
        if len(set(named)) != len(named):
            raise MagliaError(Code.INPUT_FIELD, field="member", cause="two changes of one body")
        if any(sum(change.act in acts for change in changes) > 1 for acts in (EPOCH_ACTS, {Act.POLICIES})):
            raise MagliaError(Code.INPUT_FIELD, field="act", cause="two steps of the epochs, or two sets of rules")
        for change in changes:
            check_change(change, today)
        with self.files.transaction():  # else two replicas, asked at once, would make two drafts
            version = self.files.versions().get("targets", 0) + 1
            targets = self._targets(version, changes, today)
            if (known := self.files.open_draft(changes, version)) is not None:
                if known.signatures:
                    return known
                if dict(known.targets) == targets:
                    self.files.reword_draft(known.id, changes)  # the reason that stays is of whoever signs first
                    return replace(known, changes=tuple(changes))
                self.files.close_drafts([known.id])  # nobody signed it, and it is no longer what would be proposed
            signed = metadata.draft_targets(version, targets, self.publisher.suspensions_key, self.clock())
            draft = Draft(secrets.token_hex(8), tuple(changes), version, signed, targets)
            self.files.save_draft(draft)
        return draft

    def _today(self) -> date:
        return datetime.fromtimestamp(self.clock(), UTC).date()

    def _targets(self, version: int, changes: Sequence[Change], today: date) -> dict[str, bytes]:
        members, procedures = self._after(changes, today)
        epochs = self._epochs_after(changes)
        witness = self._witness_in_force()
        officials = self.officials.after(changes, members, today)
        directory = Directory(
            network=self.network,
            version=version,
            epoch=epochs.asked,
            witness_key=witness,
            members=members,
            log_key=self.log_key,
            also_epoch=epochs.also,
            officials=officials,
        )
        return {
            DIRECTORY_PATH: encode_directory(directory),
            KEYS_PATH: encode_keys(self._keys(list(members), epochs)),
            BUNDLE_PATH: self.publisher.rules.after(changes, self.policies),
            PROCEDURES_PATH: encode_procedures(self.network, procedures.values()),
        }

    def _epochs_after(self, changes: Sequence[Change]) -> Epochs:
        epochs = self.epochs
        for change in changes:
            if change.act in EPOCH_ACTS:
                epochs = epochs.after(EpochAct(change.act.value))
                self._check_ready(change, epochs)
        return epochs

    def _check_ready(self, change: Change, after: Epochs) -> None:
        """Everybody enrolled under the new keys before they are asked under, and before the old ones end.

        Not waited for are those that officers leave out by name.
        """
        for member in change.without:
            if self.members.member(member) is None:
                raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
        if change.act is not Act.EPOCH_START:
            unready = sorted(set(self.unready(after.asked)) - set(change.without))
            if unready:
                raise MagliaError(Code.DIRECTORY_UNREADY, members=", ".join(unready))

    def _witness_in_force(self) -> bytes:
        """Return the witness key that officers named last, which this process may not use before its next start."""
        current = self.publisher.directory()
        return current.witness_key if current else self.witness_key

    def _after(self, changes: Sequence[Change], today: date) -> tuple[dict[str, Member], dict[str, Procedure]]:
        """Return members and procedures as they will be; whoever is suspended now is signed as suspended."""
        current = self.publisher.directory()
        members = dict(current.members) if current else {}
        procedures = self.publisher.procedures(self.network)
        back = {change.member for change in changes if change.act is Act.REINSTATE}
        for record in self.members.members():
            if record.state is MemberState.SUSPENDED and record.id in members and record.id not in back:
                members[record.id] = replace(members[record.id], state=MemberState.SUSPENDED)
        for change in changes:
            if change.act in MEMBER_ACTS:
                self._apply(change, members, today)
        for called in (change.procedure for change in changes if change.procedure is not None):
            check_called(called, procedures.get(called.id), members, today)
            procedures[called.id] = called
        return members, procedures

    def _apply(self, change: Change, members: dict[str, Member], today: date) -> None:
        record: MemberRecord | None = self.members.member(change.member)
        if record is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=change.member)
        next_state(record.state, change.act)
        if change.act is Act.APPROVE:
            self.queue.check_claim(record)
            members[record.id] = read_payload(record.application).as_member()
        elif change.act is Act.REINSTATE:
            members[record.id] = reinstated(members[record.id], record.serial)
        elif change.act is Act.REVOKE:
            del members[record.id]
            return
        else:
            members[record.id] = changed(members[record.id], change)
        if change.act is not Act.CHANGE:
            check_act(record.id, members[record.id].act_expiry, today)

    def _keys(self, members: Sequence[str], epochs: Epochs) -> EvaluationKeys:
        also = self._keys_of(members, epochs.also) if epochs.also else None
        current = self.publisher.current()
        ended = decode_keys(current.keys).ended_beside(epochs, members) if current else ()
        return replace(self._keys_of(members, epochs.asked), also=also, ended=ended)

    def _keys_of(self, members: Sequence[str], epoch: int) -> EvaluationKeys:
        trio = self._trio_of(epoch)
        contexts = [KeyContext(self.network, member, cls, epoch) for cls in PseudonymClass for member in members]
        made = [(context, node_key(context, trio.publics(context))) for context in contexts]
        by_class = {cls: {context.member: key for context, key in made if context.cls is cls} for cls in PseudonymClass}
        return EvaluationKeys(self.network, epoch, by_class)

    def _trio_of(self, epoch: int) -> Evaluator:
        """Return the seeds from which an epoch's published keys came; the newest for an epoch that has none."""
        current = self.publisher.current()
        published = decode_keys(current.keys) if current else None
        if published is not None and epoch in published.epochs.all:
            persons = published.of_epoch(epoch)
            if persons.keys[PseudonymClass.PERSON]:
                return self.evaluator.of(persons.network_set(PseudonymClass.PERSON))
        return self.evaluator.newest()

    def sign(self, draft_id: str, officer: Person, key_id: str, signature: bytes) -> Signing:
        """Add one officer's signature; the threshold's last one publishes.

        A first signature under a revocation suspends at once. Raises `directory.draft` when the draft is no longer
        open, `member.signature` when the signature or the key isn't the officer's own, `member.second_officer` when
        they signed before.
        """
        with self.files.transaction():
            draft = self._checked(draft_id, officer, key_id, signature)
            self.files.sign_draft(draft.id, key_id, officer.user, signature)
            signed = replace(
                draft,
                signatures={**draft.signatures, key_id: signature},
                signed_by=(*draft.signed_by, officer.user),
            )
            self._log_signature(signed, officer)
            published = len(signed.signatures) >= self.threshold
            if published:
                self._epochs_after(signed.changes)  # a body may have taken in new records meanwhile
                self.publisher.publish(signed, officer.user)
            else:
                self._stop_the_revoked(signed, officer)
        if published:
            self.publisher.changed()
        return Signing(signed.signed_by, self.threshold, published, draft.version)

    def _log_signature(self, draft: Draft, officer: Person) -> None:
        for change in draft.changes:
            detail = f"{change.act} {len(draft.signatures)}/{self.threshold}"
            self.members.add_event(change.member, Event(self.clock(), officer.user, SIGN, detail))

    def _stop_the_revoked(self, draft: Draft, officer: Person) -> None:
        for change in draft.changes:
            record = self.members.member(change.member)
            if change.act is Act.REVOKE and record is not None and record.state in _SUSPENDABLE:
                self.publisher.suspend(record.id, officer.user, change.reason)

    def _checked(self, draft_id: str, officer: Person, key_id: str, signature: bytes) -> Draft:
        draft = self.files.draft(draft_id)
        if draft is None:
            raise MagliaError(Code.DIRECTORY_DRAFT, cause="not an open draft")
        allowed, _ = metadata.officers_of(self.publisher.root)
        if not officer.public_key or key_id != officer_key_id(officer.public_key) or key_id not in allowed:
            raise MagliaError(Code.MEMBER_SIGNATURE, cause="not the officer's own key")
        if key_id in draft.signatures:
            raise MagliaError(Code.MEMBER_SECOND_OFFICER, officer=officer.name)
        verify_signature(officer.public_key, signature, draft.signed)
        return draft
