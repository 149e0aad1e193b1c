"""What is done on PERSONA to what the person said, and to what is owed: consents, refusals, needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from maglia.core.translation import tr
from tui import doors
from tui.consent_model import ConsentFile
from tui.consent_text import recorded_line
from tui.labels import PURPOSES, label
from tui.lines import Line
from tui.model import Consent, Recorded
from tui.needs_model import FiledNeed, NewNeed
from tui.needs_text import filed_sentences
from tui.screens.dialogs import Ask
from tui.screens.person.desk import PersonDesk, said
from tui.screens.person.forms import consent_form, need_form
from tui.screens.person.words import said_of
from tui.session import notice_at

if TYPE_CHECKING:
    from tui.client import NodeDoor


def consent(desk: PersonDesk) -> None:
    """Record a consent, once the notice has been read."""
    notice = notice_at(desk.seat.profile)
    form = consent_form(desk.on_file.code, notice, desk.again("consent"), desk.lang)
    desk.open("consent", form, partial(_consent, desk))


def _consent(desk: PersonDesk, given: Consent) -> None:
    def told(recorded: Recorded) -> list[Line]:
        return said(recorded_line(given.purposes, recorded, desk.lang))

    desk.send("consent", lambda: desk.seat.door.add_consent(given), told, "consents", "who")


def withdraw(desk: PersonDesk) -> None:
    """Withdraw a consent: of one purpose, or of all."""
    consents = desk.on_file.consents
    left = dict.fromkeys(code for one in consents.consents for code in one.in_force) if consents else {}
    answers = [("no", tr("No, torna", desk.lang)), ("all", tr("Ritira tutto", desk.lang))]
    if len(left) > 1:
        only = tr("Solo", desk.lang)
        answers += [(code, f"{only} {label(PURPOSES, code, desk.lang)}") for code in left]
    lines = [
        tr(
            "Dalla prossima domanda gli aiuti dati su consenso non si mostrano più; gli invii aperti si ritirano.",
            desk.lang,
        ),
        tr("Poi si dice quali enti sono da avvisare.", desk.lang),
    ]

    def answered(answer: str | None) -> None:
        if answer not in (None, "no"):
            purpose = "" if answer == "all" else str(answer)
            _say(desk, lambda door, code: door.withdraw_consent(code, purpose), tr("Consenso ritirato.", desk.lang))

    desk.app.push_screen(Ask(tr("RITIRARE IL CONSENSO?", desk.lang), lines, answers), answered)


def refuse(desk: PersonDesk) -> None:
    """Record that the person refuses: no question to the network, and help all the same."""
    lines = [
        tr("Nessuna domanda alla rete su questa persona; un consenso già dato si intende ritirato.", desk.lang),
        tr("L'aiuto si può dare lo stesso, e resta in questo ente.", desk.lang),
    ]
    done = tr("Rifiuto registrato: l'aiuto si può dare lo stesso.", desk.lang)
    title, yes = tr("LA PERSONA RIFIUTA?", desk.lang), tr("Registra", desk.lang)
    desk.ask(title, lines, yes, lambda: _say(desk, lambda door, code: door.refuse_consent(code), done))


def object_to(desk: PersonDesk) -> None:
    """Record that the person objects to the public task."""
    lines = [tr("Gli aiuti di questo ente restano agli atti, e dicono che la persona si oppone.", desk.lang)]
    done = tr("Opposizione registrata.", desk.lang)
    title, yes = tr("LA PERSONA SI OPPONE?", desk.lang), tr("Registra", desk.lang)
    desk.ask(title, lines, yes, lambda: _say(desk, lambda door, code: door.add_objection(code), done))


def told(desk: PersonDesk) -> None:
    """Mark that the body that the cursor is on was told."""
    member = desk.pointed.removeprefix("t")
    done = tr("Segnato: {member} è stato avvisato.", desk.lang).format(member=member)
    _say(desk, lambda door, code: door.mark_told(code, member), done)


def _say(desk: PersonDesk, job: Callable[[NodeDoor, str], Awaitable[ConsentFile]], done: str) -> None:
    code = desk.on_file.code

    def lines(found: ConsentFile) -> list[Line]:
        desk.on_file.take("consents", found)
        return [*said(done), *said_of(desk.on_file, desk.lang)]

    desk.send("say", lambda: job(desk.seat.door, code), lines, "consents", "who", "records")


def open_need(desk: PersonDesk) -> None:
    """Open a need."""
    form = need_form(desk.on_file.code, desk.again("open_need"), desk.lang)
    desk.open("open_need", form, partial(_open, desk))


def _open(desk: PersonDesk, new: NewNeed) -> None:
    done = tr("Bisogno registrato.", desk.lang)
    desk.send("open_need", lambda: desk.seat.at(doors.needs).open_need(new), partial(_need_lines, desk, done), "needs")


def close_need(desk: PersonDesk) -> None:
    """Close the need that the cursor is on."""
    name = desk.pointed
    found = [one for one in desk.on_file.needs or () if one.name == name]
    lines = [
        *filed_sentences(found[0], desk.lang)[:1],
        tr("Nessuno ne chiede più.", desk.lang),
    ]
    done = tr("Bisogno chiuso.", desk.lang)

    def act() -> None:
        desk.send(
            "close_need", lambda: desk.seat.at(doors.needs).close_need(name), partial(_need_lines, desk, done), "needs"
        )

    desk.ask(tr("CHIUDERE IL BISOGNO?", desk.lang), lines, tr("Chiudi", desk.lang), act)


def _need_lines(desk: PersonDesk, done: str, filed: FiledNeed) -> list[Line]:
    return said(done, filed_sentences(filed, desk.lang)[0])
