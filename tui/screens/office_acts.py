"""What an officer does at the screen: with a body, alone or as one of two."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tui.handout import hand_out_table
from tui.history_text import history_lines, history_table
from tui.labels import STATES, label
from tui.lines import Line, Tone
from tui.office_body import is_own
from tui.office_model import Change, MemberDetail, MemberRow, OpenDraft
from tui.office_text import member_lines
from tui.screens.office_dialogs import CLOSE, GO_ON, Aloud, Read
from tui.screens.office_forms import change_form
from tui.screens.office_signing import Desk, LeftError, Words, sign
from tui.text import plain
from tui.words import say

REASON = ("Motivo", "Reason")
_WHY = ("Il motivo resta nel registro firmato.", "The reason stays in the signed log.")
_OWN = (
    "Serve una seconda firma: la sua c'è già, firma l'altro funzionario.",
    "A second signature is needed: yours is there, the other officer signs.",
)
_OTHER_RULES = (
    "La bozza porta altre regole di quelle scritte: non è stata firmata. Chiedere la revisione a chi le ha preparate.",
    "The draft carries other rules than those you typed: not signed. Ask whoever prepared them for the revision.",
)
_NO_DRAFT = (
    "La bozza non c'è più: è stato pubblicato altro. Guardare la riga aggiornata e ripetere.",
    "The draft is gone: something else was published. Look at the row as it is now, and repeat.",
)


@dataclass(frozen=True)
class Subject:
    """What an act is about: the row under the cursor, as much of it as the screen knows."""

    key: str
    row: MemberRow | None = None
    detail: MemberDetail | None = None
    drafts: Sequence[OpenDraft] = field(default=())

    @property
    def name(self) -> str:
        """Return what people call it."""
        return (self.row.name if self.row else "") or self.key


Doing = Callable[[Desk, Subject], Awaitable[Sequence[Line]]]


def told(desk: Desk, words: Words) -> Sequence[Line]:
    """Return one calm line on how an act ended."""
    return [Line("  ", desk.pick(words), Tone.NOTE)]


async def approve(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the directory that admits a body, once its referent has read its fingerprint."""
    title = desk.pick((f"AMMISSIONE: {subject.name}", f"ADMISSION: {subject.name}"))
    heard = await _heard(desk, title, subject.key, subject.detail)
    return await sign(desk, title, [Change("approve", subject.key)], {subject.key: heard})


async def _heard(desk: Desk, title: str, member: str, detail: MemberDetail | None) -> str:
    detail = detail or await desk.seat.door.member(member)
    return await desk.hear(title, plain(detail.applied.referent), plain(detail.applied.contact))


