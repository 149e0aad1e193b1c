"""Cases whose outcome is known by construction: persons of their own, with the few records that decide the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from demo.bodies import Body
from demo.history import aid
from demo.stage import Stage
from maglia.core.errors import Code
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import AidStatus, Facet, Kind, Purpose, Role, Verdict, Visibility

RECENT_DAYS = 40
"""Well inside the default window of six months."""

OLD_DAYS = 420
"""Well outside the window, and still within retention."""


@dataclass(frozen=True)
class Planted:
    """One case. Before asking, record a consent (if `consent`) or the protocol `case` at the asker, stop member `stop`.

    `expected_code` is the error code of a refusal; `complete` is what the answer must say of itself.
    """

    id: str
    identifier: Identifier
    facet: Facet
    purpose: Purpose
    asker: str
    user: str
    expected_verdict: Verdict
    expected_code: Code | None = None
    complete: bool = True
    consent: bool = False
    case: str | None = None
    stop: str | None = None

    def as_json(self) -> dict[str, str | bool | None]:
        """Return the case for `demo.json`: `complete` while the whole network runs, false once `stop` is stopped."""
        return {
            "id": self.id,
            "identifier": self.identifier.text,
            "facet": self.facet.value,
            "purpose": self.purpose.value,
            "asker": self.asker,
            "expected_verdict": self.expected_verdict.value,
            "expected_code": self.expected_code.value if self.expected_code else None,
            "complete": self.complete or self.stop is not None,
            "user": self.user,
            "consent": self.consent,
            "case": self.case,
            "stop": self.stop,
        }


def plant(stage: Stage) -> list[Planted]:
    """Plant every case, in the order the guided walk tells them."""
    return [case(stage) for case in _CASES]


def _food_givers(stage: Stage) -> list[Body]:
    return stage.food_givers(stage.first(Kind.PARISH))


def _food_question(stage: Stage, name: str, identifier: Identifier, verdict: Verdict) -> Planted:
    """A volunteer of the first parish asks about food, with the person's consent."""
    parish = stage.first(Kind.PARISH)
    return Planted(
        id=name,
        identifier=identifier,
        facet=Facet.FOOD_PARCEL,
        purpose=Purpose.AID_OVERLAP,
        asker=parish.member_id,
        user=parish.user(Role.VOLUNTEER),
        expected_verdict=verdict,
        consent=True,
    )


def _clear(stage: Stage) -> Planted:
    """Helped more than a year ago by someone, and by nobody since."""
    household = stage.household()
    stage.food(_food_givers(stage)[0], household, days_ago=OLD_DAYS)
    return _food_question(stage, "clear", household.members[0], Verdict.NONE_KNOWN)


def _overlap(stage: Stage) -> Planted:
    """Two other bodies gave food in the last weeks."""
    household = stage.household()
    for order, giver in enumerate(_two(_food_givers(stage)), start=1):
        stage.food(giver, household, days_ago=order * 10)
    return _food_question(stage, "overlap", household.members[0], Verdict.SIMILAR)


def _two(givers: list[Body]) -> list[Body]:
    """Two of different kinds where there are such."""
    other = [giver for giver in givers if giver.kind is not givers[0].kind]
    return [givers[0], *other[:1]]


def _same_need(stage: Stage) -> Planted:
    """The comune has promised to pay a bill that an onlus paid this month, for another member of the household."""
    comune, onlus = stage.first(Kind.COMUNE), stage.first(Kind.ONLUS)
    household = stage.household()
    promised = aid(comune, household, Facet.ELECTRICITY, stage.today, 180_00)
    stage.add(comune, replace(promised, status=AidStatus.RESERVED))
    paid = aid(onlus, household, Facet.ELECTRICITY, stage.today - timedelta(days=min(5, stage.today.day - 1)), 180_00)
    stage.add(onlus, replace(paid, identifier=household.members[1]))
    return Planted(
        id="same_need",
        identifier=household.members[0],
        facet=Facet.ELECTRICITY,
        purpose=Purpose.UTILITY_SUBSIDY,
        asker=comune.member_id,
        user=comune.user(Role.OFFICER),
        expected_verdict=Verdict.SAME_NEED,
        case=stage.protocol(1),
    )


