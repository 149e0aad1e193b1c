"""What operators may call: the lesser of the program's own table and the rules in force, or nothing."""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code
from maglia.core.vocabulary import Role
from node.health import OPERATORS, Health
from node.inforce import AGAIN_S
from node.permissions import Permissions
from node.policy.cached import CachedPolicy
from node.policy.embedded import EmbeddedPolicy
from node.policy.opa import OpaPolicy
from node.rpc.rules import OPERATOR_ROLES
from tests.opa_binary import required_opa
from tests.peer_world import POLICIES, refused

BUNDLE, REVISION = build_bundle(POLICIES)


def bundle_of(folder: Path, doors: dict[str, Any]) -> tuple[bytes, str]:
    """Return a bundle as two officers could sign it, with other words on a node's front door."""
    shutil.copytree(POLICIES, folder)
    path = folder / "maglia" / "doors" / "data.json"
    path.write_text(json.dumps(doors))
    return build_bundle(folder)


def doors(**changes: list[str]) -> dict[str, Any]:
    known = json.loads((POLICIES / "maglia" / "doors" / "data.json").read_text())
    named = {f"OperatorService/{method}": roles for method, roles in changes.items()}
    return {**known, "node_front": {**known["node_front"], **named}}


async def under(bundle: bytes, revision: str) -> Permissions:
    made = Permissions(CachedPolicy(EmbeddedPolicy(bundle, revision)), OPERATOR_ROLES)
    await made.renew()
    return made


async def test_the_rules_of_the_repository_grant_what_the_table_allows() -> None:
    permissions = await under(BUNDLE, REVISION)
    for method, roles in OPERATOR_ROLES.items():
        for role in Role:
            if role in roles:
                permissions.check_may_call(method, role)
            else:
                with refused(Code.SESSION_ROLE):
                    permissions.check_may_call(method, role)
    assert permissions.problems() == []


async def test_rules_may_take_away(tmp_path: Path) -> None:
    permissions = await under(*bundle_of(tmp_path / "less", doors(AddNamedAid=["manager"], VerifyLog=[])))
    permissions.check_may_call("OperatorService/AddNamedAid", Role.MANAGER)
    permissions.check_may_call("OperatorService/Check", Role.VOLUNTEER)
    for method, role in (("AddNamedAid", Role.VOLUNTEER), ("VerifyLog", Role.NODE_ADMIN)):
        with refused(Code.SESSION_ROLE):
            permissions.check_may_call(f"OperatorService/{method}", role)


async def test_no_rules_give_more_than_the_table(tmp_path: Path) -> None:
    everybody = [role.value for role in Role]
    wrong = doors(**dict.fromkeys([*(call.partition("/")[2] for call in OPERATOR_ROLES), "EraseLog"], everybody))
    permissions = await under(*bundle_of(tmp_path / "wrong", wrong))
    for method in ("AddOperator", "Repseudonymize", "GetSpending", "ImportRecords", "AddCase", "EraseLog"):
        with refused(Code.SESSION_ROLE):
            permissions.check_may_call(f"OperatorService/{method}", Role.VOLUNTEER)
    with refused(Code.SESSION_ROLE):
        permissions.check_may_call("OperatorService/Check", Role.NODE_ADMIN)
    permissions.check_may_call("OperatorService/AddOperator", Role.MANAGER)


async def test_rules_without_the_door_let_nobody_work_and_say_so(tmp_path: Path) -> None:
    permissions = await under(*bundle_of(tmp_path / "none", {"node_peer": {}}))
    with refused(Code.POLICY_PERMISSIONS):
        permissions.check_may_call("OperatorService/GetStatus", Role.MANAGER)
    assert permissions.problems() == [Code.POLICY_PERMISSIONS]
    door = await Health(permissions.problems).door()
    told = [
        await door.Check(HealthCheckRequest(service=name), None)  # type: ignore[arg-type]  # of no use to it
        for name in ("", OPERATORS)
    ]
    # Other bodies are answered; this one's operators are not served.
    assert [each.status for each in told] == [HealthCheckResponse.SERVING, HealthCheckResponse.NOT_SERVING]


async def test_another_revision_counts_for_nothing_until_it_was_asked(tmp_path: Path) -> None:
    policy = CachedPolicy(EmbeddedPolicy(BUNDLE, REVISION))
    permissions = Permissions(policy, OPERATOR_ROLES)
    with refused(Code.POLICY_PERMISSIONS):
        permissions.check_may_call("OperatorService/Check", Role.VOLUNTEER)
    await permissions.renew()
    permissions.check_may_call("OperatorService/Check", Role.VOLUNTEER)
    await policy.replace(*bundle_of(tmp_path / "less", doors(Check=["manager"])))
    with refused(Code.POLICY_PERMISSIONS):
        permissions.check_may_call("OperatorService/Check", Role.MANAGER)
    with suppress(TimeoutError):
        await asyncio.wait_for(permissions.run(), 2 * AGAIN_S)
    permissions.check_may_call("OperatorService/Check", Role.MANAGER)
    with refused(Code.SESSION_ROLE):
        permissions.check_may_call("OperatorService/Check", Role.VOLUNTEER)


@pytest.mark.parametrize("answered_before", [True, False])
async def test_what_was_decided_stays_while_the_engine_is_down(tmp_path: Path, answered_before: bool) -> None:
    engine = await OpaPolicy.start(required_opa(), tmp_path / "opa", BUNDLE, REVISION)
    permissions = Permissions(engine, OPERATOR_ROLES)
    if answered_before:
        await permissions.renew()
    await engine.close()
    await permissions.renew()
    if answered_before:
        permissions.check_may_call("OperatorService/Check", Role.VOLUNTEER)
    else:
        with refused(Code.POLICY_PERMISSIONS):
            permissions.check_may_call("OperatorService/Check", Role.VOLUNTEER)
    assert bool(permissions.problems()) is not answered_before
