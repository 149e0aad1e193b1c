"""Which engine a node runs: OPA where it is to be had, else the one in process; watched, its rulings remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from maglia.core.errors import Code, MagliaError
from maglia.policy.binary import find_opa
from node.policy.embedded import EmbeddedPolicy
from node.policy.opa import OpaPolicy
from node.policy.watched import WatchedPolicy

Engine = Literal["auto", "opa", "embedded"]


async def open_policy(
    bundle: bytes,
    revision: str,
    directory: Path,
    *,
    engine: Engine = "auto",
    address: str | None = None,
    token: str = "",
) -> WatchedPolicy:
    """Return an engine that answers with `revision`, its files in `directory`.

    `auto` takes the OPA that `find_opa` names, else the embedded engine; `opa` insists. `address` (`host:port`) with
    `token` names a server that someone else runs. Raises `MagliaError`: `input.setting` for an unusable setting, else
    as the engines; an engine that was chosen and fails is never exchanged for another.
    """
    if address is not None:
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal():
            raise MagliaError(Code.INPUT_SETTING_VALUE, field="opa_address", source=address, allowed="HOST:PORT")
        return WatchedPolicy(await OpaPolicy.attach(host, int(port), token, revision))
    binary = None if engine == "embedded" else find_opa()
    if binary is not None:
        return WatchedPolicy(await OpaPolicy.start(binary, directory, bundle, revision))
    if engine == "opa":
        raise MagliaError(Code.STORAGE_MISSING, path="opa", command="python -m maglia.policy.binary --install")
    return WatchedPolicy(EmbeddedPolicy(bundle, revision))
