"""Who may call what: every RPC on every port, for every kind of caller, as data.

A row is one RPC of one port; it says for each caller what must happen. An RPC that stands in no row of a port must not
be there at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from maglia.core.errors import Code
from maglia.core.vocabulary import Kind, Role

ALLOWED = "allowed"
"""Not refused for who calls: an error in what is asked counts as allowed."""
HANDSHAKE = "handshake"
ABSENT = "absent"

NOBODY, STRANGER, IMPOSTOR, APPLIED = "nobody", "stranger", "impostor", "applied"
SUSPENDED, REVOKED, EXPIRED_CARD = "suspended", "revoked", "expired card"
APPOINTED_AUDITOR, APPOINTED_DPO = "appointed auditor", "appointed dpo"
STOPPED_OFFICIAL, DISMISSED_OFFICIAL = "stopped auditor", "dismissed auditor"
FORGED, LOCAL, OFFICER, AUDITOR = "forged session", "local administrator", "officer", "auditor"

ACTIVE: Mapping[str, Kind] = {f"active {kind}": kind for kind in Kind}
OPERATORS: Mapping[str, Role] = {f"operator {role}": role for role in Role}
OUTSIDERS = (NOBODY, STRANGER, IMPOSTOR, APPLIED, DISMISSED_OFFICIAL)
IN_OFFICE = (APPOINTED_AUDITOR, APPOINTED_DPO)
SESSIONS = (FORGED, LOCAL, OFFICER, AUDITOR, *OPERATORS)
CALLERS = (*OUTSIDERS, *ACTIVE, SUSPENDED, REVOKED, EXPIRED_CARD, *IN_OFFICE, STOPPED_OFFICIAL, *SESSIONS)

Row = dict[str, str]


def _row(default: str, *exceptions: tuple[Iterable[str], str]) -> Row:
    """Return one outcome for all callers but the exceptions."""
    return dict.fromkeys(CALLERS, default) | {who: outcome for callers, outcome in exceptions for who in callers}


def _operators(*roles: Role) -> Row:
    """Return the row of an RPC for operators with these roles; the node's own commands administer."""
    admitted = [caller for caller, role in OPERATORS.items() if role in roles]
    local = ALLOWED if Role.NODE_ADMIN in roles else Code.SESSION_ROLE.value
    others = (OPERATORS, Code.SESSION_ROLE.value)
    return _row(Code.SESSION_EXPIRED.value, others, (admitted, ALLOWED), ((LOCAL,), local))


_UNKNOWN = ((*OUTSIDERS, *SESSIONS), HANDSHAKE)

EVERYBODY = _row(ALLOWED)
NO_ONE = _row(Code.SESSION_ROLE.value)
OFFICERS = _row(Code.SESSION_EXPIRED.value, ((OFFICER,), ALLOWED), ((AUDITOR,), Code.SESSION_ROLE.value))
OFFICERS_AND_AUDITORS = _row(Code.SESSION_EXPIRED.value, ((OFFICER, AUDITOR), ALLOWED))
_OFFICIALS = (IN_OFFICE, Code.SESSION_ROLE.value), ((STOPPED_OFFICIAL,), Code.MEMBER_NO_OFFICE.value)
_AUDITORS_ALONE = dict.fromkeys(ACTIVE, Code.SESSION_ROLE.value) | {APPOINTED_AUDITOR: ALLOWED}
MEMBERS = _row(
    ALLOWED,
    _UNKNOWN,
    ((SUSPENDED, REVOKED), Code.MEMBER_INACTIVE.value),
    ((EXPIRED_CARD,), Code.MEMBER_CARD.value),
    *_OFFICIALS,
)
"""At the registry a revoked body's certificate is still known, so that the refusal can say why."""
MEMBERS_AND_OFFICIALS = MEMBERS | dict.fromkeys(IN_OFFICE, ALLOWED)
REGISTRY_AUDITORS = MEMBERS | _AUDITORS_ALONE
CERTIFICATES = _row(ALLOWED, _UNKNOWN)
NO_CERTIFICATE = _row(Code.SESSION_ROLE.value, _UNKNOWN)

