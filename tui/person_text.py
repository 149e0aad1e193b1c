"""The sentences about one person: codes, counts, bases, and both sides of a change of code. The lines hold codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from textwrap import wrap

from tui.labels import PURPOSES, Labels, label, pick
from tui.persons_model import BasisOnFile, FormerCode, LinkPreview, PersonCode, PersonFile, Side
from tui.persons_text import household_lines
from tui.text import show_day

_TYPES: Labels = {
    "cf": ("codice fiscale", "tax code"),
    "pcf": ("codice fiscale provvisorio", "provisional tax code"),
    "stp": ("codice STP", "STP code"),
    "eni": ("codice ENI", "ENI code"),
    "doc": ("documento straniero", "foreign document"),
    "name": ("persona senza codice, solo in questo ente", "person without a code, at this body only"),
}
_KINDS: dict[str, tuple[str, str, str, str]] = {
    "aid_record": ("aiuto registrato", "aiuti registrati", "aid on record", "aids on record"),
    "named_aid": ("aiuto registrato per nome", "aiuti registrati per nome", "aid by name", "aids by name"),
    "consent": ("consenso", "consensi", "consent", "consents"),
    "opposition": ("no della persona", "no della persona", "no of the person", "nos of the person"),
    "case_file": ("pratica", "pratiche", "case", "cases"),
    "person_note": ("nota", "note", "note", "notes"),
}
_OTHER = ("altra registrazione", "altre registrazioni", "other entry", "other entries")
_WIDTH = 80


def person_lines(person: PersonFile, lang: str) -> list[str]:
    """Return who a person is to this body: no history of aid, only how much there is."""
    lines = [code_line(person.code, lang)]
    if person.on_file.name:
        lines.append(f"  {person.on_file.name}")
    for former in person.former:
        lines += _former(former, lang)
    lines += _asking_with_all(person.code.identifier, person.former, lang)
    lines.append(f"{pick(('Qui', 'Here'), lang)}: {counts_line(person.on_file, lang)}.")
    return [
        *lines,
        *standing_lines(person, lang),
        *(household_lines(person.household, lang) if person.household else []),
    ]


def standing_lines(person: PersonFile, lang: str) -> list[str]:
    """Return on what a person may be asked about, and what they said against it."""
    lines = [_basis(one, lang) for one in person.bases]
    if person.refused:
        said = pick(("Ha rifiutato il consenso il", "Refused to consent on"), lang)
        lines.append(f"{said} {_day(person.refused)}.")
    if person.objected:
        lines.append(pick(("Si è opposta al compito pubblico.", "Objected to the public task."), lang))
    if not person.bases:
        none = (
            "Nessuna base registrata: la rete non si può interrogare.",
            "No basis on file: the network cannot be asked.",
        )
        lines.append(pick(none, lang))
    return lines


def code_line(code: PersonCode, lang: str) -> str:
    """Return a code with its type, and that it is weak where it is."""
    weak = f", {pick(('identità debole', 'weak identity'), lang)}" if code.weak else ""
    return f"{code.identifier}  {label(_TYPES, code.type, lang)}{weak}"


def counts_line(side: Side, lang: str) -> str:
    """Return how much is on file under one code."""
    said = [_counted(kind, rows, lang) for kind, rows in side.counts.items() if rows]
    return ", ".join(said) if said else pick(("non è registrato nulla", "nothing is on file"), lang)


def preview_lines(preview: LinkPreview, lang: str) -> list[str]:
    """Return both sides of a change of code, and what it does, to be read before it is confirmed."""
    return [*side_lines(preview, lang), *_folded(LINK_WARNING, lang)]


def side_lines(preview: LinkPreview, lang: str) -> list[str]:
    """Return what is on file under the old code and under the new."""
    old, new = pick(("VECCHIO", "OLD"), lang), pick(("NUOVO", "NEW"), lang)
    lines = [f"{old:<9}{code_line(preview.former_code, lang)}"]
    if preview.former.name:
        lines.append(f"{'':<9}{preview.former.name}")
    lines.append(f"{'':<9}{counts_line(preview.former, lang)}")
    return [*lines, f"{new:<9}{code_line(preview.current_code, lang)}", f"{'':<9}{counts_line(preview.current, lang)}"]


LINK_WARNING = (
    "Tutto passa al codice nuovo: un solo fascicolo. Il vecchio resta come «noto anche come», e chi nella rete chiede "
    "con quello trova gli stessi aiuti. Va fatto solo se le due carte sono della stessa persona.",
    "Everything moves to the new code: one file. The old one stays as another name, and whoever in the network asks "
    "with it finds the same aid. Only do so if both cards are the same person's.",
)


def linked_lines(former: FormerCode, current: PersonCode, undo_seconds: int, lang: str) -> list[str]:
    """Return what was done, how the network is asked with both codes, and until when it can be undone."""
    minutes, old, new = undo_seconds // 60, former.code.identifier, current.identifier
    done = (f"Fatto: {old} ora è {new}.", f"Done: {old} is {new} now.")
    undo = (
        f"Si annulla entro {minutes} minuti con: maglia person unlink {old}",
        f"Undo within {minutes} minutes with: maglia person unlink {old}",
    )
    return [pick(done, lang), *_asking_with_all(new, [former], lang), pick(undo, lang)]


def unlinked_lines(lang: str) -> list[str]:
    """Return that it was undone, and where what was recorded since is."""
    undone = (
        "Annullato: ogni codice ha di nuovo il suo fascicolo.",
        "Undone: each code has its own file.",
    )
    since = (
        "Quanto si è registrato dopo il cambio resta al codice nuovo, anche se scritto con il vecchio: leggerlo con "
        "«maglia aid show» e il codice nuovo.",
        "What was recorded after the change stays with the new code, also if written with the old one: read it with "
        "“maglia aid show” and the new code.",
    )
    return [pick(undone, lang), *_folded(since, lang)]


def _former(former: FormerCode, lang: str) -> list[str]:
    known = pick(("noto anche come", "also known as"), lang)
    until = pick(("chi chiede con questo codice lo trova fino al", "found by this code until"), lang)
    lines = [f"  {known} {code_line(former.code, lang)}"]
    return lines if former.code.type == "name" else [*lines, f"    {until} {_day(former.answers_until)}"]


def _asking_with_all(current: str, formers: Sequence[FormerCode], lang: str) -> list[str]:
    """Return the command that asks the network about every code: a question is about the code typed alone."""
    # Help by name is at this body only: nobody else has it under that number.
    known = [former.code.identifier for former in formers if former.code.type != "name"]
    if not known:
        return []
    said = (
        "Gli altri enti possono averla con un codice o con l'altro: chiedere con tutti:",
        "Other bodies may have the person by one code or the other: ask with all:",
    )
    command = " ".join([f"maglia check {current}", *(f"--with {code}" for code in known), "..."])
    lines = wrap(command, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    return [pick(said, lang), *lines]


def _basis(one: BasisOnFile, lang: str) -> str:
    purposes = ", ".join(label(PURPOSES, purpose, lang) for purpose in one.purposes)
    if one.kind == "consent":
        return (
            f"{pick(('Consenso', 'Consent'), lang)}: {purposes}, {pick(('fino al', 'until'), lang)} {_day(one.until)}."
        )
    return f"{pick(('Pratica', 'Case'), lang)} {one.protocol}: {purposes}."


def _counted(kind: str, rows: int, lang: str) -> str:
    words = _KINDS.get(kind, _OTHER)
    one, many = words[2:] if lang == "en" else words[:2]
    return f"{rows} {one if rows == 1 else many}"


def _folded(text: tuple[str, str], lang: str) -> list[str]:
    return wrap(pick(text, lang), _WIDTH)


def _day(iso: str) -> str:
    try:
        return show_day(date.fromisoformat(iso))
    except ValueError:
        return iso
