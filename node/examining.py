"""What a running node finds of itself, part by part, for whoever of its body asks; nothing here is of a person.

Every code among the node's problems is in some finding: what this module has no sentence of its own for is told as the
error that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from maglia.core.absence import absence_days
from maglia.core.answering import ANSWERING_DAYS
from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding, Level, Subject, ok
from node.config import Settings
from node.disk import free_bytes, kept_bytes
from node.domain.presence import presence_of
from node.findings.card import card_found
from node.findings.clock import clock_found
from node.findings.directory import directory_found
from node.findings.enrolment import enrolment_found
from node.findings.log import log_cosigned
from node.findings.office import office_heard
from node.findings.presence import presence_found
from node.findings.reached import reached_found
from node.findings.remedies import for_error, remedies_for
from node.findings.room import room_elsewhere, room_found
from node.findings.rules import rules_in_force
from node.foundation import Foundation
from node.probing import Probing
from node.status import NodeStatus

_FADING = frozenset({Code.LOG_STALE, Code.DIRECTORY_STALE, Code.POLICY_RETENTION})
"""Problems that leave the node at its work for now."""
_OF_CODE = {Code.LOG_KEY: Subject.LOG_KEYS, Code.MEMBER_CARD: Subject.CARD, Code.NETWORK_RELAY: Subject.REACH}
_OF_FAMILY = {
    "policy": Subject.RULES,
    "storage": Subject.ROOM,
    "log": Subject.LOG,
    "directory": Subject.DIRECTORY,
    "member": Subject.OFFICE,
}


@dataclass(frozen=True)
class Examination:
    """Examines the node that stands on `base`."""

    base: Foundation
    status: Callable[[], NodeStatus]
    probing: Probing

    async def findings(self) -> list[Finding]:
        """Return how every part is, in the order told; never raises for what a part says of itself."""
        status = self.status()
        network = await self._network()
        return _with_problems([*self._parts(status), network], status.problems, self.base)

    def _parts(self, status: NodeStatus) -> Iterable[Finding]:
        base, settings = self.base, self.base.settings
        remedies, now = remedies_for(base.folder), base.clock.now()
        lives = settings.card_s, settings.card_renew_s
        yield ok(Subject.SERVICE, "service.on")
        yield rules_in_force(status.policy_revision, status.engine)
        yield card_found(base.card.published().not_after, now, *lives, remedies, serving=True)
        yield clock_found(base.registry.ahead_s, max(base.card.published().not_before, base.guard.cosigned_at) - now)
        yield directory_found(base.trust.timestamp_version(), base.trust.expires(), now, None, remedies, serving=True)
        yield office_heard(base.trust.last_news, remedies, is_away=base.trust.is_away)
        yield _reach(base)
        yield self._room(settings)
        yield ok(Subject.DATABASE, "database.opens", records=status.records)
        yield log_cosigned(base.log.size, base.guard.cosigned_at, remedies)
        yield enrolment_found(status.enrolment, remedies)
        yield self._presence()

    async def _network(self) -> Finding:
        try:
            probed = await self.probing.probed()
        except MagliaError as error:
            return for_error(Subject.NETWORK, error, remedies_for(self.base.folder))
        return reached_found(probed.members, probed.silent)

    def _room(self, settings: Settings) -> Finding:
        if settings.database:
            return room_elsewhere()
        folder = self.base.folder
        size = settings.disk_reserve_bytes
        return room_found(free_bytes(folder), kept_bytes(folder), size, remedies_for(folder))

    def _presence(self) -> Finding:
        today = datetime.fromtimestamp(self.base.clock.now(), UTC).date()
        days = self.base.store.counted_days(today - timedelta(ANSWERING_DAYS - 1))
        try:
            limit = absence_days(self.base.trust.bundle())
        except MagliaError:
            limit = 0  # the directory's own finding says why
        return presence_found(presence_of(days, today), limit, remedies_for(self.base.folder))


def _reach(base: Foundation) -> Finding:
    card = base.card.published()
    if card.relay:
        return ok(Subject.REACH, "reach.relay", relay=card.relay, endpoint=card.endpoint)
    return ok(Subject.REACH, "reach.own", endpoint=card.endpoint)


def _with_problems(findings: Sequence[Finding], problems: Iterable[str], base: Foundation) -> list[Finding]:
    """Put each problem in the place of a part that seemed well, else after it; what is told is not told twice."""
    remedies, found = remedies_for(base.folder), list(findings)
    for code in map(Code, problems):
        error = MagliaError(code, member=base.settings.member)
        level = Level.WARNING if code in _FADING else Level.PROBLEM
        one = for_error(subject_of(code), error, remedies, level)
        of_part = [index for index, each in enumerate(found) if each.subject is one.subject]
        well = [index for index in of_part if found[index].level is Level.OK]
        if any(each.told.what == code for each in found) or (code is Code.MEMBER_CARD and of_part and not well):
            continue
        if well:
            found[well[0]] = one
        else:
            found.insert(of_part[-1] + 1 if of_part else len(found), one)
    return found


def subject_of(code: Code) -> Subject:
    """Return the part of a node that an error is about."""
    return _OF_CODE.get(code) or _OF_FAMILY.get(code.value.partition(".")[0], Subject.SERVICE)