PEERS = _row(
    ALLOWED,
    _UNKNOWN,
    ((REVOKED,), HANDSHAKE),
    ((SUSPENDED,), Code.MEMBER_INACTIVE.value),
    ((EXPIRED_CARD,), Code.MEMBER_CARD.value),
    *_OFFICIALS,
)
"""At a node a revoked body is nobody."""
PEERS_AND_OFFICIALS = PEERS | dict.fromkeys(IN_OFFICE, ALLOWED)
NODE_AUDITORS = PEERS | _AUDITORS_ALONE
NO_PEER = _row(Code.SESSION_ROLE.value, _UNKNOWN, ((REVOKED,), HANDSHAKE))

UNSERVED_BY_REGISTRY = _row(ABSENT, _UNKNOWN)
UNSERVED_BY_NODE = _row(ABSENT, _UNKNOWN, ((REVOKED,), HANDSHAKE))

COUNTER = _operators(Role.VOLUNTEER, Role.SOCIAL_WORKER, Role.OFFICER, Role.MANAGER)
CASES = _operators(Role.SOCIAL_WORKER, Role.OFFICER, Role.MANAGER)
IMPORTERS = _operators(Role.OFFICER, Role.MANAGER, Role.NODE_ADMIN)
MANAGERS = _operators(Role.MANAGER)
ADMINISTRATORS = _operators(Role.MANAGER, Role.NODE_ADMIN)
BATCHES = _operators(Role.OFFICER, Role.MANAGER)
STAFF = _operators(*Role)

_HEALTH = "grpc.health.v1.Health"
_V1 = "maglia.v1"

REGISTRY_FRONT: Mapping[str, Row] = {
    f"{_V1}.DirectoryService/GetMetadata": EVERYBODY,
    f"{_V1}.DirectoryService/GetTarget": EVERYBODY,
    f"{_V1}.DirectoryService/ListCards": NO_ONE,
    f"{_V1}.DirectoryService/WatchNews": NO_ONE,
    f"{_V1}.EnrolmentService/Activate": EVERYBODY,
    f"{_V1}.EnrolmentService/Apply": EVERYBODY,
    f"{_V1}.EnrolmentService/GetApplicationState": EVERYBODY,
    f"{_V1}.EnrolmentService/PublishCard": EVERYBODY,
    f"{_V1}.OfficeService/DiscardApplication": OFFICERS,
    f"{_V1}.OfficeService/GetBoard": OFFICERS,
    f"{_V1}.OfficeService/GetBudgets": OFFICERS_AND_AUDITORS,
    f"{_V1}.OfficeService/GetDraftFile": OFFICERS,
    f"{_V1}.OfficeService/GetHistory": OFFICERS,
    f"{_V1}.OfficeService/GetMember": OFFICERS,
    f"{_V1}.OfficeService/IssueToken": OFFICERS,
    f"{_V1}.OfficeService/ListDrafts": OFFICERS,
    f"{_V1}.OfficeService/ListMembers": OFFICERS,
    f"{_V1}.OfficeService/ListProcedures": OFFICERS,
    f"{_V1}.OfficeService/Login": EVERYBODY,
    f"{_V1}.OfficeService/PrepareDraft": OFFICERS,
    f"{_V1}.OfficeService/ReturnApplication": OFFICERS,
    f"{_V1}.OfficeService/SignDraft": OFFICERS,
    f"{_V1}.OfficeService/SuspendMember": OFFICERS,
    f"{_HEALTH}/Check": EVERYBODY,
    f"{_HEALTH}/List": NO_ONE,
    f"{_HEALTH}/Watch": NO_ONE,
}

REGISTRY_PEER: Mapping[str, Row] = {
    f"{_V1}.AnsweringService/TellAnswering": MEMBERS,
    f"{_V1}.AuditService/GetHead": REGISTRY_AUDITORS,
    f"{_V1}.AuditService/ListWitnessed": REGISTRY_AUDITORS,
    f"{_V1}.AuditService/ReadLog": REGISTRY_AUDITORS,
    f"{_V1}.DirectoryService/GetMetadata": MEMBERS_AND_OFFICIALS,
    f"{_V1}.DirectoryService/GetTarget": MEMBERS_AND_OFFICIALS,
    f"{_V1}.DirectoryService/ListCards": MEMBERS_AND_OFFICIALS,
    f"{_V1}.DirectoryService/WatchNews": MEMBERS,
    f"{_V1}.PseudonymService/Evaluate": MEMBERS,
    f"{_V1}.WitnessService/Cosign": MEMBERS,
    f"{_HEALTH}/Check": CERTIFICATES,
    f"{_HEALTH}/List": NO_CERTIFICATE,
    f"{_HEALTH}/Watch": NO_CERTIFICATE,
}

