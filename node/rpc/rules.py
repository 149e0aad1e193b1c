"""Who may call which RPC of a node: one table for each port. What is not listed is refused.

An operator's right is what both this table and the rules in force grant (docs/adr/0018).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from maglia.core.directory import Member, Official
from maglia.core.errors import Code, MagliaError
from maglia.core.secret import Secret
from maglia.core.vocabulary import NetworkRole, Role
from maglia.wire.chain import Caller, Rule
from maglia.wire.sessions import Sessions
from node.domain.model import Operator
from node.refusals import NOBODY

_EXCHANGE = "/maglia.v1.ExchangeService/"
_AUDIT = "/maglia.v1.AuditService/"
_REPORT = "/maglia.v1.ReportService/"
_REFERRAL = "/maglia.v1.ReferralService/"
_V1 = "/maglia.v1."
_OPERATOR = f"{_V1}OperatorService/"
_DEVICE = f"{_V1}DeviceService/"
_HEALTH = "/grpc.health.v1.Health/"

COUNTER = frozenset({Role.VOLUNTEER, Role.SOCIAL_WORKER, Role.OFFICER, Role.MANAGER})
EVERYBODY = frozenset(Role)
ADMIN = frozenset({Role.NODE_ADMIN, Role.MANAGER})
OFFICERS = frozenset({Role.OFFICER, Role.MANAGER})
CASES = frozenset({Role.SOCIAL_WORKER, Role.OFFICER, Role.MANAGER})

_DESK: Mapping[str, frozenset[Role]] = {
    "Check": COUNTER,
    "CheckHousehold": COUNTER,
    "RetrySilent": COUNTER,
    "AddAid": COUNTER,
    "AddNamedAid": COUNTER,
    "FindNames": COUNTER,
    "AddConsent": COUNTER,
    "GetConsents": COUNTER,
    "WithdrawConsent": COUNTER,
    "RefuseConsent": COUNTER,
    "AddObjection": COUNTER,
    "MarkTold": COUNTER,
    "ListExpiringConsents": COUNTER,
    "AddCase": CASES,
    "OpenAccessReport": CASES,
    "CollectAccessReport": CASES,
    "ListAccessReports": CASES,
    "GetAccessReport": CASES,
    "ExtendAccessReport": CASES,
    "CloseAccessReport": CASES,
    "GetNamesRequest": CASES,
    "AddNamesApproval": CASES,
    "AddOperator": ADMIN,
    "ImportRecords": ADMIN | {Role.OFFICER},
    "Repseudonymize": ADMIN,
    "VerifyLog": EVERYBODY,
    "GetStatus": EVERYBODY,
    "GetPolicies": EVERYBODY,
    "GetSpending": ADMIN,
    "ListSignals": ADMIN,
}
_PERSONS: Mapping[str, frozenset[Role]] = {
    "GetHousehold": COUNTER,
    "SetHousehold": COUNTER,
    "LeaveHousehold": COUNTER,
    "GetPerson": COUNTER,
    "ImportRegistry": ADMIN,
    "PreviewLink": COUNTER,
    "LinkPerson": COUNTER,
    "UndoLink": COUNTER,
}
_BATCH = ("OpenBatch", "RunBatch", "PauseBatch", "ListBatches", "GetBatch", "DeleteBatch")
_RESERVATIONS = (
    "Reserve",
    "ConfirmReservation",
    "RenewReservation",
    "ReleaseReservation",
    "ListReservations",
    "GetReservation",
)
_REFERRALS = ("SendReferral", "ListReferrals", "GetReferral", "MoveReferral", "ListReferralTakers")
_RECORDS: Mapping[str, frozenset[Role]] = {
    "GetPersonFile": COUNTER,
    "GetAid": COUNTER,
    "CorrectAid": COUNTER,
    "UndoAid": COUNTER,
    "AddNote": COUNTER,
    "ListNotes": COUNTER,
}
_FILES: Mapping[str, frozenset[Role]] = {
    "ImportFile": ADMIN | {Role.OFFICER},
    "ListTemplates": ADMIN | {Role.OFFICER},
    "ExportAll": frozenset({Role.MANAGER}),
}
_NEEDS: Mapping[str, frozenset[Role]] = {"OpenNeed": COUNTER, "ListNeeds": COUNTER, "CloseNeed": COUNTER}
_NETWORK = ("GetNetwork",)
_STATUS = ("GetFindings",)
_INBOX = ("ListNotices", "ReadNotice")
_DEVICES: Mapping[str, frozenset[Role]] = {"InviteDevice": ADMIN, "ListDevices": EVERYBODY, "RevokeDevice": EVERYBODY}
_WAITING = ("DeferCheck", "GetKeptCheck", "ListKeptChecks")
OPERATOR_ROLES: Mapping[str, frozenset[Role]] = {
    **{f"OperatorService/{method}": roles for method, roles in _DESK.items()},
    **{f"RecordsService/{method}": roles for method, roles in _RECORDS.items()},
    **{f"PersonsService/{method}": roles for method, roles in _PERSONS.items()},
    **{f"ReservationService/{method}": COUNTER for method in _RESERVATIONS},
    **{f"ReferralDeskService/{method}": COUNTER for method in _REFERRALS},
    **{f"WaitingService/{method}": COUNTER for method in _WAITING},
    **{f"BatchService/{method}": OFFICERS for method in _BATCH},
    **{f"FilesService/{method}": roles for method, roles in _FILES.items()},
    **{f"NeedsService/{method}": roles for method, roles in _NEEDS.items()},
    **{f"InboxService/{method}": EVERYBODY for method in _INBOX},
    **{f"NetworkService/{method}": EVERYBODY for method in _NETWORK},
    **{f"StatusService/{method}": EVERYBODY for method in _STATUS},
    **{f"DeviceService/{method}": roles for method, roles in _DEVICES.items()},
}
"""By `Service/Method`, the most that each role may ever be granted, whatever a bundle says; a call that is not here is
nobody's."""

