"""What is done on PERSONA to aid, notes, the household and the person's codes."""

from __future__ import annotations

from functools import partial

from maglia.core.translation import mark, tr
from tui import doors
from tui.lines import Line, Tone
from tui.person_text import LINK_WARNING, linked_lines, side_lines, unlinked_lines
from tui.persons_model import FormerCode, Household, LinkPreview, PersonCode, Place
from tui.records_model import Correction, FiledAid
from tui.records_text import in_short, undone_lines
from tui.screens.person.aid_form import correction_form
from tui.screens.person.deeds import pointed_aid
from tui.screens.person.desk import PersonDesk, now_ms, said
from tui.screens.person.forms import Joining, code_form, leave_lines, member_form, note_form
from tui.screens.person.rows import can_undo
from tui.text import short_number, show_time

UNDO_LINK_MS = 600_000
"""Milliseconds for which a change of code may be taken back."""


def correct(desk: PersonDesk) -> None:
    """Correct the aid that the cursor is on."""
    one = pointed_aid(desk.on_file, desk.pointed)
    if one is not None:
        deed = f"correct {one.id}"
        form = correction_form(one, desk.again(deed), desk.lang)
        desk.open(deed, form, partial(_correct, desk, deed, one))


def _correct(desk: PersonDesk, deed: str, one: FiledAid, correction: Correction) -> None:
    def told(new: FiledAid) -> list[Line]:
        until = show_time(new.undo_until_ms)
        done = tr("Corretto, vale da ora", desk.lang)
        undo = tr("Si annulla con F9 fino alle {until}.", desk.lang).format(until=until)
        return said(f"{done}: {short_number(new.id)}  {in_short(new, desk.lang)}.", undo)

    desk.send(deed, lambda: desk.seat.at(doors.records).correct_aid(one.id, correction), told, "records", "needs")


def undo_aid(desk: PersonDesk) -> bool:
    """Take back the version that the cursor is on; return whether it can be."""
    one = pointed_aid(desk.on_file, desk.pointed)
    if one is None or not can_undo(one, now_ms()) or not desk.seat.may("RecordsService/UndoAid"):
        return False

    def told(again: FiledAid | None) -> list[Line]:
        return said(*(line.strip() for line in undone_lines(again, now_ms(), desk.lang)))

    def act() -> None:
        desk.send("undo", lambda: desk.seat.at(doors.records).undo_aid(one.id), told, "records", "who", "needs")

    back = mark("Torna valida la versione di prima.")
    gone = mark("Esce dagli atti: nessuno lo vede più.")
    lines = [f"{short_number(one.id)}  {in_short(one, desk.lang)}", tr(back if one.replaces else gone, desk.lang)]
    desk.ask(tr("ANNULLARE?", desk.lang), lines, tr("Sì, annulla", desk.lang), act)
    return True


def note(desk: PersonDesk) -> None:
    """Add a private note."""

    def add(text: str) -> None:
        code = desk.on_file.code
        done = said(tr("Nota registrata: resta in questo ente.", desk.lang))
        desk.send(
            "note", lambda: desk.seat.at(doors.records).add_note(code, text), lambda _count: done, "records", "who"
        )

    desk.open("note", note_form(desk.again("note"), desk.lang), add)


def add_person(desk: PersonDesk) -> None:
    """Add somebody to the household, or make one of the person and them."""

    def add(one: Joining) -> None:
        there = _places(desk)
        kept = [(each.identifier, each.age) for each in there if each.identifier != one.code]
        if not there:
            kept = [(desk.on_file.who.code.identifier if desk.on_file.who else desk.on_file.code, "adult")]
        _set_household(desk, "add_person", [*kept, (one.code, one.age)], one.since)

    desk.open("add_person", member_form(desk.again("add_person"), desk.lang), add)


def turn_age(desk: PersonDesk) -> None:
    """Make an adult of a minor, or the other way about."""
    at, there = _pointed_place(desk), _places(desk)
    if at is not None:
        turned = "adult" if at.age == "minor" else "minor"
        ages = [(one.identifier, turned if one is at else one.age) for one in there]
        _set_household(desk, "turn_age", ages, "")


