"""Procedures: calls for applicants that two officers signed, under which more persons may be asked about (design 5)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import PROCEDURE_PURPOSES, PUBLIC_KINDS

_SCHEMA = "maglia.procedures/2"
_WITHOUT_MEMBERS = "maglia.procedures/1"
"""The first version named no body: what it lists is read, and is nobody's."""
_FIELDS = {"id", "act", "cap", "expires", "members"}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_MAX_ACT = 200
MAX_CAP = 1_000_000
"""Persons under one procedure, at the very most."""
_MAX_MEMBERS = 200


@dataclass(frozen=True)
class Procedure:
    """A call for applicants: its act's protocol, how many persons at most, its last day (ISO 8601), whose it is.

    `cap` holds for each of the `members` (ids, in order) by itself, over the procedure's whole life.
    """

    id: str
    act: str
    cap: int
    expires: str
    members: tuple[str, ...] = ()

    @property
    def last_day(self) -> date:
        """Return the last day on which the procedure may be named."""
        return date.fromisoformat(self.expires)

    def is_open(self, today: date) -> bool:
        """Return whether the procedure may be named on that day."""
        return today <= self.last_day


def may_run(member: Member) -> bool:
    """Return whether a body can have a procedure: a public one that may ask something on such a basis."""
    return member.kind in PUBLIC_KINDS and not member.purposes.isdisjoint(PROCEDURE_PURPOSES)


def open_procedure(procedures: Mapping[str, Procedure], name: str, asker: Member, today: date) -> Procedure:
    """Return the signed procedure that `asker` names, if it may name it today: the one rule of registry and nodes.

    Raises `input.procedure` when nobody declared it, `policy.procedure_member` when it is another body's,
    `policy.procedure_expired` after its last day, `member.not_entitled` when the body can have none.
    """
    found = procedures.get(name)
    if found is None:
        raise MagliaError(Code.INPUT_PROCEDURE, procedure=name[:40])
    if asker.id not in found.members:
        raise MagliaError(Code.POLICY_PROCEDURE_MEMBER, procedure=name)
    if not found.is_open(today):
        raise MagliaError(Code.POLICY_PROCEDURE_EXPIRED, procedure=name, day=f"{found.last_day:%d/%m/%Y}")
    if not may_run(asker):
        raise MagliaError(Code.MEMBER_NOT_ENTITLED)
    return found


def check_procedure(procedure: Procedure) -> Procedure:
    """Return a procedure that may be declared; raise `input.field` with the field that is wrong."""
    if not procedure.members:
        raise _refused("members")
    return _well_formed(procedure)


def check_id(name: str) -> str:
    """Return a procedure's short name; raise `input.field` for what can be none."""
    if not _ID.fullmatch(name):
        raise _refused("id")
    return name


def _well_formed(procedure: Procedure) -> Procedure:
    check_id(procedure.id)
    if not procedure.act.strip() or len(procedure.act) > _MAX_ACT or not procedure.act.isprintable():
        raise _refused("act")
    if not 0 < procedure.cap <= MAX_CAP:
        raise _refused("cap")
    try:
        day = date.fromisoformat(procedure.expires)
    except ValueError as error:
        raise _refused("expires") from error
    if day.isoformat() != procedure.expires:
        raise _refused("expires")
    # In one order and each once: two officers who mean the same must sign the same bytes.
    if procedure.members != tuple(sorted(set(procedure.members))) or len(procedure.members) > _MAX_MEMBERS:
        raise _refused("members")
    from maglia.core.identity import check_member_id  # noqa: PLC0415 - loads cryptography, which `--help` does not need

    for member in procedure.members:
        check_member_id(member)
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
        names_members = data["schema"] != _WITHOUT_MEMBERS
        found = [_procedure(entry if names_members else {**entry, "members": []}) for entry in data["procedures"]]
        is_theirs = data["schema"] in {_SCHEMA, _WITHOUT_MEMBERS} and data["network"] == network
    except (KeyError, TypeError, ValueError, RecursionError, MagliaError) as error:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause=f"procedures: {error}") from error
    by_id = {procedure.id: procedure for procedure in found}
    if not is_theirs or len(by_id) != len(found):
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="another network's procedures, or one that stands twice")
    return by_id


def _procedure(entry: dict[str, Any]) -> Procedure:
    members = entry["members"]
    if set(entry) != _FIELDS or type(entry["cap"]) is not int or not isinstance(members, list):
        raise ValueError("not a procedure")
    named = tuple(str(member) for member in members)
    return _well_formed(Procedure(str(entry["id"]), str(entry["act"]), entry["cap"], str(entry["expires"]), named))


def _refused(field: str) -> MagliaError:
    return MagliaError(Code.INPUT_FIELD, field=field)
