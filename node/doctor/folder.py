"""A whole examination of the node in a folder, part by part, in the order told.

A node that serves is asked what it finds of itself; what only its files say is read beside it, never changed beneath
it. One that is stopped is examined from its files, and the registry is asked from here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding, Level, Subject, ok, warning
from maglia.core.keystore import read_passphrase
from maglia.policy.binary import find_opa
from node import local
from node.card import has_joined
from node.config import Settings, load_settings
from node.disk import free_bytes, kept_bytes
from node.doctor import database, outside
from node.doctor.opened import Opened
from node.findings.office import OFFICE_SILENT
from node.findings.remedies import SILENT, Remedies, for_error, remedies_for
from node.findings.room import room_elsewhere, room_found
from node.findings.rules import engine_elsewhere, engine_embedded, engine_here, rules_edited
from node.folder import check_not_moved
from node.joining import load_network
from node.kept_rules import edited_rules
from node.keys import load_keys

_READ_HERE = frozenset({Subject.LOG, Subject.DATABASE, Subject.OFFICE})
"""Parts of a serving node that are examined from here too, more closely: what it says of them counts if bad."""


def examine(folder: Path) -> Iterator[Finding]:
    """Yield what is found; a part that can't be read is a finding, not a failure."""
    remedies = remedies_for(folder)
    try:
        check_not_moved(folder)  # nothing here is to be started or mended any more
    except MagliaError as error:
        yield for_error(Subject.MOVED, error, remedies)
        return
    try:
        opened = Opened(
            folder, load_settings(folder), load_network(folder), load_keys(folder, read_passphrase()), remedies
        )
    except MagliaError as error:
        yield for_error(Subject.KEYS, error, remedies)
        return
    yield ok(Subject.KEYS, "keys.open", member=opened.settings.member, network=opened.network.network)
    yield ok(Subject.HOSTING, "hosting.hosted" if remedies.is_hosted else "hosting.own")
    if local.is_serving(folder):
        yield from _serving(opened)
    else:
        yield from _stopped(opened)
    yield from _rules(opened)


def _serving(opened: Opened) -> Iterator[Finding]:
    try:
        own = asyncio.run(local.findings_of(opened.folder, opened.settings, opened.network, opened.keys))
    except MagliaError as error:
        own = [_not_told(error, opened.remedies)]
    yield from (_from_here(one, opened.remedies) for one in own if one.subject not in _READ_HERE or _is_bad(one))
    yield from database.examined_beside(opened)
    yield outside.office(opened)


def _is_bad(found: Finding) -> bool:
    """Return whether a running node's finding counts though its part is examined from here too."""
    return found.level is not Level.OK and found.told.what != OFFICE_SILENT


def _from_here(found: Finding, remedies: Remedies) -> Finding:
    """Return a finding with a command of this machine, where a console's profile is not known."""
    return replace(found, repair=remedies.run("doctor")) if found.repair == SILENT else found


def _not_told(error: MagliaError, remedies: Remedies) -> Finding:
    """Return why the node does not say how it is: under rules of before there was such a question nobody may ask it."""
    if error.code is Code.SESSION_ROLE:
        return warning(Subject.SERVICE, remedies.state(), "service.old_rules")
    return for_error(Subject.SERVICE, error, remedies)


def _stopped(opened: Opened) -> Iterator[Finding]:
    yield _service_off(opened)
    yield room(opened.folder, opened.settings)
    yield from database.examined_alone(opened)
    yield outside.office(opened)
    yield outside.card(opened)
    yield outside.reach(opened)
    yield from outside.directory_and_clock(opened.folder, opened.network)


def _service_off(opened: Opened) -> Finding:
    """Return what starts a stopped node; one that did not join would not start, so the office comes first."""
    if has_joined(opened.folder):
        return warning(Subject.SERVICE, opened.remedies.start(), "service.off")
    return warning(Subject.SERVICE, opened.remedies.state(), "service.not_joined")


def room(folder: Path, settings: Settings) -> Finding:
    """Return whether there is room: for others' questions, and kept in reserve for this body's own last entries."""
    if settings.database:
        return room_elsewhere()
    return room_found(free_bytes(folder), kept_bytes(folder), settings.disk_reserve_bytes, remedies_for(folder))


def _rules(opened: Opened) -> Iterator[Finding]:
    """The engine, and rules that somebody edited here: the node stops answering rather than use those."""
    settings = opened.settings
    yield _engine(settings, opened.remedies)
    files = edited_rules(opened.folder, with_opa=settings.engine != "embedded" and not settings.opa_address)
    if edited := rules_edited(files, opened.remedies):
        yield edited


def _engine(settings: Settings, remedies: Remedies) -> Finding:
    if settings.engine == "embedded":
        return engine_embedded()
    if settings.opa_address:
        return engine_elsewhere(settings.opa_address)
    try:
        return engine_here(find_opa(), needed=settings.engine == "opa")
    except MagliaError as error:
        return for_error(Subject.ENGINE, error, remedies)
