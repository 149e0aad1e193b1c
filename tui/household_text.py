"""The sentences of a household: how many of its people are verified, and what is missing for whom."""

from __future__ import annotations

from maglia.core.codes import Code
from tui.labels import Labels, pick
from tui.lines import Line, Row, Tone
from tui.model import CheckState, Person
from tui.text import code_sentence

_MISSING: Labels = {
    Code.CONSENT_MISSING: (
        "Manca il consenso: leggere l'informativa, registrarlo e ripetere.",
        "Consent is missing: read the notice, record it and repeat.",
    ),
    # Not with --case, which is of the first person alone.
    Code.CONSENT_CASE_MISSING: (
        "Manca il protocollo: registrarlo con «maglia case add» e ripetere.",
        "The case is missing: record it with “maglia case add” and repeat.",
    ),
    Code.INPUT_COMPOSITE_NAME: (
        "È un nome: ripetere con un codice fiscale, STP o ENI.",
        "This is a name: repeat with a tax, STP or ENI code.",
    ),
}
"""Short, so that several fit on the screen; what is not here is told with the catalog's own sentence."""


def verified_line(state: CheckState, lang: str) -> Line:
    """Return `nucleo: 2 di 4 verificati`; that not all are makes the result partial, whoever answered."""
    verified, entered = state.verified, len(state.household)
    count = pick((f"nucleo: {verified} di {entered} verificati", f"household: {verified} of {entered} verified"), lang)
    if verified == entered:
        return Line("  ", f"{count}.", Tone.NOTE)
    if verified:
        what = pick(("il risultato è parziale", "the result is partial"), lang)
    else:
        what = pick(("la rete non è stata interrogata", "the network was not asked"), lang)
    return Line("??", f"{count}: {what}.", Tone.PARTIAL)


def unverified_row(number: int, person: Person, lang: str) -> Row:
    """Return who was not asked about, by place and by what the operator entered, what is missing and what to do."""
    known = _MISSING.get(person.unverified)
    why = pick(known, lang) if known else code_sentence(person.unverified, lang)
    return Row(pick(("MANCA", "MISSING"), lang), person.code, note=why, tone=Tone.PARTIAL, person=number)
