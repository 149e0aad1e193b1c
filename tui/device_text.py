"""Enrolled consoles in lines: lists, an invite, and what the telephone is to read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from maglia.core.folding import fold
from tui.device_model import EnrolledDevice, Invite
from tui.labels import pick
from tui.table import Cells, Table, instant_cell, make_table

_NONE = "Nessuna postazione iscritta.", "No enrolled consoles."
_LOCKED = "BLOCCATA: troppi codici sbagliati", "LOCKED: too many wrong codes"
_NEVER = "mai usata", "never used"


def device_lines(found: Sequence[EnrolledDevice], lang: str) -> list[str]:
    """Return two lines for each console: number, user and state, then its name and since when."""
    return [line for one in found for line in _lines(one, lang)] or [pick(_NONE, lang)]


def device_table(found: Sequence[EnrolledDevice], lang: str) -> Table:
    """Return the consoles, one row each."""
    locked = pick(("BLOCCATA", "LOCKED"), lang)
    rows: list[Cells] = [
        (one.id, one.user, one.name, instant_cell(one.enrolled_ms), instant_cell(one.used_ms), locked * one.locked)
        for one in found
    ]
    head = ("Numero|Utente|Nome|Iscritta il|Usata il|Stato", "Number|User|Name|Enrolled at|Used at|Status")
    return make_table(("Postazioni iscritte", "Enrolled consoles"), head, rows, lang)


def invite_lines(made: Invite, lang: str) -> list[str]:
    """Return a code, until when it holds, and what is done with it."""
    until, command = _moment(made.expires_ms, lang), f"maglia device enrol {made.code}"
    said = (
        (f"Codice per {made.user}: {made.code}", f"Code for {made.user}: {made.code}"),
        (f"Vale una volta, fino al {until}.", f"It is good once, until {until}."),
        (f"Ora, alla sua postazione: {command}", f"Now, at their console: {command}"),
    )
    return [pick(line, lang) for line in said]


def scan_lines(address: str, lang: str) -> list[str]:
    """Return what the telephone reads: an address, a key to type, and last, whole on 24 lines, a QR code."""
    secret = address.partition("secret=")[2].partition("&")[0]
    by_hand = f"Se il QR non si legge, scrivere a mano: {secret}", f"If the QR cannot be read, type: {secret}"
    scan = (
        "Inquadrare con l'applicazione dei codici del telefono; si vede solo ora.",
        "Scan it with the telephone's application for codes; it is shown only now.",
    )
    return [address, pick(by_hand, lang), pick(scan, lang), *qr_lines(address)]


def qr_lines(text: str) -> list[str]:
    """Return a QR code (ISO/IEC 18004, level L) in half blocks, dark on light where the terminal is dark."""
    import segno  # noqa: PLC0415 - only where something is scanned

    drawn = io.StringIO()
    segno.make(text, error="l", boost_error=False, micro=False).terminal(drawn, border=2, compact=True)
    return drawn.getvalue().splitlines()


def enrolled_lines(name: str, device_id: str, lang: str) -> list[str]:
    """Return what is said once the console is enrolled."""
    said = (
        f"Postazione «{name}» iscritta, numero {device_id}. D'ora in poi ogni accesso chiede la password e il codice "
        "del telefono; il prossimo codice è tra meno di 30 secondi.",
        f"Console “{name}” enrolled, number {device_id}. From now on each login asks for the password and the "
        "telephone's code; the next code is less than 30 seconds away.",
    )
    return fold([pick(said, lang)])


def revoked_lines(ended: Sequence[str], lang: str) -> list[str]:
    """Return which consoles are no longer let in."""
    return [pick((f"Postazione tolta: {one}", f"Console removed: {one}"), lang) for one in ended]


def _lines(one: EnrolledDevice, lang: str) -> list[str]:
    used = _moment(one.used_ms, lang)
    last = pick((f"usata il {used}", f"used on {used}"), lang) if one.used_ms else pick(_NEVER, lang)
    since = _moment(one.enrolled_ms, lang)
    enrolled = pick((f"iscritta il {since}", f"enrolled on {since}"), lang)
    state = pick(_LOCKED, lang) if one.locked else last
    return fold([f"{one.id}  {one.user}  {state}", f"  {one.name}, {enrolled}"])


def _moment(ms: int, lang: str) -> str:
    return datetime.fromtimestamp(ms / 1000).strftime(pick(("%d/%m/%Y alle %H:%M", "%d/%m/%Y at %H:%M"), lang))
