"""Which engine a node runs: OPA where it is to be had, else the one in process; always with remembered rulings."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from maglia.core.errors import Code, MagliaError
from maglia.policy.binary import find_opa
from node.policy.cached import CachedPolicy
from node.policy.embedded import EmbeddedPolicy
from node.policy.opa import OpaPolicy
from node.ports import Policy

Engine = Literal["auto", "opa", "embedded"]


async def open_policy(
    bundle: bytes,
    revision: str,
    directory: Path,
    *,
    engine: Engine = "auto",
    address: str | None = None,
    token: str = "",
) -> Policy:
    """Return an engine that answers with `revision`, its files in `directory`.

    `auto` takes the OPA that `find_opa` names, else the embedded engine; `opa` insists. `address` (`host:port`) with
    `token` names a server that someone else runs. Raises `MagliaError`: `input.setting` for an unusable setting, else
    as the engines; an engine that was chosen and fails is never exchanged for another.
    """
    if address is not None:
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal():
            raise MagliaError(Code.INPUT_SETTING, field="opa_address", source=address)
        return CachedPolicy(await OpaPolicy.attach(host, int(port), token, revision))
    binary = None if engine == "embedded" else find_opa()
    if binary is not None:
        return CachedPolicy(await OpaPolicy.start(binary, directory, bundle, revision))
    if engine == "opa":
        raise MagliaError(Code.STORAGE_MISSING, path="opa", command="python -m maglia.policy.binary --install")
    return CachedPolicy(EmbeddedPolicy(bundle, revision))
