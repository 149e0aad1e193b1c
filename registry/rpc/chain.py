"""Who may call what, on both ports. An RPC that isn't listed here is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from maglia.core.directory import Official
from maglia.core.errors import Code, MagliaError
from maglia.core.officer import officer_key_id
from maglia.core.vocabulary import NetworkRole
from maglia.wire.chain import Caller, Rule
from maglia.wire.sessions import Sessions
from registry.ports import MemberRecord, Person
from registry.trust import Trust

_HEALTH = "/grpc.health.v1.Health/Check"
_V1 = "/maglia.v1."


def front_rules(sessions: Sessions[Person], officers: Callable[[], frozenset[str]]) -> dict[str, Rule]:
    """Return the rules of the front port: newcomers prove themselves by signatures, officers by a session.

    `officers` says whose keys the root in force names: an officer removed by root's holders is none from then on.
    """

    def auditing(caller: Caller) -> Person:
        person = sessions.person(caller.token)
        return person if person.role is NetworkRole.AUDITOR else officer(caller)

    def officer(caller: Caller) -> Person:
        person = sessions.person(caller.token)
        if person.role is not NetworkRole.ACCREDITATION_OFFICER:
            raise MagliaError(Code.SESSION_ROLE)
        if not person.public_key or officer_key_id(person.public_key) not in officers():
            raise MagliaError(Code.SESSION_ROLE, cause="no officer of the root in force")
        return person

    opened = _methods("EnrolmentService", "Apply", "Activate", "PublishCard", "GetApplicationState")
    opened += _methods("DirectoryService", "GetMetadata", "GetTarget")
    opened += _methods("OfficeService", "Login")
    held = [
        "ListMembers",
        "GetMember",
        "PrepareDraft",
        "GetDraftFile",
        "ListDrafts",
        "SignDraft",
        "IssueToken",
        "SuspendMember",
    ]
    held += ["ReturnApplication", "DiscardApplication", "GetHistory", "GetBoard", "ListProcedures"]
    read = _all(auditing, _methods("OfficeService", "GetBudgets"))
    return _all(_anybody, [*opened, _HEALTH]) | _all(officer, _methods("OfficeService", *held)) | read


def peer_rules(trust: Trust) -> dict[str, Rule]:
    """Return the rules of the peer port: active members by their current card, officials by their own certificate."""

    def known(caller: Caller) -> MemberRecord | Official:
        return trust.official_of(caller.certificate) or trust.member_of(caller.certificate)

    def member(caller: Caller) -> object:
        if isinstance(found := known(caller), Official):
            raise MagliaError(Code.SESSION_ROLE, cause=found.id)
        return found

    def auditor(caller: Caller) -> object:
        found = known(caller)
        if not isinstance(found, Official) or found.role is not NetworkRole.AUDITOR:
            raise MagliaError(Code.SESSION_ROLE, cause=found.id)
        return found

    published = _methods("DirectoryService", "GetMetadata", "GetTarget", "ListCards")
    served = _methods("DirectoryService", "WatchNews")
    served += _methods("AnsweringService", "TellAnswering")
    served += _methods("PseudonymService", "Evaluate") + _methods("WitnessService", "Cosign")
    read = _all(auditor, _methods("AuditService", "GetHead", "ReadLog", "ListWitnessed"))
    return _all(known, published) | _all(member, served) | read | _all(_anybody, [_HEALTH])


def _anybody(_caller: Caller) -> object:
    return None


def _methods(service: str, *names: str) -> list[str]:
    return [f"{_V1}{service}/{name}" for name in names]


def _all(rule: Rule, methods: Iterable[str]) -> dict[str, Rule]:
    return dict.fromkeys(methods, rule)