LOCAL_ADMIN = Operator("maglia-node", "maglia-node", Role.NODE_ADMIN)


@dataclass(frozen=True)
class PeerRules:
    """Rules of the peer port.

    `find` returns the active member whose current card has a certificate; `official` the person in office who calls
    with it, None when it is nobody's; `refused` hears of each caller turned away.
    """

    find: Callable[[bytes], Member]
    official: Callable[[bytes], Official | None]
    refused: Callable[[str, Code], None]

    def table(self) -> dict[str, Rule]:
        """Return the port's table."""
        read: dict[str, Rule] = dict.fromkeys((f"{_AUDIT}GetHead", f"{_AUDIT}ReadLog"), self._auditor)
        of_members = f"{_EXCHANGE}Ask", f"{_REPORT}FindAccesses", f"{_REFERRAL}Refer"
        asked: dict[str, Rule] = dict.fromkeys(of_members, self._member)
        return {f"{_HEALTH}Check": self._known} | asked | read

    def _known(self, caller: Caller) -> Member | Official:
        """A member or an official, whoever of them it is."""
        if caller.certificate is None:
            raise MagliaError(Code.MEMBER_CARD)
        try:
            return self.official(caller.certificate) or self.find(caller.certificate)
        except MagliaError as error:
            self.refused(error.params.get("member", ""), error.code)
            raise

    def _member(self, caller: Caller) -> Member:
        if isinstance(found := self._known(caller), Member):
            return found
        raise self._turned_away(found)

    def _auditor(self, caller: Caller) -> Official:
        found = self._known(caller)
        if isinstance(found, Official) and found.role is NetworkRole.AUDITOR:
            return found
        raise self._turned_away(found)

    def _turned_away(self, known: Member | Official) -> MagliaError:
        """Who is known here, and not for this."""
        self.refused(known.id, Code.SESSION_ROLE)
        return MagliaError(Code.SESSION_ROLE, cause=known.id)


@dataclass(frozen=True)
class FrontRules(Secret):
    """Rules of the front port: sessions of this body's operators.

    `refused` hears of each caller turned away: an operator's user, or "-" when nobody is known by the token.
    """

    sessions: Sessions[Operator]
    local_token: str = field(repr=False)
    """Written to a file that only the node's own user can read: its commands on this machine administer with it."""
    refused: Callable[[str, Code], None]
    check_may_call: Callable[[str, Role], None]
    """Raises unless the rules in force let a role make a call (`node.permissions`)."""

    def table(self) -> dict[str, Rule]:
        """Return the port's table."""
        before_login = (f"{_DEVICE}{method}" for method in ("GetChallenge", "BeginEnrolment", "ConfirmEnrolment"))
        anybodys = f"{_OPERATOR}LoginOperator", f"{_HEALTH}Check", *before_login
        open_to_all: dict[str, Rule] = dict.fromkeys(anybodys, _anybody)
        return open_to_all | {f"{_V1}{method}": self._permitted(method) for method in OPERATOR_ROLES}

    def _permitted(self, method: str) -> Rule:
        def rule(caller: Caller) -> Operator:
            operator = self._operator(caller.token)
            try:
                self.check_may_call(method, operator.role)
            except MagliaError as error:
                self.refused(operator.user, error.code)
                raise
            return operator

        return rule

    def _operator(self, token: str) -> Operator:
        # As bytes: of text, only ASCII can be compared.
        if hmac.compare_digest(token.encode(errors="replace"), self.local_token.encode()):
            return LOCAL_ADMIN
        try:
            return self.sessions.person(token)
        except MagliaError as error:
            self.refused(NOBODY, error.code)
            raise


def _anybody(_caller: Caller) -> None:
    return None
