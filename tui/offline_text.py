"""What was taken without a node, in words: each line says that nothing of it was checked yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from maglia.core.folding import fold, fold_sentence
from maglia.core.translation import mark, tr, trn
from tui.labels import FACETS, PURPOSES, label
from tui.model import Aid, Consent, NamedAid
from tui.offline_model import Sending, Sent, Taken
from tui.table import Cells, Table, day_cell, euros, instant_cell, make_table
from tui.text import code_sentence, plain, sentence_of, short_number, show_amount, show_day

SEND = "maglia offline send"
_UNCHECKED = mark("NON VERIFICATO: nessun ente è stato interrogato, e il nodo non lo sa ancora.")
_KEPT = mark("Resta cifrato su questo computer. Quando il nodo risponde: maglia offline send")


def to_send_line(count: int, lang: str, *, on_screen: bool = False) -> str:
    """Return what a login says of what waits on this computer; 0 where only its being there is known.

    Where it is sent is a command, or on a screen the keys that lead there.
    """
    command = tr("F10, SENZA RETE.", lang) if on_screen else SEND
    if count == 0:
        return tr("Cose prese senza rete, da inviare: {command}", lang).format(command=command)
    return trn(
        "1 cosa presa senza rete, da inviare: {command}",
        "{count} cose prese senza rete, da inviare: {command}",
        count,
        lang,
    ).format(count=count, command=command)


def taken_lines(taken: Taken, lang: str, same_as: int = 0) -> list[str]:
    """Return what is said when something was just kept; `same_as` is the number of one that says the same."""
    done = tr("Preso senza rete", lang)
    head = f"{done}, n. {taken.number}: {in_short(taken, lang)}."
    twice = tr("!! Uguale al n. {same_as}. Se è la stessa cosa: maglia offline remove {number}", lang).format(
        same_as=same_as, number=taken.number
    )
    lines = [head, *([twice] if same_as else []), tr(_UNCHECKED, lang), *_later(taken, lang), tr(_KEPT, lang)]
    return fold(lines)


def list_lines(kept: Sequence[Taken], lang: str) -> list[str]:
    """Return everything kept, with whose it is: for the operator who took it."""
    if not kept:
        return [tr("Niente da inviare.", lang)]
    count = tr("Da inviare: {count}. Niente di questo è verificato.", lang).format(count=len(kept))
    return fold(
        [
            count,
            *(line for one in kept for line in _listed(one, lang)),
            tr("Quando il nodo risponde: {command}", lang).format(command=SEND),
        ]
    )


def taken_table(kept: Sequence[Taken], lang: str) -> Table:
    """Return everything kept, one row each; the table holds codes and names."""
    head = mark("Numero|Preso il|Persona|Che cosa|Tipo o scopi|Giorno|Importo|Da chiedere agli enti|Stato")
    rows = [_taken_row(one, lang) for one in kept]
    return make_table(mark("Da inviare"), head, rows, lang, has_codes=True)


def _taken_row(taken: Taken, lang: str) -> Cells:
    what, asked = taken.what, taken.check.facet
    is_consent = isinstance(what, Consent)
    said = ", ".join(label(PURPOSES, one, lang) for one in what.purposes) if isinstance(what, Consent) else what.facet
    return (
        taken.number,
        instant_cell(taken.taken_ms),
        taken.person,
        tr("consenso" if is_consent else "aiuto", lang),
        said if is_consent else label(FACETS, said, lang),
        day_cell(what.date),
        None if isinstance(what, Consent) else euros(what.amount_cents),
        label(FACETS, asked, lang) if asked else None,
        refused_line(taken, lang) if taken.refused else tr("NON VERIFICATO", lang),
    )


def in_short(taken: Taken, lang: str) -> str:
    """Return what was taken, without the person."""
    what = taken.what
    return _consent(what, lang) if isinstance(what, Consent) else _aid(what, lang)


def refused_line(taken: Taken, lang: str) -> str:
    """Return why the node turned something down, and what to do with it here."""
    said = code_sentence(taken.refused, lang, taken.params)
    undo = tr("Per toglierlo da qui e prenderlo di nuovo: maglia offline remove {number}", lang).format(
        number=taken.number
    )
    return f"!! {tr('Il nodo lo rifiuta', lang)}: {said} {undo}"


def sending_lines(sending: Sending, lang: str) -> list[str]:
    """Return what became of everything that was sent, what stays, and why."""
    lines = [line for one in sending.sent for line in _sent(one, lang)]
    lines += [f"n. {one.number}: {refused_line(one, lang)}" for one in sending.refused]
    if sending.stopped is not None:
        sentence = sentence_of(sending.stopped, lang)
        lines.append(f"!! {tr('Invio fermato', lang)}: {sentence.message} {sentence.next_action}")
    left = tr("Restano su questo computer", lang)
    return [*(part for line in lines for part in fold_sentence(line).split("\n")), f"{left}: {sending.left}."]


def _sent(one: Sent, lang: str) -> list[str]:
    done = tr("Inviato", lang)
    filed = short_number(one.filed)
    lines = [f"{done} n. {one.taken.number}: {in_short(one.taken, lang)} ({tr('al nodo', lang)} n. {filed})."]
    if one.check_id:
        later = tr("NON ANCORA VERIFICATO: si chiede appena c'è la rete", lang)
        return [*lines, f"  {later}; maglia inbox, maglia check show {one.check_id}"]
    if one.unchecked is not None:
        sentence = sentence_of(one.unchecked, lang)
        return [*lines, f"  {tr('NON VERIFICATO', lang)}: {sentence.message} {sentence.next_action}"]
    if not isinstance(one.taken.what, Consent):
        lines.append(tr("  NON VERIFICATO, e nessuno sarà interrogato.", lang))
    return lines


def _listed(taken: Taken, lang: str) -> list[str]:
    when = f"{datetime.fromtimestamp(taken.taken_ms / 1000):%d/%m %H:%M}"
    lines = [f"n. {taken.number}  {when}  {plain(taken.person)}  {in_short(taken, lang)}"]
    if taken.refused:
        return [*lines, f"  {refused_line(taken, lang)}"]
    return [*lines, *(f"  {line}" for line in _later(taken, lang))]


def _later(taken: Taken, lang: str) -> list[str]:
    """What becomes of it once it is sent."""
    if taken.check.facet:
        facet = label(FACETS, taken.check.facet, lang)
        return [tr("Con l'invio si chiede agli enti: {facet}.", lang).format(facet=facet)]
    if not isinstance(taken.what, Consent):
        return [tr("Resta senza verifica anche dopo l'invio.", lang)]
    return []


def _aid(aid: Aid | NamedAid, lang: str) -> str:
    parts = [label(FACETS, aid.facet, lang)]
    if aid.amount_cents:
        parts.append(show_amount(aid.amount_cents))
    return ", ".join([tr("aiuto", lang), *parts, show_day(date.fromisoformat(aid.date))])


def _consent(consent: Consent, lang: str) -> str:
    purposes = ", ".join(label(PURPOSES, one, lang) for one in consent.purposes)
    return f"{tr('consenso', lang)}, {purposes}, {show_day(date.fromisoformat(consent.date))}"