def _rent(stage: Stage) -> Planted:
    """An onlus paid arrears of rent; the comune asks about the current rent."""
    comune, onlus = stage.last(Kind.COMUNE), stage.first(Kind.ONLUS)
    household = stage.household()
    stage.add(onlus, aid(onlus, household, Facet.RENT_ARREARS, stage.today - timedelta(days=RECENT_DAYS), 450_00))
    return Planted(
        id="rent",
        identifier=household.members[0],
        facet=Facet.RENT_CURRENT,
        purpose=Purpose.RENT_SUBSIDY,
        asker=comune.member_id,
        user=comune.user(Role.OFFICER),
        expected_verdict=Verdict.SIMILAR,
        case=stage.protocol(2),
    )


def _hidden(stage: Stage) -> Planted:
    """One body holds a record of a special category, another one that it keeps to itself."""
    household = stage.household()
    comune = stage.last(Kind.COMUNE)
    visit = aid(comune, household, Facet.FOOD_VOUCHER, stage.today - timedelta(days=RECENT_DAYS), 80_00)
    stage.add(comune, replace(visit, facet="health_visit"))
    stage.food(_food_givers(stage)[-1], household, days_ago=RECENT_DAYS, visibility=Visibility.ONLY_US)
    return _food_question(stage, "hidden", household.members[0], Verdict.NONE_KNOWN)


def _no_consent(stage: Stage) -> Planted:
    """Helped elsewhere without consent to share: the record stays with its body."""
    household = stage.household()
    stage.food(_food_givers(stage)[0], household, days_ago=RECENT_DAYS, consented=False)
    return _food_question(stage, "no_consent", household.members[0], Verdict.NONE_KNOWN)


def _omocode(stage: Stage) -> Planted:
    """The person whose code differs by one letter of omocodia was helped; the one asked about was not."""
    helped = stage.household()
    stage.food(_food_givers(stage)[0], helped, days_ago=RECENT_DAYS)
    return _food_question(stage, "omocode", stage.namesake(helped.members[0]), Verdict.NONE_KNOWN)


def _partial(stage: Stage) -> Planted:
    """Nobody helped, but one body that might have is silent: never a clear answer."""
    household = stage.household()
    silent = _food_givers(stage)
    food_bank = next((body for body in silent if body.kind is Kind.FOOD_BANK), silent[0])
    question = _food_question(stage, "partial", household.members[0], Verdict.NONE_KNOWN)
    return replace(question, complete=False, stop=food_bank.member_id)


def _refused_purpose(stage: Stage) -> Planted:
    """A parish asks for a purpose that only a comune has."""
    question = _food_question(stage, "refused_purpose", stage.household().members[0], Verdict.REFUSED)
    return replace(
        question,
        facet=Facet.RENT_ARREARS,
        purpose=Purpose.RENT_SUBSIDY,
        expected_code=Code.POLICY_PURPOSE,
        complete=False,
        consent=False,
    )


def _refused_consent(stage: Stage) -> Planted:
    """Helped elsewhere, but the person has not consented to the question: nothing is asked, nothing is told."""
    household = stage.household()
    stage.food(_food_givers(stage)[0], household, days_ago=RECENT_DAYS)
    question = _food_question(stage, "refused_consent", household.members[0], Verdict.REFUSED)
    return replace(question, expected_code=Code.CONSENT_MISSING, complete=False, consent=False)


_CASES: tuple[Callable[[Stage], Planted], ...] = (
    _clear,
    _overlap,
    _same_need,
    _rent,
    _hidden,
    _no_consent,
    _omocode,
    _partial,
    _refused_purpose,
    _refused_consent,
)
