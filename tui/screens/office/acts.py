"""What an officer does at the screen: with a body, alone or as one of two."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from maglia.core.translation import mark, tr
from tui.handout import hand_out_table
from tui.history_text import history_lines, history_table
from tui.labels import STATES, label
from tui.lines import Line, Tone
from tui.office_body import is_own
from tui.office_model import Change, MemberDetail, MemberRow, OpenDraft
from tui.office_text import member_lines
from tui.screens.office.dialogs import CLOSE, GO_ON, Aloud, Read
from tui.screens.office.forms import change_form
from tui.screens.office.signing import REASON, Desk, sign
from tui.screens.office.words import OWN
from tui.text import plain

_WHY = mark("Il motivo resta nel registro firmato.")
_OTHER_RULES = mark(
    "La bozza porta altre regole di quelle scritte: non è stata firmata. Chiedere la revisione a chi le ha preparate."
)
_NO_DRAFT = mark("La bozza non c'è più: è stato pubblicato altro. Guardare la riga aggiornata e ripetere.")


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


def told(desk: Desk, words: str, **values: object) -> Sequence[Line]:
    """Return one calm line on how an act ended: a marked text, with its values."""
    return [Line("  ", tr(words, desk.lang).format(**values), Tone.NOTE)]


async def approve(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the directory that admits a body, once its referent has read its fingerprint."""
    title = tr("AMMISSIONE: {name}", desk.lang).format(name=subject.name)
    heard = await _heard(desk, title, subject.key, subject.detail)
    return await sign(desk, title, [Change("approve", subject.key)], {subject.key: heard})


async def _heard(desk: Desk, title: str, member: str, detail: MemberDetail | None) -> str:
    detail = detail or await desk.seat.door.member(member)
    return await desk.hear(title, plain(detail.applied.referent), plain(detail.applied.contact))