NODE_FRONT: Mapping[str, Row] = {
    f"{_V1}.DeviceService/BeginEnrolment": EVERYBODY,
    f"{_V1}.DeviceService/ConfirmEnrolment": EVERYBODY,
    f"{_V1}.DeviceService/GetChallenge": EVERYBODY,
    f"{_V1}.DeviceService/InviteDevice": ADMINISTRATORS,
    f"{_V1}.DeviceService/ListDevices": STAFF,
    f"{_V1}.DeviceService/RevokeDevice": STAFF,
    f"{_V1}.FilesService/ExportAll": MANAGERS,
    f"{_V1}.FilesService/ImportFile": IMPORTERS,
    f"{_V1}.FilesService/ListTemplates": IMPORTERS,
    f"{_V1}.OperatorService/AddAid": COUNTER,
    f"{_V1}.OperatorService/AddCase": CASES,
    f"{_V1}.OperatorService/AddConsent": COUNTER,
    f"{_V1}.OperatorService/OpenAccessReport": CASES,
    f"{_V1}.OperatorService/CollectAccessReport": CASES,
    f"{_V1}.OperatorService/ListAccessReports": CASES,
    f"{_V1}.OperatorService/GetAccessReport": CASES,
    f"{_V1}.OperatorService/ExtendAccessReport": CASES,
    f"{_V1}.OperatorService/CloseAccessReport": CASES,
    f"{_V1}.OperatorService/GetNamesRequest": CASES,
    f"{_V1}.OperatorService/AddNamesApproval": CASES,
    f"{_V1}.OperatorService/GetConsents": COUNTER,
    f"{_V1}.OperatorService/WithdrawConsent": COUNTER,
    f"{_V1}.OperatorService/RefuseConsent": COUNTER,
    f"{_V1}.OperatorService/AddObjection": COUNTER,
    f"{_V1}.OperatorService/MarkTold": COUNTER,
    f"{_V1}.OperatorService/ListExpiringConsents": COUNTER,
    f"{_V1}.OperatorService/AddNamedAid": COUNTER,
    f"{_V1}.OperatorService/AddOperator": ADMINISTRATORS,
    f"{_V1}.OperatorService/Check": COUNTER,
    f"{_V1}.OperatorService/CheckHousehold": COUNTER,
    f"{_V1}.OperatorService/FindNames": COUNTER,
    f"{_V1}.OperatorService/GetPolicies": STAFF,
    f"{_V1}.OperatorService/GetSpending": ADMINISTRATORS,
    f"{_V1}.OperatorService/ListSignals": ADMINISTRATORS,
    f"{_V1}.OperatorService/GetStatus": STAFF,
    f"{_V1}.OperatorService/ImportRecords": IMPORTERS,
    f"{_V1}.OperatorService/LoginOperator": EVERYBODY,
    f"{_V1}.ReferralDeskService/SendReferral": COUNTER,
    f"{_V1}.ReferralDeskService/ListReferrals": COUNTER,
    f"{_V1}.ReferralDeskService/GetReferral": COUNTER,
    f"{_V1}.ReferralDeskService/MoveReferral": COUNTER,
    f"{_V1}.ReferralDeskService/ListReferralTakers": COUNTER,
    f"{_V1}.OperatorService/Repseudonymize": ADMINISTRATORS,
    f"{_V1}.OperatorService/RetrySilent": COUNTER,
    f"{_V1}.OperatorService/VerifyLog": STAFF,
    f"{_V1}.InboxService/ListNotices": STAFF,
    f"{_V1}.InboxService/ReadNotice": STAFF,
    f"{_V1}.NetworkService/GetNetwork": STAFF,
    f"{_V1}.StatusService/GetFindings": STAFF,
    f"{_V1}.WaitingService/DeferCheck": COUNTER,
    f"{_V1}.WaitingService/GetKeptCheck": COUNTER,
    f"{_V1}.WaitingService/ListKeptChecks": COUNTER,
    f"{_V1}.NeedsService/CloseNeed": COUNTER,
    f"{_V1}.NeedsService/ListNeeds": COUNTER,
    f"{_V1}.NeedsService/OpenNeed": COUNTER,
    f"{_V1}.PersonsService/GetHousehold": COUNTER,
    f"{_V1}.BatchService/DeleteBatch": BATCHES,
    f"{_V1}.BatchService/GetBatch": BATCHES,
    f"{_V1}.BatchService/ListBatches": BATCHES,
    f"{_V1}.BatchService/OpenBatch": BATCHES,
    f"{_V1}.BatchService/PauseBatch": BATCHES,
    f"{_V1}.BatchService/RunBatch": BATCHES,
    f"{_V1}.PersonsService/GetPerson": COUNTER,
    f"{_V1}.PersonsService/ImportRegistry": ADMINISTRATORS,
    f"{_V1}.PersonsService/LinkPerson": COUNTER,
    f"{_V1}.PersonsService/PreviewLink": COUNTER,
    f"{_V1}.PersonsService/UndoLink": COUNTER,
    f"{_V1}.PersonsService/LeaveHousehold": COUNTER,
    f"{_V1}.PersonsService/SetHousehold": COUNTER,
    f"{_V1}.ReservationService/ConfirmReservation": COUNTER,
    f"{_V1}.ReservationService/GetReservation": COUNTER,
    f"{_V1}.ReservationService/ListReservations": COUNTER,
    f"{_V1}.ReservationService/ReleaseReservation": COUNTER,
    f"{_V1}.ReservationService/RenewReservation": COUNTER,
    f"{_V1}.ReservationService/Reserve": COUNTER,
    f"{_V1}.RecordsService/AddNote": COUNTER,
    f"{_V1}.RecordsService/CorrectAid": COUNTER,
    f"{_V1}.RecordsService/GetAid": COUNTER,
    f"{_V1}.RecordsService/GetPersonFile": COUNTER,
    f"{_V1}.RecordsService/ListNotes": COUNTER,
    f"{_V1}.RecordsService/UndoAid": COUNTER,
    f"{_HEALTH}/Check": EVERYBODY,
    f"{_HEALTH}/List": NO_ONE,
    f"{_HEALTH}/Watch": NO_ONE,
}

