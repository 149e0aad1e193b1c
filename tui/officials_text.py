"""Auditors and the network's data-protection officer, as the office's lists show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from maglia.core.translation import mark
from tui.labels import OFFICES, Labels, label
from tui.office_rows import named as in_columns
from tui.office_text import EXPIRING_DAYS
from tui.table import Cells, Table, day_cell, make_table

if TYPE_CHECKING:
    from maglia.core.directory import Official
    from tui.draft_check import InForce

STATES: Labels = {
    "in_office": mark("IN CARICA"),
    "expiring": mark("IN SCADENZA"),
    "ended": mark("ATTO SCADUTO"),
    "stopped": mark("FERMATO"),
}


def in_directory(found: InForce) -> list[Official]:
    """Return the people of the directory that two officers signed, by their short names."""
    return [one for _, one in sorted(found.directory.officials.items())] if found.directory else []


def state_of(person: Official, found: InForce) -> str:
    """Return in_office, expiring, ended or stopped, by this machine's clock; nodes and registry decide by their own."""
    if person.id in found.suspensions:
        return "stopped"
    today = datetime.now(UTC).date()
    if not person.is_appointed(today):
        return "ended"
    return "in_office" if person.is_appointed(today + timedelta(days=EXPIRING_DAYS)) else "expiring"


def official_lines(person: Official, found: InForce, lang: str) -> list[str]:
    """Return one person: short name and state, then what two officers signed."""
    from tui.draft_text import official_parts  # noqa: PLC0415 - cryptography is loaded when it is needed

    head = in_columns(person.id, label(STATES, state_of(person, found), lang))
    return [head, *(f"  {name}: {text}" for name, text in official_parts(person, lang).items())]


def official_table(people: Sequence[Official], found: InForce, lang: str) -> Table:
    """Return the people, one row each, with their keys' fingerprints."""
    from maglia.core.official import official_fingerprint  # noqa: PLC0415 - likewise

    rows: list[Cells] = [
        (
            one.id,
            one.name,
            label(OFFICES, one.role, lang),
            label(STATES, state_of(one, found), lang),
            one.act_protocol,
            day_cell(one.act_expiry),
            official_fingerprint(one.identity_key, one.certificate),
        )
        for one in people
    ]
    head = mark("Nome breve|Nome|Incarico|Stato|Protocollo dell'atto|Fino al|Impronta")
    return make_table(mark("Revisori e responsabile"), head, rows, lang)
