"""`demo.json`: what a network's users, tests and benchmarks need to know of it. Passwords in it are fictional."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from demo.bodies import Call
from demo.nodes import Site
from demo.office import Office, Person
from demo.planted import Planted
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.processes import Started, write_whole

SCHEMA = "maglia.demo/1"
FILE = "demo.json"

Sheet = dict[str, Any]


def make_sheet(
    office: Office,
    front: str,
    sites: Iterable[Site],
    planted: Iterable[Planted],
    calls: Iterable[Call],
    processes: Mapping[str, Started],
) -> Sheet:
    """Return the sheet of a network that is ready."""
    return {
        "schema": SCHEMA,
        "registry": {"front": front, "pid": processes[REGISTRY_ID].pid},
        "nodes": [_node(site, processes[site.name].pid) for site in sites],
        "officers": [_person(person) for person in office.officers],
        "auditors": [_official(person, office) for person in office.auditors],
        "data_protection_officers": [_official(person, office) for person in office.protectors],
        "procedures": [_call(call) for call in calls],
        "planted": [case.as_json() for case in planted],
    }


def _node(site: Site, pid: int) -> Sheet:
    body = site.body
    return {
        "member": body.member_id,
        "name": body.name,
        "kind": body.kind.value,
        "profile": str(site.profile),
        "data_dir": str(site.data_dir),
        "peer": site.peer,
        "front": site.front,
        "operators": [{"user": o.user, "password": o.password, "role": o.role.value} for o in body.operators],
        "pid": pid,
    }


def _call(call: Call) -> Sheet:
    return {"id": call.id, "act": call.act, "cap": call.cap, "last_day": f"{call.last_day}", "members": call.members}


def _person(person: Person) -> Sheet:
    return {"profile": str(person.profile), "user": person.user, "password": person.password}


def _official(person: Person, office: Office) -> Sheet:
    """An auditor has an account at the registry too; the password of one who has none opens nothing."""
    return {**_person(person), "key": str(person.key), "passphrase": office.passphrase}


def write_sheet(directory: Path, sheet: Sheet) -> None:
    """Write `demo.json`, the last file of a network that comes up."""
    write_whole(directory / FILE, json.dumps(sheet, ensure_ascii=False, indent=1) + "\n")


def read_sheet(directory: Path) -> Sheet:
    """Return a network's sheet; raises `storage.missing` where no network came up."""
    try:
        sheet: Sheet = json.loads(directory.joinpath(FILE).read_text("utf-8"))
    except FileNotFoundError as error:
        raise MagliaError(Code.STORAGE_MISSING, path=str(directory / FILE), command="maglia-demo up") from error
    return sheet


def find_program(sheet: Sheet, name: str) -> Sheet:
    """Return the part of the sheet about a body's node, or about the `registry`; raises `member.unknown`."""
    return cast("Sheet", sheet["registry"]) if name == REGISTRY_ID else find_node(sheet, name)


def find_node(sheet: Sheet, member: str) -> Sheet:
    """Return one node's part of the sheet; raises `member.unknown`."""
    for node in sheet["nodes"]:
        if node["member"] == member:
            found: Sheet = node
            return found
    raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