NODE_PEER: Mapping[str, Row] = {
    f"{_V1}.AuditService/GetHead": NODE_AUDITORS,
    f"{_V1}.AuditService/ListWitnessed": NO_PEER,
    f"{_V1}.AuditService/ReadLog": NODE_AUDITORS,
    f"{_V1}.ExchangeService/Ask": PEERS,
    f"{_V1}.ReferralService/Refer": PEERS,
    f"{_V1}.ReportService/FindAccesses": PEERS,
    f"{_HEALTH}/Check": PEERS_AND_OFFICIALS,
    f"{_HEALTH}/List": NO_PEER,
    f"{_HEALTH}/Watch": NO_PEER,
}

RELAY_NODES: Mapping[str, Row] = {
    f"{_V1}.RelayService/Attend": EVERYBODY,
    f"{_V1}.RelayService/Carry": EVERYBODY,
}
"""Whoever dials out proves on the stream itself who it is: `tests/integration/test_relay.py`."""

PORTS: Mapping[str, Mapping[str, Row]] = {
    "registry front": REGISTRY_FRONT,
    "registry peer": REGISTRY_PEER,
    "node front": NODE_FRONT,
    "node peer": NODE_PEER,
    "relay nodes": RELAY_NODES,
}

NOT_SERVED: Mapping[str, Row] = {
    "registry front": _row(ABSENT),
    "registry peer": UNSERVED_BY_REGISTRY,
    "node front": _row(ABSENT),
    "node peer": UNSERVED_BY_NODE,
    "relay nodes": _row(ABSENT),
}
"""What happens to an RPC that a port doesn't serve."""


def expected(port: str, rpc: str) -> Row:
    """Return what must happen to each caller of an RPC at a port."""
    return PORTS[port].get(rpc, NOT_SERVED[port])
