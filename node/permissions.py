"""What each role of operators may call: what both the program's own table and the rules in force grant.

The table is the limit, so that a bundle that is signed but wrong hands nobody the administration; the rules are the
office's, and may grant less. Without a ruling of the rules in force nobody may call anything (docs/adr/0018).
"""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Role
from node.inforce import InForce
from node.ports import Policy


class Permissions:
    """The rights of operators at the front door."""

    def __init__(self, policy: Policy, table: Mapping[str, frozenset[Role]]) -> None:
        """`table` says for each `Service/Method` which roles may ever be granted it."""
        self._table = table
        calls = [{"id": method, "method": method} for method in sorted(table)]
        document = {"door": "node_front", "callers": [role.value for role in Role], "classes": calls}
        self._inforce = InForce(policy, "rpc", document)

    def check_may_call(self, method: str, role: Role) -> None:
        """Raise `MagliaError` unless both grant it: `session.role`, or `policy.permissions` without a ruling."""
        if role not in self._table.get(method, frozenset()):
            raise MagliaError(Code.SESSION_ROLE)
        ruling = self._inforce.ruling()
        if ruling is None:
            raise MagliaError(Code.POLICY_PERMISSIONS)
        if role.value not in ruling.release.get(method, ()):
            raise MagliaError(Code.SESSION_ROLE, cause=f"not granted by rules {ruling.revision}")

    def granted(self, role: Role) -> list[str]:
        """Return what `role` may call now, as `Service/Method` in order; nothing without a ruling."""
        ruling = self._inforce.ruling()
        if ruling is None:
            return []
        return sorted(
            m for m, roles in self._table.items() if role in roles and role.value in ruling.release.get(m, ())
        )

    def problems(self) -> list[Code]:
        """Return `policy.permissions` while no rules say who may do what."""
        return [] if self._inforce.ruling() else [Code.POLICY_PERMISSIONS]

    async def renew(self) -> None:
        """Ask the rules in force, unless that is done."""
        await self._inforce.renew()

    async def run(self) -> None:
        """Follow the rules in force until cancelled."""
        await self._inforce.run()
