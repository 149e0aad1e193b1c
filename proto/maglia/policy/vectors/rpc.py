"""Who may call what: questions written by hand, each named after the rule that it is about."""

from __future__ import annotations

from maglia.policy.vectors.documents import OPERATOR_CALLS, changed
from maglia.policy.vectors.vector import Document, Vector


def _granted(rule: str, title: str, document: Document, *callers: str) -> Vector:
    release = {"0": list(callers)} if callers else {}
    return Vector("rpc", document, rule, title, {"allow": True, "reasons": [], "release": release})


def _refused(rule: str, title: str, document: Document) -> Vector:
    return Vector("rpc", document, rule, title, {"allow": False, "reasons": ["session.role"], "release": {}})


RPC: tuple[Vector, ...] = (
    _granted("rpc.allow", "a volunteer asks", OPERATOR_CALLS, "volunteer"),
    _refused("rpc.allow", "no door said", changed(OPERATOR_CALLS, door="")),
    _granted(
        "rpc.door",
        "members ask members",
        {
            "door": "node_peer",
            "callers": ["anybody", "member"],
            "classes": [{"id": "0", "method": "ExchangeService/Ask"}],
        },
        "member",
    ),
    _refused("rpc.door", "an unknown door", changed(OPERATOR_CALLS, door="back")),
    _granted(
        "rpc.granted",
        "of many callers those that may",
        changed(OPERATOR_CALLS, callers=["node_admin", "manager", "dpo"], class__method="OperatorService/GetSpending"),
        "node_admin",
        "manager",
    ),
    _granted(
        "rpc.granted",
        "a volunteer administers nothing",
        changed(OPERATOR_CALLS, class__method="OperatorService/AddOperator"),
    ),
    _granted("rpc.granted", "an administrator does not ask", changed(OPERATOR_CALLS, callers=["node_admin"])),
    _granted("rpc.granted", "a call of another door", changed(OPERATOR_CALLS, door="node_peer")),
    _granted(
        "rpc.granted", "a call that nobody serves", changed(OPERATOR_CALLS, class__method="OperatorService/Erase")
    ),
    _granted("rpc.granted", "nobody calls", changed(OPERATOR_CALLS, callers=[])),
    _refused("rpc.reasons", "nothing said", {}),
    _granted("rpc.decision", "a manager asks", changed(OPERATOR_CALLS, callers=["manager"]), "manager"),
)
