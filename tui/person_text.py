"""The sentences about one person: codes, counts, bases, and both sides of a change of code. The lines hold codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from textwrap import wrap

from maglia.core.translation import mark, markn, tr, trn
from tui.labels import PURPOSES, Labels, label
from tui.persons_model import BasisOnFile, FormerCode, LinkPreview, PersonCode, PersonFile, Side
from tui.persons_text import household_lines
from tui.text import show_day

TYPES: Labels = {
    "cf": mark("codice fiscale"),
    "pcf": mark("codice fiscale provvisorio"),
    "stp": mark("codice STP"),
    "eni": mark("codice ENI"),
    "doc": mark("documento straniero"),
    "name": mark("persona senza codice, solo in questo ente"),
}
_KINDS: dict[str, tuple[str, str]] = {
    "aid_record": markn("1 aiuto registrato", "{count} aiuti registrati"),
    "named_aid": markn("1 aiuto registrato per nome", "{count} aiuti registrati per nome"),
    "consent": markn("1 consenso", "{count} consensi"),
    "opposition": markn("1 no della persona", "{count} no della persona"),
    "case_file": markn("1 pratica", "{count} pratiche"),
    "filed_need": markn("1 bisogno", "{count} bisogni"),
    "person_note": markn("1 nota", "{count} note"),
}
_OTHER = markn("1 altra registrazione", "{count} altre registrazioni")
_WIDTH = 80
NO_BASIS = mark("Nessun consenso né pratica: non si può chiedere agli altri enti.")


def person_lines(person: PersonFile, lang: str) -> list[str]:
    """Return who a person is to this body: no history of aid, only how much there is."""
    lines = [code_line(person.code, lang)]
    if person.on_file.name:
        lines.append(f"  {person.on_file.name}")
    for former in person.former:
        lines += _former(former, lang)
    lines += _asking_with_all(person.code.identifier, person.former, lang)
    lines.append(f"{tr('Qui', lang)}: {counts_line(person.on_file, lang)}.")
    return [
        *lines,
        *standing_lines(person, lang),
        *(household_lines(person.household, lang) if person.household else []),
    ]


def standing_lines(person: PersonFile, lang: str, nothing: str = NO_BASIS) -> list[str]:
    """Return on what a person may be asked about, and what they said against it; `nothing` where there is nothing."""
    lines = [_basis(one, lang) for one in person.bases]
    if person.refused:
        said = tr("Ha rifiutato il consenso il", lang)
        lines.append(f"{said} {_day(person.refused)}.")
    if person.objected:
        lines.append(tr("Si è opposta al compito pubblico.", lang))
    if not person.bases:
        lines.append(tr(nothing, lang))
    return lines


def code_line(code: PersonCode, lang: str) -> str:
    """Return a code with its type, and that it is weak where it is."""
    weak = f", {tr('identità debole', lang)}" if code.weak else ""
    return f"{code.identifier}  {label(TYPES, code.type, lang)}{weak}"


def counts_line(side: Side, lang: str) -> str:
    """Return how much is on file under one code."""
    said = [counted(kind, rows, lang) for kind, rows in side.counts.items() if rows]
    return ", ".join(said) if said else tr("non è registrato nulla", lang)


def preview_lines(preview: LinkPreview, lang: str) -> list[str]:
    """Return both sides of a change of code, and what it does, to be read before it is confirmed."""
    return [*side_lines(preview, lang), *_folded(LINK_WARNING, lang)]


def side_lines(preview: LinkPreview, lang: str) -> list[str]:
    """Return what is on file under the old code and under the new."""
    old, new = tr("VECCHIO", lang), tr("NUOVO", lang)
    lines = [f"{old:<9}{code_line(preview.former_code, lang)}"]
    if preview.former.name:
        lines.append(f"{'':<9}{preview.former.name}")
    lines.append(f"{'':<9}{counts_line(preview.former, lang)}")
    return [*lines, f"{new:<9}{code_line(preview.current_code, lang)}", f"{'':<9}{counts_line(preview.current, lang)}"]


LINK_WARNING = mark(
    "Tutto passa al codice nuovo: un solo fascicolo. Il vecchio resta come «noto anche come», e chi nella rete chiede "
    "con quello trova gli stessi aiuti. Va fatto solo se le due carte sono della stessa persona."
)


def linked_lines(former: FormerCode, current: PersonCode, undo_seconds: int, lang: str) -> list[str]:
    """Return what was done, how the network is asked with both codes, and until when it can be undone."""
    minutes, old, new = undo_seconds // 60, former.code.identifier, current.identifier
    done = tr("Fatto: {old} ora è {new}.", lang).format(old=old, new=new)
    undo = tr("Si annulla entro {minutes} minuti con: maglia person unlink {old}", lang).format(
        minutes=minutes, old=old
    )
    return [done, *_asking_with_all(new, [former], lang), undo]


def unlinked_lines(lang: str) -> list[str]:
    """Return that it was undone, and where what was recorded since is."""
    undone = tr("Annullato: ogni codice ha di nuovo il suo fascicolo.", lang)
    since = mark(
        "Quanto si è registrato dopo il cambio resta al codice nuovo, anche se scritto con il vecchio: leggerlo con "
        "«maglia aid show» e il codice nuovo."
    )
    return [undone, *_folded(since, lang)]


def _former(former: FormerCode, lang: str) -> list[str]:
    known = tr("noto anche come", lang)
    until = tr("chi chiede con questo codice lo trova fino al", lang)
    lines = [f"  {known} {code_line(former.code, lang)}"]
    return lines if former.code.type == "name" else [*lines, f"    {until} {_day(former.answers_until)}"]


def _asking_with_all(current: str, formers: Sequence[FormerCode], lang: str) -> list[str]:
    """Return the command that asks the network about every code: a question is about the code typed alone."""
    # Help by name is at this body only: nobody else has it under that number.
    known = [former.code.identifier for former in formers if former.code.type != "name"]
    if not known:
        return []
    said = tr("Gli altri enti possono averla con un codice o con l'altro: chiedere con tutti:", lang)
    command = " ".join([f"maglia check {current}", *(f"--with {code}" for code in known), "..."])
    lines = wrap(command, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    return [said, *lines]


def _basis(one: BasisOnFile, lang: str) -> str:
    purposes = ", ".join(label(PURPOSES, purpose, lang) for purpose in one.purposes)
    if one.kind == "consent":
        return f"{tr('Consenso', lang)}: {purposes}, {tr('fino al', lang)} {_day(one.until)}."
    return f"{tr('Pratica', lang)} {one.protocol}: {purposes}."


def counted(kind: str, rows: int, lang: str) -> str:
    """Return how much of one kind is on file: `2 consensi`."""
    return trn(*_KINDS.get(kind, _OTHER), rows, lang).format(count=rows)


def _folded(text: str, lang: str) -> list[str]:
    return wrap(tr(text, lang), _WIDTH)


def _day(iso: str) -> str:
    try:
        return show_day(date.fromisoformat(iso))
    except ValueError:
        return iso
