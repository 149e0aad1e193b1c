"""How each body answers, as all who asked it say: taken from askers day by day, shown to officers and to the body.

What one asker says is its word alone, so none of them counts for more than a third where there are three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from maglia.core.answering import ANSWERING_DAYS
from maglia.core.errors import Code, MagliaError
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.answering import open_report
from registry.domain.answering import Standing, weighed
from registry.ports import AnsweringReports, AskedOn, MemberRecord, Members

KEPT_DAYS = ANSWERING_DAYS + 5


class AnsweringBook:
    """Takes reports, and reads from them. `clock` is in seconds since the epoch."""

    def __init__(self, network: str, reports: AnsweringReports, members: Members, clock: Callable[[], float]) -> None:
        self._network = network
        self._reports = reports
        self._members = members
        self._clock = clock

    def take(self, asker: MemberRecord, envelope: Envelope) -> Standing:
        """Keep an asker's counts of one day, in place of what it told before; return how others see the asker.

        A day that is not over, or is no longer kept, is refused (`input.field`); lines about the asker itself, or about
        nobody known, are left out. Raises as `open_report` does.
        """
        day, lines = open_report(envelope, self._network, asker.id, asker.identity_key)
        today = self._today()
        if not today - timedelta(KEPT_DAYS) <= day < today:
            raise MagliaError(Code.INPUT_FIELD, field="day")
        known = {member.id for member in self._members.members()} - {asker.id}
        kept = {member: counts for member, counts in lines.items() if member in known}
        self._reports.keep(asker.id, day, kept, envelope.SerializeToString(), today - timedelta(KEPT_DAYS))
        return self.of(asker.id)

    def of(self, member: str) -> Standing:
        """Return how a body answers, as its askers say."""
        return self._standings(member).get(member, Standing())

    def standings(self) -> Mapping[str, Standing]:
        """Return how each body answers, by id, as its askers say."""
        return self._standings()

    def missed_days(self, standing: Standing) -> int:
        """Return for how many days a body has been asked and nobody had an answer."""
        return (self._today() - date.fromisoformat(standing.missed_from)).days if standing.missed_from else 0

    def _standings(self, member: str = "") -> dict[str, Standing]:
        since = self._today() - timedelta(ANSWERING_DAYS - 1)
        days: dict[str, list[AskedOn]] = {}
        for one in self._reports.asked_on(since, member):
            days.setdefault(one.member, []).append(one)
        return {
            name: Standing(weighed(told), sum(one.asked > 0 for one in told), *_last(days.get(name, [])))
            for name, told in self._reports.told(since, member).items()
        }

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock(), UTC).date()


def _last(days: list[AskedOn]) -> tuple[str, str]:
    """Return the last day with an answer, and the first after it on which the body was asked."""
    answered_on = max((one.day for one in days if one.answered), default="")
    return answered_on, min((one.day for one in days if one.day > answered_on), default="")
