"""Who holds an office in the network: appointed and dismissed by two officers, like all that a directory names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from maglia.core.directory import Member, Official
from maglia.core.errors import Code, MagliaError
from maglia.core.officer import officer_key_id
from maglia.wire.officials import check_official
from registry.directory import Publisher
from registry.domain.change import Change
from registry.domain.membership import Act
from registry.officials import read_suspensions
from registry.ports import Members


@dataclass(frozen=True)
class Appointments:
    """What changes make of the officials in force. No table remembers them: the signed directory does."""

    network: str
    members: Members
    publisher: Publisher

    def after(self, changes: Sequence[Change], members: Mapping[str, Member], today: date) -> dict[str, Official]:
        """Return the officials as they will be, beside `members`; none of either is the other.

        Raises what `check_official` raises, `member.id_taken` for the name of a body, of another official or of one who
        was stopped, `member.official_key` for a key that is another's, `member.no_official` for a dismissal of nobody.
        """
        current = self.publisher.directory()
        officials = dict(current.officials) if current else {}
        for change in changes:
            if change.act is Act.DISMISS and officials.pop(change.member, None) is None:
                raise MagliaError(Code.MEMBER_NO_OFFICIAL, member=change.member[:40])
        for official in (change.official for change in changes if change.official is not None):
            check_official(official, self.network, today)
            self._check_name(official, officials.get(official.id))
            self._check_no_officer(official)
            officials[official.id] = official
        _check_apart(members, officials)
        return officials

    def _check_name(self, official: Official, former: Official | None) -> None:
        """A new act or certificate keeps the key; whoever lost it is dismissed first, or takes another name."""
        is_another = former is not None and former.identity_key != official.identity_key
        is_stopped = official.id in read_suspensions(self.publisher.files)
        if is_another or is_stopped or self.members.member(official.id) is not None:
            raise MagliaError(Code.MEMBER_ID_TAKEN, member=official.id)

    def _check_no_officer(self, official: Official) -> None:
        """Whoever signs what the network does can't be who looks after it."""
        if officer_key_id(official.identity_key) in self.publisher.officers():
            raise MagliaError(Code.MEMBER_OFFICIAL_KEY, member=official.id)


def _check_apart(members: Mapping[str, Member], officials: Mapping[str, Official]) -> None:
    """Names and keys are one person's or one body's: a directory with two of them would be trusted by nobody."""
    keys = {member.identity_key: member.id for member in members.values()}
    for official in officials.values():
        if official.id in members:
            raise MagliaError(Code.MEMBER_ID_TAKEN, member=official.id)
        if keys.setdefault(official.identity_key, official.id) != official.id:
            raise MagliaError(Code.MEMBER_OFFICIAL_KEY, member=official.id)
