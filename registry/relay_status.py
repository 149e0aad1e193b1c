"""How a relay fares, in numbers: members and counts, no caller, no time of a connection, no person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from registry.process import is_alone
from registry.relay_attending import Attendances
from registry.relay_config import Settings
from registry.relay_directory import RelayDirectory
from registry.relay_splicing import PublicDoor

STATUS_FILE = "status.json"
_SCHEMA = "maglia.relay-status/1"


def status_document(
    settings: Settings, directory: RelayDirectory, attendances: Attendances, door: PublicDoor, now: float
) -> dict[str, object]:
    """Return the document; times are seconds since the epoch."""
    attending = {one.member: one for one in attendances.attending()}
    members = sorted(attending.keys() | attendances.tallies.keys())
    return {
        "schema": _SCHEMA,
        "network": settings.network,
        "relay": settings.name,
        "at": int(now),
        "directory_expires": int(directory.expires),
        "directory_heard": int(directory.last_news),
        "connections": door.connections(),
        "strangers": asdict(door.strangers),
        "members": [
            {
                "member": member,
                "attending": member in attending,
                "since": int(attending[member].since) if member in attending else 0,
                "connections": door.connections(member),
                **asdict(attendances.tally(member)),
            }
            for member in members
        ],
    }


def read_status(folder: Path) -> dict[str, Any]:
    """Return what the running relay wrote last; raise `storage.missing` when none runs in `folder`."""
    if is_alone(folder):
        raise _not_serving("no process holds the folder")
    try:
        found: dict[str, Any] = json.loads((folder / STATUS_FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise _not_serving(type(error).__name__) from error
    return found


def _not_serving(cause: str) -> MagliaError:
    return MagliaError(Code.STORAGE_MISSING, cause=cause, path=STATUS_FILE, command="maglia-registry relay serve")


def status_lines(document: Mapping[str, Any], lang: str) -> list[str]:
    """Return the document as people read it."""
    expires = datetime.fromtimestamp(document["directory_expires"], UTC).astimezone()
    lines = [
        tr("Relay «{relay}», rete «{network}»: {connections} collegamenti", lang).format_map(document),
        tr("Elenco degli enti valido fino al {until}", lang).format(until=f"{expires:%d/%m/%Y %H:%M}"),
    ]
    for one in document["members"]:
        state = tr("presente" if one["attending"] else "assente", lang)
        carried = tr("{connections} aperti, {carried} portati, {refused} rifiutati", lang).format_map(one)
        lines.append(f"  {one['member']:<24} {state:<9} {carried}")
    strangers = sum(document["strangers"].values())
    return [*lines, tr("Chiusi senza un ente da chiamare: {count}", lang).format(count=strangers)]
