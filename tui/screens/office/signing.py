"""How an officer signs at the screen: the voice on the phone, what a draft changes, the passphrase; then it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from textual.screen import Screen

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from tui.budget_text import bar
from tui.lines import Line, Tone
from tui.office_changes import difference_lines, reason_lines, replaced
from tui.office_model import Change, OpenDraft, Signed
from tui.office_seat import OfficeSeat
from tui.office_text import lapsed_line, lapsing_line, signed_line
from tui.screens.dialogs import AskWords
from tui.screens.office.dialogs import CLOSE, GO_ON, AskReason, Form, Read, Unsent
from tui.text import number, sentence_of

if TYPE_CHECKING:
    from maglia.core.identity import SigningKey
    from tui.draft_check import Renewal
    from tui.signing import Reading

T = TypeVar("T")
REASON = mark("Motivo")
_TRIES = 3
_READING = mark("Lettura di ciò che è in vigore e della bozza...")
_COMPARING = mark("{bar} Si confrontano le regole: {done} casi su {total}.")
_TOLD_EVERY_S = 0.1
_SENDING = mark("Firma in corso...")
_SIGN = mark("Firma")
_REPLACES = mark("!! Cambia una procedura che è già in vigore: a sinistra della freccia com'è, a destra come sarà.")


class LeftError(Exception):
    """Whoever was asked closed the question: nothing has been done."""


@dataclass(frozen=True)
class Desk:
    """What an act needs of the screen: who is here, how to ask, how to say what is being done, what was not sent."""

    seat: OfficeSeat
    open: Callable[[Screen[str]], Awaitable[str | None]]
    say: Callable[..., None]
    unsent: Unsent

    @property
    def lang(self) -> str:
        """Return the language of the screen."""
        return self.seat.lang

    def pick(self, words: str) -> str:
        """Return words in the language of the screen."""
        return tr(words, self.lang)

    async def ask(self, title: str, lines: Sequence[str], label: str, *, secret: bool = False) -> str:
        """Return what an officer writes; raise `LeftError` for nothing."""
        given = await self.open(AskWords(title, lines, tr(label, self.lang), self.lang, secret=secret))
        if not given:
            raise LeftError
        return given

    async def reason(self, title: str, lines: Sequence[str]) -> str:
        """Return why an officer does something, written before or now; raise `LeftError` for nothing."""
        given = await self.open(AskReason(title, lines, tr(REASON, self.lang), self.lang, self.unsent))
        if not given:
            raise LeftError
        return given

    async def fill(self, form: Form[T]) -> T:
        """Return what an officer makes of a form, begun before or now; raise `LeftError` for nothing."""
        form.unsent = self.unsent
        if await self.open(form) != GO_ON or form.value is None:
            raise LeftError
        return form.value

    async def confirm(self, title: str, lines: Sequence[str], words: str) -> None:
        """Go on once an officer has read the lines and said so; raise `LeftError` otherwise."""
        answers = ((CLOSE, tr("Annulla", self.lang)), (GO_ON, tr(words, self.lang)))
        if await self.open(Read(title, lines, answers)) != GO_ON:
            raise LeftError

    async def hear(self, title: str, who: str, contact: str) -> str:
        """Return the fingerprint that somebody reads aloud, as the officer types it."""
        lines = [
            tr("Chiamare {who}: {contact}", self.lang).format(who=who, contact=contact) if contact else who,
            tr("Scrivere l'impronta che legge ad alta voce, non quella dello schermo.", self.lang),
        ]
        return await self.ask(title, lines, mark("Impronta", "short"))


async def sign(
    desk: Desk,
    title: str,
    changes: Sequence[Change],
    heard: dict[str, str] | None = None,
    renewal: Renewal | None = None,
) -> Sequence[Line]:
    """Have changes drafted, show exactly what the draft does, ask for the passphrase, sign; return how it ended.

    Raises `LeftError`, and what `read_wanted`, `open_officer_key` and the registry raise.
    """
    from tui.draft_check import NOTHING_NEW  # noqa: PLC0415 - cryptography is loaded after the first paint
    from tui.signing import Wanted, read_wanted, sign_reading  # noqa: PLC0415 - likewise

    door, profile = desk.seat.door, desk.seat.profile
    desk.say(_READING)
    reading = await read_wanted(door, Wanted(changes, heard or {}, renewal or NOTHING_NEW), profile)
    lines = await asyncio.to_thread(difference_lines, reading, desk.lang, _told(desk))
    lines += reason_lines(changes, desk.lang)
    if replaced(changes, reading):
        lines = [tr(_REPLACES, desk.lang), *lines]
    if reading.others:
        lines.append(lapsing_line(reading.others, desk.lang))
    await desk.confirm(title, lines, _SIGN)
    key = await _key(desk, title, reading)
    desk.say(_SENDING)
    return _ended(await sign_reading(door, key, reading, profile), reading.others, desk.lang)


def _told(desk: Desk) -> Callable[[int, int], None]:
    """Return what says how many cases of new rules were compared, not more often than anybody can read."""
    said_at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal said_at
        if monotonic() - said_at >= _TOLD_EVERY_S:
            said_at = monotonic()
            at = {"done": number(done, desk.lang), "total": number(total, desk.lang)}
            desk.say(_COMPARING, bar=bar(done, total), **at)

    return tell


async def _key(desk: Desk, title: str, reading: Reading) -> SigningKey:
    """Return the officer's own key, its passphrase asked for each time; a wrong one is asked for again."""
    from tui.officer_key import key_file_of, open_officer_key  # noqa: PLC0415 - cryptography, likewise

    key_file_of(desk.seat.profile)
    said = tr("Frase segreta della chiave di {user}, per questa firma.", desk.lang).format(user=desk.seat.user)
    number = tr("Bozza {draft}", desk.lang).format(draft=reading.draft.draft)
    lines = [said, number]
    for left in range(_TRIES - 1, -1, -1):
        passphrase = await desk.ask(title, lines, mark("Frase"), secret=True)
        try:
            return await asyncio.to_thread(open_officer_key, desk.seat.profile, passphrase)
        except MagliaError as error:
            if error.code is not Code.STORAGE_KEYSTORE or not left:
                raise
            why = sentence_of(error, desk.lang, at_office=True)
            lines = [f"!! {why.message} {why.next_action}", said, number]
    raise LeftError


def _ended(signed: Signed, others: Sequence[OpenDraft], lang: str) -> Sequence[Line]:
    if signed.published:
        lapsed = [Line("!!", lapsed_line(others, lang), Tone.FOUND)] if others else []
        return [Line("  ", signed_line(signed, lang), Tone.NOTE), *lapsed]
    words = tr("La firma l'altro funzionario, dalla sua postazione.", lang)
    return [
        Line("!!", signed_line(signed, lang), Tone.FOUND),
        Line("  ", words, Tone.NOTE),
    ]
