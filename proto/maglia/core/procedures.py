"""Procedures: calls for applicants that two officers signed, under which more persons may be asked about (design 5)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from maglia.core.errors import Code, MagliaError

_SCHEMA = "maglia.procedures/1"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_MAX_ACT = 200
_MAX_CAP = 1_000_000


@dataclass(frozen=True)
class Procedure:
    """A call for applicants: its act's protocol, how many persons at most, its last day (ISO 8601)."""

    id: str
    act: str
    cap: int
    expires: str

    def is_open(self, today: date) -> bool:
        """Return whether the procedure may be named on that day."""
        return today <= date.fromisoformat(self.expires)


def check_procedure(procedure: Procedure) -> Procedure:
    """Return a procedure that may be declared; raise `input.field` with the field that is wrong."""
    if not _ID.fullmatch(procedure.id):
        raise _refused("id")
    if not procedure.act.strip() or len(procedure.act) > _MAX_ACT or not procedure.act.isprintable():
        raise _refused("act")
    if not 0 < procedure.cap <= _MAX_CAP:
        raise _refused("cap")
    try:
        day = date.fromisoformat(procedure.expires)
    except ValueError as error:
        raise _refused("expires") from error
    if day.isoformat() != procedure.expires:
        raise _refused("expires")
    return procedure


def encode_procedures(network: str, procedures: Iterable[Procedure]) -> bytes:
    """Return the JSON that officers sign."""
    listed = [asdict(procedure) for procedure in sorted(procedures, key=lambda one: one.id)]
    document = {"schema": _SCHEMA, "network": network, "procedures": listed}
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def decode_procedures(content: bytes, network: str) -> dict[str, Procedure]:
    """Read a network's signed procedures, by id; raise `directory.untrusted` when the file isn't theirs."""
    try:
        data = json.loads(content)
        found = [_procedure(entry) for entry in data["procedures"]]
        is_theirs = (data["schema"], data["network"]) == (_SCHEMA, network)
    except (KeyError, TypeError, ValueError, RecursionError, MagliaError) as error:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause=f"procedures: {error}") from error
    by_id = {procedure.id: procedure for procedure in found}
    if not is_theirs or len(by_id) != len(found):
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="another network's procedures, or one that stands twice")
    return by_id


def _procedure(entry: dict[str, Any]) -> Procedure:
    if set(entry) != {"id", "act", "cap", "expires"} or type(entry["cap"]) is not int:
        raise ValueError("not a procedure")
    return check_procedure(Procedure(str(entry["id"]), str(entry["act"]), entry["cap"], str(entry["expires"])))


def _refused(field: str) -> MagliaError:
    return MagliaError(Code.INPUT_FIELD, field=field)
