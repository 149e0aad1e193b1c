"""What officers read of bodies at a glance: all that one answer needs is read and decoded once for it."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.directory import Member, decode_directory
from maglia.core.identity import fingerprint
from maglia.v1 import office_pb2
from registry.domain.membership import WAITING
from registry.drafts import Drafts
from registry.ports import Draft, MemberRecord, Members
from registry.queue import Queue
from registry.reading import read_payload

_NAMED_AT_MOST = 5


class Summaries:
    """The state of the office as one answer tells it. What is read from storage is read when it is made."""

    def __init__(self, members: Members, drafts: Drafts, queue: Queue) -> None:
        self._published = drafts.publisher.current()
        self._threshold = drafts.threshold
        self._names = {person.user: person.name for person in members.people()}
        self._claims = queue.claims()
        self._open: dict[str, Draft] = {}
        for draft in sorted(drafts.files.open_drafts(), key=lambda draft: len(draft.signed_by), reverse=True):
            self._open = dict.fromkeys(draft.members, draft) | self._open
        self._signed: dict[str, Member] | None = None

    def signed(self, member: str) -> Member | None:
        """Return a body as two officers signed it; the directory is decoded at the first call."""
        if self._signed is None:
            self._signed = dict(decode_directory(self._published.directory).members) if self._published else {}
        return self._signed.get(member)

    def of(self, records: Sequence[MemberRecord]) -> list[office_pb2.MemberSummary]:
        """Return these bodies' summaries; reads no storage, so that a thread may do it."""
        return [self._one(record) for record in records]

    def _one(self, record: MemberRecord) -> office_pb2.MemberSummary:
        signed, draft = self.signed(record.id), self._open.get(record.id)
        signed_by = draft.signed_by if draft else ()
        return office_pb2.MemberSummary(
            member=record.id,
            name=record.name,
            kind=record.kind,
            state=record.state.value,
            signed_by=signed_by,
            threshold=self._threshold,
            applied_at=int(record.applied_at),
            fingerprint=fingerprint(record.identity_key),
            act_expiry=signed.act_expiry if signed else read_payload(record.application).act_expiry,
            pending=next((one.act for one in draft.changes if one.member == record.id), "")
            if signed_by and draft
            else "",
            signer_names=[self._names.get(user, user) for user in signed_by],
            same_fiscal_code=self._rivals(record),
        )

    def _rivals(self, record: MemberRecord) -> list[str]:
        if record.state not in WAITING:
            return []
        others = (other for other in self._claims.get(record.fiscal_code, ()) if other != record.id)
        return list(others)[:_NAMED_AT_MOST]