def leave(desk: PersonDesk) -> None:
    """Put on file that somebody left the household."""
    if (at := _pointed_place(desk)) is not None:
        act = partial(_leave, desk, at.identifier)
        lines = leave_lines([at.identifier, *([at.name] if at.name else [])], desk.lang)
        title, yes = tr("USCITA DAL NUCLEO", desk.lang), tr("È uscito", desk.lang)
        desk.ask(title, lines, yes, act)


def _leave(desk: PersonDesk, code: str) -> None:
    done = said(tr("Registrato: è uscito dal nucleo.", desk.lang))
    desk.send("leave", lambda: desk.seat.at(doors.persons).leave_household(code, ""), lambda _rest: done, "who")


def _set_household(desk: PersonDesk, deed: str, people: list[tuple[str, str]], since: str) -> None:
    adults = [code for code, age in people if age != "minor"]
    minors = [code for code, age in people if age == "minor"]

    def told(found: Household) -> list[Line]:
        count = len(found.members)
        return said(tr("Nucleo registrato: {count} persone.", desk.lang).format(count=count))

    desk.send(deed, lambda: desk.seat.at(doors.persons).set_household(adults, minors, since), told, "who")


def _places(desk: PersonDesk) -> tuple[Place, ...]:
    who = desk.on_file.who
    return who.household.members if who and who.household else ()


def _pointed_place(desk: PersonDesk) -> Place | None:
    key, there = desk.pointed, _places(desk)
    at = int(key[1:]) if key.startswith("m") else len(there)
    return there[at] if at < len(there) else None


def link(desk: PersonDesk) -> None:
    """Ask for the person's other code, show both sides, then let the surer one take the other's place."""
    desk.open("link", code_form(desk.again("link"), desk.lang), partial(_preview, desk))


def _preview(desk: PersonDesk, other: str) -> None:
    here = desk.on_file.code
    # A tax code never gives way: on its own file the code that was typed is the old one.
    surest = desk.on_file.who is not None and desk.on_file.who.code.type == "cf"
    codes = (other, here) if surest else (here, other)
    desk.work(lambda: desk.seat.at(doors.persons).preview_link(*codes), partial(_confirm, desk), group="deed")


def _confirm(desk: PersonDesk, preview: LinkPreview) -> None:
    codes = preview.former_code.identifier, preview.current_code.identifier

    def told(done: tuple[FormerCode, PersonCode, int]) -> list[Line]:
        first, *_commands = linked_lines(*done, desk.lang)
        minutes = done[2] // 60
        more = tr(
            "Gli altri enti possono averla con uno o l'altro codice: in VERIFICA aggiungerli con F5. Si annulla con "
            "F9 entro {minutes} minuti.",
            desk.lang,
        ).format(minutes=minutes)
        return said(first, more)

    def act() -> None:
        desk.send("link", lambda: desk.seat.at(doors.persons).link(*codes), told, *_ALL)

    title, yes = tr("È LA STESSA PERSONA?", desk.lang), tr("Sì, collega", desk.lang)
    desk.ask(title, [*side_lines(preview, desk.lang), "", tr(LINK_WARNING, desk.lang)], yes, act)


_ALL = ("who", "records", "consents", "needs")


def last_link(desk: PersonDesk) -> FormerCode | None:
    """Return the change of code that whoever is here may still take back."""
    former = desk.on_file.who.former if desk.on_file.who else ()
    mine = [one for one in former if one.linked_by == desk.seat.user and one.linked_ms + UNDO_LINK_MS > now_ms()]
    return mine[-1] if mine and desk.seat.may("PersonsService/UndoLink") else None


def unlink(desk: PersonDesk) -> bool:
    """Take the last change of code back; return whether it can be."""
    if (one := last_link(desk)) is None:
        return False
    code = one.code.identifier

    def told(_nothing: None) -> list[Line]:
        return [Line("  ", " ".join(unlinked_lines(desk.lang)), Tone.NOTE)]

    def act() -> None:
        desk.send("unlink", lambda: desk.seat.at(doors.persons).undo_link(code), told, *_ALL)

    lines = [code, tr("Ogni codice torna ad avere il suo fascicolo.", desk.lang)]
    desk.ask(tr("ANNULLARE IL COLLEGAMENTO?", desk.lang), lines, tr("Sì, annulla", desk.lang), act)
    return True