async def go_on(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the open draft that names the body."""
    if subject.row is not None and is_own(subject.row, desk.seat.user):
        return [Line("!!", desk.pick(_OWN), Tone.FOUND)]
    for draft in subject.drafts or await desk.seat.door.drafts():
        if any(change.member == subject.key for change in draft.changes):
            return await sign_open(desk, draft)
    return [Line("??", desk.pick(_NO_DRAFT), Tone.PARTIAL)]


async def sign_open(desk: Desk, draft: OpenDraft) -> Sequence[Line]:
    """Sign a draft that another officer has signed, after hearing whoever enters by it."""
    from tui.appointing import check_people  # noqa: PLC0415 - cryptography is loaded after the first paint
    from tui.draft_check import Renewal  # noqa: PLC0415 - likewise

    title = desk.pick(("SECONDA FIRMA", "SECOND SIGNATURE"))
    heard: dict[str, str] = {}
    for change in draft.changes:
        if change.act == "approve":
            heard[change.member] = await _heard(desk, f"{title}: {plain(change.member)}", change.member, None)
        elif change.official is not None:
            person = change.official
            heard[person.id] = await desk.hear(f"{title}: {plain(person.id)}", plain(person.name), "")
    check_people(draft.changes, heard)
    revision = "".join(change.policies for change in draft.changes)
    if revision and await ask_revision(desk, title) != revision:
        return [Line("!!", desk.pick(_OTHER_RULES), Tone.FOUND)]
    return await sign(desk, title, draft.changes, heard, Renewal(policies=revision))


async def ask_revision(desk: Desk, title: str) -> str:
    """Return the revision of new rules, as the officer has it from those who made them."""
    said = ("Revisione delle regole che attendono, 12 cifre: la dà chi le ha preparate.",
            "Revision of the rules that wait, 12 digits: from whoever prepared them.")  # fmt: skip
    return (await desk.ask(title, [desk.pick(said)], ("Revisione", "Revision"))).strip().lower()


async def give_back(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Give an application back to its body, which reads the reason."""
    title = desk.pick((f"DOCUMENTI MANCANTI: {subject.name}", f"DOCUMENTS MISSING: {subject.name}"))
    reads = desk.pick(
        ("L'ente legge il motivo e ripresenta la domanda.", "The body reads the reason and applies anew.")
    )
    reason = await desk.ask(title, [reads], REASON)
    state = await desk.seat.door.give_back(subject.key, reason)
    words = label(STATES, state, desk.lang)
    return told(desk, (f"{subject.name}: {words}. {reason}", f"{subject.name}: {words}. {reason}"))


async def discard(desk: Desk, subject: Subject) -> Sequence[Line]:
    """End a waiting application."""
    title = desk.pick((f"SCARTA LA DOMANDA: {subject.name}", f"DISCARD: {subject.name}"))
    reason = await desk.ask(title, [desk.pick(_WHY)], REASON)
    lines = [
        desk.pick(
            (
                "La domanda è scartata: nome, chiave e codice fiscale tornano liberi. Non si torna indietro.",
                "The application ends: name, key and tax code are free again. There is no way back.",
            )
        ),
        f"{desk.pick(REASON)}: {reason}",
    ]
    await desk.confirm(title, lines, ("Scarta", "Discard"))
    await desk.seat.door.discard(subject.key, reason)
    return told(desk, (f"Scartata: {subject.name}. {reason}", f"Discarded: {subject.name}. {reason}"))


async def token(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Issue a body's one-time token, and show it once."""
    title = desk.pick((f"CODICE DI ATTIVAZIONE: {subject.name}", f"ACTIVATION CODE: {subject.name}"))
    asked = desk.pick(
        (
            "Si legge a voce al referente, che lo scrive con «maglia-node join». Vale una volta "
            "sola, per 24 ore; un codice emesso prima non vale più. Qui si vede una volta sola.",
            "It is read aloud to the referent, who types it with “maglia-node join”. It is valid "
            "once, for 24 hours; one issued before is void. It is shown here only once.",
        )
    )
    await desk.confirm(title, [asked], ("Emetti", "Issue"))
    code, expires_at = await desk.seat.door.token(subject.key)
    until = f"{datetime.fromtimestamp(expires_at, UTC).astimezone():%d/%m/%Y %H:%M}"
    lines = [
        desk.pick(
            (
                f"Leggerlo ad alta voce, a gruppi di quattro. Vale fino al {until}.",
                f"Read it aloud, in groups of four. Valid until {until}.",
            )
        )
    ]
    close = desk.pick(("Il referente lo ha scritto: chiudi", "The referent has typed it: close"))
    await desk.open(Aloud(title, lines, code, close))
    said = (f"Codice emesso: vale fino al {until}. Se è perso, F2 ne emette un altro.",
            f"Code issued: valid until {until}. If it is lost, F2 issues another.")  # fmt: skip
    return told(desk, said)


async def suspend(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Stop a body at once: one officer is enough."""
    title = desk.pick((f"SOSPENDI SUBITO: {subject.name}", f"SUSPEND AT ONCE: {subject.name}"))
    reason = await desk.ask(title, [desk.pick(_WHY)], REASON)
    lines = [
        desk.pick(
            (
                f"Da subito i nodi collegati non rispondono più a {subject.name}, né le chiedono: "
                "gli altri al più tardi quando scade l'elenco. Per riammettere servono due firme.",
                f"From now on connected nodes no longer answer {subject.name}, nor ask it: the others at the latest "
                "when the directory expires. To reinstate it, two signatures are needed.",
            )
        ),
        f"{desk.pick(REASON)}: {reason}",
    ]
    await desk.confirm(title, lines, ("SOSPENDI", "SUSPEND"))
    await desk.seat.door.suspend(subject.key, reason)
    return told(desk, (f"Sospeso: {subject.name}. {reason}", f"Suspended: {subject.name}. {reason}"))


async def reinstate(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the reinstatement of a suspended body."""
    title = desk.pick((f"RIAMMISSIONE: {subject.name}", f"REINSTATEMENT: {subject.name}"))
    reason = await desk.ask(title, [desk.pick(_WHY)], REASON)
    return await sign(desk, title, [Change("reinstate", subject.key, reason)])


async def revoke(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the end of a body's membership."""
    title = desk.pick((f"REVOCA: {subject.name}", f"REVOCATION: {subject.name}"))
    said = desk.pick(
        (
            "La prima firma lo sospende subito; la seconda lo toglie dall'elenco.",
            "The first signature suspends it at once; the second takes it out of the directory.",
        )
    )
    reason = await desk.ask(title, [said, desk.pick(_WHY)], REASON)
    return await sign(desk, title, [Change("revoke", subject.key, reason)])


async def change(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign a new act, other aid or other purposes."""
    detail = subject.detail or await desk.seat.door.member(subject.key)
    form = change_form(detail, desk.lang)
    if await desk.open(form) != GO_ON or form.value is None:
        raise LeftError
    title = desk.pick((f"MODIFICA: {subject.name}", f"CHANGE: {subject.name}"))
    return await sign(desk, title, [form.value])


async def sheet(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Show everything known of a body."""
    detail = await desk.seat.door.member(subject.key)
    title = desk.pick((f"SCHEDA: {subject.name}", f"SHEET: {subject.name}"))
    await desk.open(Read(title, member_lines(detail, desk.lang), ((CLOSE, say("close", desk.lang)),)))
    return ()


async def history(desk: Desk, subject: Subject, *, logins: bool = False) -> Sequence[Line]:
    """Show what the office did for a body, or for none, or refused logins, as it stands in the signed log."""
    from tui.office_history import read_history  # noqa: PLC0415 - cryptography is loaded after the first paint

    desk.say(("Lettura e verifica del registro...", "Reading and verifying the log..."))
    found = await read_history(desk.seat.door, desk.seat.profile, subject.key, logins=logins)
    whose = subject.name or desk.pick(("ACCESSI RIFIUTATI", "REFUSED LOGINS") if logins else ("UFFICIO", "OFFICE"))
    title = desk.pick((f"STORIA: {whose}", f"HISTORY: {whose}"))
    answers = ((CLOSE, say("close", desk.lang)), (GO_ON, desk.pick(("Scrivi un file .xlsx", "Write an .xlsx file"))))
    if await desk.open(Read(title, history_lines(found, desk.lang), answers)) != GO_ON:
        return ()
    folder = desk.seat.profile.settings.folder
    path = await asyncio.to_thread(hand_out_table, history_table(found, desk.lang), folder, ".xlsx")
    return told(desk, (f"Scritto: {path.name}", f"Written: {path.name}"))


ACTS: Mapping[str, Doing] = {
    "approve": approve,
    "go_on": go_on,
    "missing": give_back,
    "discard": discard,
    "token": token,
    "suspend": suspend,
    "stop": suspend,
    "reinstate": reinstate,
    "revoke": revoke,
    "change": change,
    "sheet": sheet,
    "history": history,
}
