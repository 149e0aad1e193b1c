"""The sentences of a household: how many of its people are verified, and what is missing for whom."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.translation import mark, tr
from tui.labels import Labels
from tui.lines import Line, Row, Tone
from tui.model import CheckState, Person
from tui.text import code_sentence

_MISSING: Labels = {
    Code.CONSENT_MISSING: mark("Manca il consenso: leggere l'informativa, registrarlo e ripetere."),
    # Not with --case, which is of the first person alone.
    Code.CONSENT_CASE_MISSING: mark("Manca il protocollo: registrarlo con «maglia case add» e ripetere."),
    Code.INPUT_COMPOSITE_NAME: mark("È un nome: ripetere con un codice fiscale, STP o ENI."),
}
"""Short, so that several fit on the screen; what is not here is told with the catalog's own sentence."""


def verified_line(state: CheckState, lang: str) -> Line:
    """Return `nucleo: 2 di 4 verificati`; that not all are makes the result partial, whoever answered."""
    verified, entered = state.verified, len(state.household)
    count = tr("nucleo: {verified} di {entered} verificati", lang).format(verified=verified, entered=entered)
    if verified == entered:
        return Line("  ", f"{count}.", Tone.NOTE)
    what = tr("il risultato è parziale" if verified else "la rete non è stata interrogata", lang)
    return Line("??", f"{count}: {what}.", Tone.PARTIAL)


def unverified_row(number: int, person: Person, lang: str) -> Row:
    """Return who was not asked about, by place and by what the operator entered, what is missing and what to do."""
    known = _MISSING.get(person.unverified)
    why = tr(known, lang) if known else code_sentence(person.unverified, lang)
    return Row(tr("MANCA", lang), person.code, note=why, tone=Tone.PARTIAL, person=number)
