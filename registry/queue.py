"""The office's queue: who may add to it, how an application leaves it unseen, and what in it contradicts itself.

Anybody may apply, so that nothing here costs more than what is bounded: per client address, and in all. What nobody has
proved excludes nobody: several waiting applications may name one tax code, and people at the office decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.vocabulary import APPLICATION_S, APPLICATIONS_WAITING, MemberState
from maglia.wire.clients import Quota
from registry.domain.application import Application
from registry.domain.membership import WAITING, Act, check_discarded
from registry.officials import read_officials
from registry.ports import Event, Files, MemberRecord, Members

EXPIRED_REASON = "domanda scaduta: nessuno l'ha trattata"
_APPLYING = frozenset({Act.APPLY.value, Act.APPLY_INCOMPLETE.value})
_NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Queue:
    """The applications that wait: `most` in all, each for `kept_s` seconds unless somebody of the office touches it.

    `quota` is of client addresses. Times are seconds since the epoch.
    """

    members: Members
    files: Files
    clock: Callable[[], float]
    quota: Quota
    most: int = APPLICATIONS_WAITING
    kept_s: float = APPLICATION_S

    def knock(self, client: str) -> None:
        """Count an application of this client address before it is looked at; raise `member.applications`."""
        if seconds := self.quota.wait(client):
            raise MagliaError(Code.MEMBER_APPLICATIONS, seconds=seconds)

    def check_admitted(self, claimed: Application) -> bool:
        """Refuse what belongs to another body for certain, or has no room; return whether its body waits already.

        Part of the caller's transaction.

        Raises `member.signature` for an id under another key, `member.key_taken`, `member.fiscal_code` for the tax code
        of a body that two officers admitted, `member.id_taken` for the name of an official, or `member.queue_full`.
        """
        self._check_no_official(claimed)
        is_known = False
        for other in self.members.alike(claimed.member, claimed.identity_key, claimed.fiscal_code):
            if other.id == claimed.member:
                is_known = True
                if other.identity_key != claimed.identity_key:
                    raise MagliaError(Code.MEMBER_SIGNATURE, cause="the name waits under another key")
            elif other.identity_key == claimed.identity_key:
                raise MagliaError(Code.MEMBER_KEY_TAKEN)
            elif other.state is not MemberState.REVOKED and other.state not in WAITING:
                raise MagliaError(Code.MEMBER_FISCAL_CODE)
        if not is_known and self.members.count_waiting() >= self.most:
            raise MagliaError(Code.MEMBER_QUEUE_FULL)
        return is_known

    def _check_no_official(self, claimed: Application) -> None:
        """Names and keys of officials, also of one who was stopped, are no body's."""
        officials = read_officials(self.files)
        named = {official.id for official in officials.appointed.values()} | officials.stopped
        if claimed.member in named and self.members.member(claimed.member) is None:
            raise MagliaError(Code.MEMBER_ID_TAKEN, member=claimed.member)
        if any(official.identity_key == claimed.identity_key for official in officials.appointed.values()):
            raise MagliaError(Code.MEMBER_KEY_TAKEN)

    def check_claim(self, record: MemberRecord) -> None:
        """Refuse to admit a body while others claim its tax code.

        Raises `member.fiscal_code` when one of them was admitted, `member.fiscal_code_claimed` when they wait.
        """
        others = [other for other in self._same_code(record) if other.state is not MemberState.REVOKED]
        if any(other.state not in WAITING for other in others):
            raise MagliaError(Code.MEMBER_FISCAL_CODE)
        if others:
            named = ", ".join(other.id for other in others[:_NAMED_AT_MOST])
            raise MagliaError(Code.MEMBER_FISCAL_CODE_CLAIMED, member=record.id, others=named)

    def _same_code(self, record: MemberRecord) -> list[MemberRecord]:
        found = self.members.alike(record.id, record.identity_key, record.fiscal_code)
        return [other for other in found if other.id != record.id and other.fiscal_code]

    def claims(self) -> dict[str, list[str]]:
        """Return the waiting bodies by the tax code that they name; a code that one alone names is in it too."""
        found: dict[str, list[str]] = {}
        for record in self.members.waiting():
            if record.fiscal_code:
                found.setdefault(record.fiscal_code, []).append(record.id)
        return found

    def close_drafts(self, member: str) -> None:
        """Void the open drafts about a body whose application is no longer what was signed."""
        self.files.close_drafts(draft.id for draft in self.files.open_drafts() if member in draft.members)

    def discard(self, member: str, actor: str, reason: str) -> None:
        """End a waiting application: its id, key and tax code are free; its history stays.

        Raises `member.unknown`, or `member.state` for a body that no longer waits.
        """
        with self.members.transaction():
            record = self.members.member(member)
            if record is None:
                raise MagliaError(Code.MEMBER_UNKNOWN, member=member[:40])
            check_discarded(record.state)
            self.members.remove_member(member, Event(self.clock(), actor, Act.DISCARD, reason))
            self.close_drafts(member)

    def sweep(self) -> None:
        """Discard the applications that waited too long without anybody of the office touching them."""
        until = self.clock() - self.kept_s
        for record in self.members.waiting():
            if record.applied_at <= until and not self._is_touched(record):
                self.discard(record.id, REGISTRY_ID, EXPIRED_REASON)

    def _is_touched(self, record: MemberRecord) -> bool:
        since = (event for event in self.members.history(record.id) if event.at >= record.applied_at)
        return any(event.action not in _APPLYING for event in since)
