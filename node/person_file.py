"""Who a person is to this body: the codes, with whom they live, on what they may be asked about; no history of aid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import Basis
from node.consents import ON_CONSENT
from node.domain.consent import Against, last_day
from node.domain.household_file import HouseholdFile, WhoLives, read_person
from node.domain.linking import Linked, Side
from node.domain.model import Operator
from node.ports import Clock, Store
from node.records import ON_A_CASE, check_may_record


@dataclass(frozen=True)
class OnFile:
    """One basis on which the person may be asked about: a consent until a day, or a case with its protocol number."""

    kind: Basis
    purposes: tuple[str, ...]
    until: date | None = None
    protocol: str = ""


@dataclass(frozen=True)
class PersonFile:
    """One person: the code of now, those it replaced, what is on file under it."""

    who: WhoLives
    former: Sequence[Linked]
    side: Side
    bases: Sequence[OnFile]
    refused_on: date | None
    objected: bool
    household: HouseholdFile | None


def read_person_file(store: Store, clock: Clock, operator: Operator, text: str) -> PersonFile:
    """Return who a person is to this body, by any of their codes or by `NOME:7`; raise `session.role`, `input.*`."""
    check_may_record(operator)
    who, today = store.current_of(read_person(text)), clock.today()
    household = store.household_of(who)
    seen = household.seen_on(today) if household else None
    if isinstance(who, int):
        return PersonFile(who, (), store.link_side(who), (), None, False, seen)
    word = store.consent_file(who)
    objected = any(each.kind is Against.OBJECTION for each in word.oppositions)
    bases = [*_consents(store, who, today), *_cases(store, who)]
    return PersonFile(who, store.former_codes(who), store.link_side(who), bases, word.refused_on, objected, seen)


def _consents(store: Store, who: Identifier, today: date) -> list[OnFile]:
    """Return the consents that a question could rest on today."""
    found: dict[date, list[str]] = {}
    for purpose in ON_CONSENT:
        consent = store.consent_for(who, purpose.value)
        if consent is not None and last_day(consent) >= today:
            found.setdefault(last_day(consent), []).append(purpose.value)
    return [OnFile(Basis.CONSENT, tuple(purposes), until) for until, purposes in found.items()]


def _cases(store: Store, who: Identifier) -> list[OnFile]:
    known = {purpose.value: store.case_for(who, purpose.value) for purpose in ON_A_CASE}
    return [OnFile(Basis.PUBLIC_TASK, (purpose,), protocol=protocol) for purpose, protocol in known.items() if protocol]