async def go_on(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the open draft that names the body."""
    if subject.row is not None and is_own(subject.row, desk.seat.user):
        return [Line("!!", tr(OWN, desk.lang), Tone.FOUND)]
    for draft in subject.drafts or await desk.seat.door.drafts():
        if any(change.member == subject.key for change in draft.changes):
            return await sign_open(desk, draft)
    return [Line("??", tr(_NO_DRAFT, desk.lang), Tone.PARTIAL)]


async def sign_open(desk: Desk, draft: OpenDraft) -> Sequence[Line]:
    """Sign a draft that another officer has signed, after hearing whoever enters by it."""
    from tui.appointing import check_people  # noqa: PLC0415 - cryptography is loaded after the first paint
    from tui.draft_check import Renewal  # noqa: PLC0415 - likewise

    title = tr("SECONDA FIRMA", desk.lang)
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
        return [Line("!!", tr(_OTHER_RULES, desk.lang), Tone.FOUND)]
    return await sign(desk, title, draft.changes, heard, Renewal(policies=revision))


async def ask_revision(desk: Desk, title: str) -> str:
    """Return the revision of new rules, as the officer has it from those who made them."""
    said = tr("Revisione delle regole che attendono, 12 cifre: la dà chi le ha preparate.", desk.lang)
    return (await desk.ask(title, [said], mark("Revisione"))).strip().lower()


async def give_back(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Give an application back to its body, which reads the reason."""
    title = tr("DOCUMENTI MANCANTI: {name}", desk.lang).format(name=subject.name)
    reads = tr("L'ente legge il motivo e ripresenta la domanda.", desk.lang)
    reason = await desk.reason(title, [reads])
    state = await desk.seat.door.give_back(subject.key, reason)
    words = label(STATES, state, desk.lang)
    return [Line("  ", f"{subject.name}: {words}. {reason}", Tone.NOTE)]


async def discard(desk: Desk, subject: Subject) -> Sequence[Line]:
    """End a waiting application."""
    title = tr("SCARTA LA DOMANDA: {name}", desk.lang).format(name=subject.name)
    reason = await desk.reason(title, [tr(_WHY, desk.lang)])
    lines = [
        tr("La domanda è scartata: nome, chiave e codice fiscale tornano liberi. Non si torna indietro.", desk.lang),
        f"{tr(REASON, desk.lang)}: {reason}",
    ]
    await desk.confirm(title, lines, mark("Scarta"))
    await desk.seat.door.discard(subject.key, reason)
    return told(desk, mark("Scartata: {name}. {reason}"), name=subject.name, reason=reason)


async def token(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Issue a body's one-time token, and show it once."""
    title = tr("CODICE DI ATTIVAZIONE: {name}", desk.lang).format(name=subject.name)
    asked = tr(
        "Si legge a voce al referente, che lo scrive con «maglia-node join». Vale una volta "
        "sola, per 24 ore; un codice emesso prima non vale più. Qui si vede una volta sola.",
        desk.lang,
    )
    await desk.confirm(title, [asked], mark("Emetti"))
    code, expires_at = await desk.seat.door.token(subject.key)
    until = f"{datetime.fromtimestamp(expires_at, UTC).astimezone():%d/%m/%Y %H:%M}"
    lines = [tr("Leggerlo ad alta voce, a gruppi di quattro. Vale fino al {until}.", desk.lang).format(until=until)]
    close = tr("Il referente lo ha scritto: chiudi", desk.lang)
    await desk.open(Aloud(title, lines, code, close))
    return told(desk, mark("Codice emesso: vale fino al {until}. Se è perso, F2 ne emette un altro."), until=until)


async def suspend(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Stop a body at once: one officer is enough."""
    title = tr("SOSPENDI SUBITO: {name}", desk.lang).format(name=subject.name)
    reason = await desk.reason(title, [tr(_WHY, desk.lang)])
    lines = [
        tr(
            "Da subito i nodi collegati non rispondono più a {name}, né le chiedono: "
            "gli altri al più tardi quando scade l'elenco. Per riammettere servono due firme.",
            desk.lang,
        ).format(name=subject.name),
        f"{tr(REASON, desk.lang)}: {reason}",
    ]
    await desk.confirm(title, lines, mark("SOSPENDI"))
    await desk.seat.door.suspend(subject.key, reason)
    return told(desk, mark("Sospeso: {name}. Motivo: {reason}"), name=subject.name, reason=reason)


async def reinstate(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the reinstatement of a suspended body."""
    title = tr("RIAMMISSIONE: {name}", desk.lang).format(name=subject.name)
    reason = await desk.reason(title, [tr(_WHY, desk.lang)])
    return await sign(desk, title, [Change("reinstate", subject.key, reason)])


async def revoke(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the end of a body's membership."""
    title = tr("REVOCA: {name}", desk.lang).format(name=subject.name)
    said = tr("La prima firma lo sospende subito; la seconda lo toglie dall'elenco.", desk.lang)
    reason = await desk.reason(title, [said, tr(_WHY, desk.lang)])
    return await sign(desk, title, [Change("revoke", subject.key, reason)])


async def change(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign a new act, other aid or other purposes."""
    detail = subject.detail or await desk.seat.door.member(subject.key)
    wanted = await desk.fill(change_form(detail, desk.lang))
    title = tr("MODIFICA: {name}", desk.lang).format(name=subject.name)
    return await sign(desk, title, [wanted])


async def sheet(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Show everything known of a body."""
    detail = await desk.seat.door.member(subject.key)
    title = tr("SCHEDA: {name}", desk.lang).format(name=subject.name)
    await desk.open(Read(title, member_lines(detail, desk.lang), ((CLOSE, tr("Chiudi", desk.lang)),)))
    return ()


async def history(desk: Desk, subject: Subject, *, logins: bool = False) -> Sequence[Line]:
    """Show what the office did for a body, or for none, or refused logins, as it stands in the signed log."""
    from tui.office_history import read_history  # noqa: PLC0415 - cryptography is loaded after the first paint

    desk.say(mark("Lettura e verifica del registro..."))
    found = await read_history(desk.seat.door, desk.seat.profile, subject.key, logins=logins)
    whose = subject.name or tr("ACCESSI RIFIUTATI" if logins else "UFFICIO", desk.lang)
    title = tr("STORIA: {whose}", desk.lang).format(whose=whose)
    answers = ((CLOSE, tr("Chiudi", desk.lang)), (GO_ON, tr("Scrivi un file .xlsx", desk.lang)))
    if await desk.open(Read(title, history_lines(found, desk.lang), answers)) != GO_ON:
        return ()
    folder = desk.seat.profile.settings.folder
    path = await asyncio.to_thread(hand_out_table, history_table(found, desk.lang), folder, ".xlsx")
    return told(desk, mark("Scritto: {file}"), file=path.name)


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
