"""Whether a person may be sent to a body now: the rules in force, and the consent on file, read each time."""

from __future__ import annotations

from datetime import date

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import Basis, Facet, Purpose, Role
from node.domain.consent import reaches
from node.domain.model import Consent
from node.inquiry import LawfulBasis, basis_document
from node.ports import Clock, Policy, Ruling, Store


class ReferralRules:
    """Judges referrals of one body before anything leaves, and before each time that the other body is tried."""

    def __init__(self, store: Store, policy: Policy, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock

    async def judge(
        self, role: Role, person: Identifier, facet: Facet, me: Member, taker: Member
    ) -> tuple[Consent, Ruling]:
        """Return the consent that a referral by an operator of this role rests on, and the ruling that allows it.

        Raises `consent.*` where there is none for referrals, or it does not reach that kind of body; `policy.*`.
        """
        consent = self._store.consent_for(person, Purpose.REFERRAL)
        if consent is None and self._store.refused_on(person) is not None:
            raise MagliaError(Code.CONSENT_REFUSED)
        if consent is not None and not reaches(consent, taker.kind):
            raise MagliaError(Code.CONSENT_AUDIENCE)
        ruling = await self._policy.decide(
            "refer", refer_document(role, consent, facet, me, taker, self._clock.today())
        )
        if not ruling.allow:
            raise MagliaError(ruling.reason)
        if consent is None:
            raise MagliaError(Code.CONSENT_MISSING, cause="allowed by rules that demand none")
        return consent, ruling


def refer_document(
    role: Role, consent: Consent | None, facet: Facet, me: Member, taker: Member, today: date
) -> dict[str, object]:
    """Return the input of the decision `refer`: no person in it."""
    basis = LawfulBasis(Basis.CONSENT if consent else Basis.NONE, consent=consent)
    return {
        "asker": {"kind": me.kind.value, "purposes": sorted(me.purposes)},
        "operator": {"role": role.value},
        "addressee": {"purposes": sorted(taker.purposes), "facets": sorted(taker.facets)},
        "query": {
            "purpose": Purpose.REFERRAL.value,
            "facet": facet.value,
            "asked": [taker.kind.value],
            "basis": basis_document(basis, today),
        },
        "day": today.isoformat(),
    }
