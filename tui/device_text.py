"""Enrolled consoles in lines: lists, an invite, and what the telephone is to read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from maglia.core.folding import fold
from maglia.core.translation import mark, tr
from tui.device_model import EnrolledDevice, Invite
from tui.table import Cells, Table, instant_cell, make_table

_NONE = mark("Nessuna postazione iscritta.")
_LOCKED = mark("BLOCCATA: troppi codici sbagliati")
_NEVER = mark("mai usata")


def device_lines(found: Sequence[EnrolledDevice], lang: str) -> list[str]:
    """Return two lines for each console: number, user and state, then its name and since when."""
    return [line for one in found for line in _lines(one, lang)] or [tr(_NONE, lang)]


def device_table(found: Sequence[EnrolledDevice], lang: str) -> Table:
    """Return the consoles, one row each."""
    locked = tr("BLOCCATA", lang)
    rows: list[Cells] = [
        (one.id, one.user, one.name, instant_cell(one.enrolled_ms), instant_cell(one.used_ms), locked * one.locked)
        for one in found
    ]
    head = mark("Numero|Utente|Nome|Iscritta il|Usata il|Stato")
    return make_table(mark("Postazioni iscritte"), head, rows, lang)


def invite_lines(made: Invite, lang: str) -> list[str]:
    """Return a code, until when it holds, and what is done with it."""
    until, command = _moment(made.expires_ms, lang), f"maglia device enrol {made.code}"
    return [
        tr("Codice per {user}: {code}", lang).format(user=made.user, code=made.code),
        tr("Vale una volta, fino al {until}.", lang).format(until=until),
        tr("Ora, alla sua postazione: {command}", lang).format(command=command),
    ]


def scan_lines(address: str, lang: str) -> list[str]:
    """Return what the telephone reads: an address, a key to type, and last, whole on 24 lines, a QR code."""
    secret = address.partition("secret=")[2].partition("&")[0]
    by_hand = tr("Se il QR non si legge, scrivere a mano: {secret}", lang).format(secret=secret)
    scan = tr("Inquadrare con l'applicazione dei codici del telefono; si vede solo ora.", lang)
    return [address, by_hand, scan, *qr_lines(address)]


def qr_lines(text: str) -> list[str]:
    """Return a QR code (ISO/IEC 18004, level L) in half blocks, dark on light where the terminal is dark."""
    import segno  # noqa: PLC0415 - only where something is scanned

    drawn = io.StringIO()
    segno.make(text, error="l", boost_error=False, micro=False).terminal(drawn, border=2, compact=True)
    return drawn.getvalue().splitlines()


def enrolled_lines(name: str, device_id: str, lang: str) -> list[str]:
    """Return what is said once the console is enrolled."""
    said = tr(
        "Postazione «{name}» iscritta, numero {device_id}. D'ora in poi ogni accesso chiede la password e il codice "
        "del telefono; il prossimo codice è tra meno di 30 secondi.",
        lang,
    )
    return fold([said.format(name=name, device_id=device_id)])


def revoked_lines(ended: Sequence[str], lang: str) -> list[str]:
    """Return which consoles are no longer let in."""
    return [tr("Postazione tolta: {one}", lang).format(one=one) for one in ended]


def _lines(one: EnrolledDevice, lang: str) -> list[str]:
    used = _moment(one.used_ms, lang)
    last = tr("usata il {used}", lang).format(used=used) if one.used_ms else tr(_NEVER, lang)
    since = _moment(one.enrolled_ms, lang)
    enrolled = tr("iscritta il {since}", lang).format(since=since)
    state = tr(_LOCKED, lang) if one.locked else last
    return fold([f"{one.id}  {one.user}  {state}", f"  {one.name}, {enrolled}"])


def _moment(ms: int, lang: str) -> str:
    return datetime.fromtimestamp(ms / 1000).strftime(tr("%d/%m/%Y alle %H:%M", lang))
