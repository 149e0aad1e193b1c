"""The sentences of a check: one place, read by the screen and by the command.

N of M and every silent body come first; "nothing known" is said only when all have answered.
"""

from __future__ import annotations

from maglia.core.vocabulary import AidStatus, Verdict
from tui.household_text import unverified_row, verified_line
from tui.labels import BANDS, FACETS, KINDS, SILENCES, SOME_BODY, STATUSES, label, pick, refusal
from tui.lines import Line, Row, Tone
from tui.model import CheckState, Finding, Silent
from tui.text import hidden, show_amount, show_when


def answered_of_asked(state: CheckState, lang: str) -> str:
    """Return `9 su 12`."""
    return f"{state.answered} {pick(('su', 'of'), lang)} {state.asked}"


def rows(state: CheckState, lang: str) -> list[Row]:
    """Return what was found, then how many bodies had nothing, then every silent or refusing body by name.

    Of a household also who was not asked about, and what is missing.
    """
    found = sorted(state.findings, key=lambda finding: not finding.same_need)
    return [
        *(_found(finding, state.day, lang) for finding in found),
        *_nothing(state, lang),
        *(unverified_row(number, one, lang) for number, one in enumerate(state.household, 1) if one.unverified),
        *(_without(("MUTO", "SILENT"), body, label(SILENCES, body.reason, lang), lang) for body in state.silent),
        *(_without(("RIFIUTO", "REFUSED"), body, refusal(body.reason, lang), lang) for body in state.refused),
    ]


def _without(status: tuple[str, str], body: Silent, why: str, lang: str) -> Row:
    return Row(pick(status, lang), body.name or body.member, note=why, tone=Tone.PARTIAL)


def _found(finding: Finding, today: str, lang: str) -> Row:
    status = label(STATUSES, finding.status, lang) if finding.status else pick(("TROVATO", "FOUND"), lang)
    return Row(
        status=f"{status} =" if finding.same_need else status,
        body=body_of(finding, lang),
        facet=label(FACETS, finding.facet, lang),
        when=show_when(finding.when, today, lang),
        amount=amount_of(finding, lang),
        tone=Tone.FOUND,
        person=finding.person,
    )


def body_of(finding: Finding, lang: str) -> str:
    """Return the body's name where policy shows it, else its kind, else that it is a local body."""
    if finding.member_name:
        return finding.member_name
    if finding.kind_hidden or not finding.member_kind:
        return pick(SOME_BODY, lang)
    return label(KINDS, finding.member_kind, lang)


def amount_of(finding: Finding, lang: str) -> str:
    """Return the exact amount, else its band, else that it is withheld."""
    if finding.amount_cents is not None:
        return show_amount(finding.amount_cents)
    return label(BANDS, finding.amount_band, lang) if finding.amount_band else hidden(lang)


def _nothing(state: CheckState, lang: str) -> list[Row]:
    if not state.nothing:
        return []
    count, others = state.nothing, bool(state.findings or state.silent or state.refused)
    if lang == "en":
        text = f"({count} {'other ' if others else ''}{'body' if count == 1 else 'bodies'})"
    elif count == 1:
        text = "(1 altro ente)" if others else "(1 ente)"
    else:
        text = f"({'altri ' if others else ''}{count} enti)"
    return [Row(pick(("nulla", "nothing"), lang), text)]


def verdict_lines(state: CheckState, lang: str) -> list[Line]:
    """Return the verdict in words; while nothing may be read yet, no more than how many of a household are verified."""
    people = [verified_line(state, lang)] if state.household else []
    if state.waiting and not state.provisional and not state.findings:
        return people
    lines = [*people, *_overlap(state, lang), *_objections(state, lang), *_completeness(state, lang)]
    lines += _left_out(state, lang)
    if state.late:
        lines.append(Line("  ", _late(state.late, lang), Tone.NOTE))
    return [*lines, Line("  ", decision(lang), Tone.NOTE)]


def decision(lang: str) -> str:
    """Return the sentence that leaves the decision to a person (law rule 14)."""
    return pick(
        (
            "La decisione resta all'operatore: il sistema informa, non nega.",
            "The decision is the operator's: the system informs, it does not deny.",
        ),
        lang,
    )


def _overlap(state: CheckState, lang: str) -> list[Line]:
    if not state.findings:
        return []
    if state.verdict == Verdict.SAME_NEED:
        head = pick(("STESSO BISOGNO (=)", "SAME NEED (=)"), lang)
    else:
        head = pick(("POSSIBILE SOVRAPPOSIZIONE", "POSSIBLE OVERLAP"), lang)
    at_least = pick(("almeno ", "at least "), lang) if state.omitted else ""
    return [Line("!!", f"{head}: {at_least}{_counts(state, lang)}.", Tone.FOUND)]


def _objections(state: CheckState, lang: str) -> list[Line]:
    """Say that the person objects to a public body's keeping or showing its aid, which the body does all the same."""
    count = sum(finding.objection for finding in state.findings)
    if not count:
        return []
    aids = _plural(count, ("aiuto mostrato", "aiuti mostrati"), ("aid shown", "aids shown"), lang)
    objects = pick(("La persona si è opposta al trattamento", "The person objects to the processing"), lang)
    return [Line("  ", f"{objects}: {aids}.", Tone.NOTE)]


def _counts(state: CheckState, lang: str) -> str:
    same_need = state.verdict == Verdict.SAME_NEED
    counted = [finding for finding in state.findings if finding.same_need or not same_need]
    reserved = [finding for finding in counted if finding.status == AidStatus.RESERVED]
    aids = len(counted) - len(reserved)
    parts = [_plural(aids, ("aiuto", "aiuti"), ("aid", "aids"), lang)] if aids else []
    if reserved:
        today = all(finding.when == state.day for finding in reserved)
        of_today = pick((" di oggi", " of today"), lang) if today else ""
        parts.append(_plural(len(reserved), ("impegno", "impegni"), ("reservation", "reservations"), lang) + of_today)
    others = len(state.findings) - len(counted)
    if others:
        parts.append(_plural(others, ("altro simile", "altri simili"), ("similar one", "similar ones"), lang))
    return ", ".join(parts)


def _plural(count: int, it: tuple[str, str], en: tuple[str, str], lang: str) -> str:
    return f"{count} {pick((it[count != 1], en[count != 1]), lang)}"


def _completeness(state: CheckState, lang: str) -> list[Line]:
    if state.waiting:
        return [Line("??", _still_waiting(state, lang), Tone.PARTIAL)]
    if not state.complete or state.asked == 0:
        return _incomplete(state, lang)
    if state.findings:
        return []
    return [Line("", _none_known(state.asked, lang), Tone.CALM)]


def _incomplete(state: CheckState, lang: str) -> list[Line]:
    """Return why; that somebody of a household is not verified stands above all this already."""
    if state.household and not state.verified:
        return []
    if state.asked == 0:
        return [Line("??", _nobody_asked(lang), Tone.PARTIAL)]
    if state.verified < len(state.household) and not state.missing:
        return _not_enough(state, lang)
    return [Line("??", _partial(state, lang), Tone.PARTIAL), *_not_enough(state, lang)]


def _still_waiting(state: CheckState, lang: str) -> str:
    left = state.asked - state.answered - len(state.refused) - state.asked_in_part
    if lang == "en":
        return f"PROVISIONAL RESULT: {left} of {state.asked} bodies have not answered yet."
    count = "1 ente" if left == 1 else f"{left} enti"
    return f"RISULTATO PROVVISORIO: {count} su {state.asked} non {'ha' if left == 1 else 'hanno'} ancora risposto."


def _partial(state: CheckState, lang: str) -> str:
    who = _who_is_missing(state, lang)
    if state.findings:
        return f"{pick(('RISULTATO PARZIALE', 'PARTIAL RESULT'), lang)}: {who}."
    return f"{who}: {pick(('il risultato è parziale', 'the result is partial'), lang)}."


def _who_is_missing(state: CheckState, lang: str) -> str:
    """Tell the silent from those who refuse: only the silent can be asked again."""
    refused, asked = len(state.refused), state.asked
    parts = []
    in_part = state.asked_in_part
    if silent := state.missing - refused - in_part:
        not_answered = pick(("non ha risposto" if silent == 1 else "non hanno risposto", "did not answer"), lang)
        parts.append(f"{_of_asked(silent, asked, lang)} {not_answered}")
    if refused:
        count = str(refused) if parts else _of_asked(refused, asked, lang)
        parts.append(f"{count} {pick(('ha rifiutato' if refused == 1 else 'hanno rifiutato', 'refused'), lang)}")
    if in_part:
        count = str(in_part) if parts else _of_asked(in_part, asked, lang)
        parts.append(f"{count} {pick(('senza il consenso di tutti', 'without the consent of all'), lang)}")
    return ", ".join(parts)


def _of_asked(count: int, asked: int, lang: str) -> str:
    if lang == "en":
        return f"{count} of {asked} bodies"
    return f"{count} {'ente' if count == 1 else 'enti'} su {asked}"


def _not_enough(state: CheckState, lang: str) -> list[Line]:
    """What the others' answers are worth when someone is silent: never "nothing known"."""
    if state.findings:
        return []
    text = pick(
        (
            "Chi ha risposto non segnala aiuti: non basta per escluderli.",
            "Those who answered report no aid: that is not enough to rule it out.",
        ),
        lang,
    )
    return [Line("  ", text, Tone.PARTIAL)]


def _nobody_asked(lang: str) -> str:
    return pick(
        (
            "Nessun ente della rete dà questo aiuto: nessuno è stato interrogato.",
            "No body of the network gives this aid: no one was asked.",
        ),
        lang,
    )


def _left_out(state: CheckState, lang: str) -> list[Line]:
    """Say that there are bodies beyond those asked: of them nothing is known, whatever the others answered."""
    if not state.left_out:
        return []
    one = state.left_out == 1
    it = "1 ente non interrogato" if one else f"{state.left_out} enti non interrogati"
    en = "1 body was not asked" if one else f"{state.left_out} bodies were not asked"
    no_it = f"il consenso non {'lo' if one else 'li'} comprende"
    no_en = f"the consent does not reach {'it' if one else 'them'}"
    return [Line("??", pick((f"{it}: {no_it}.", f"{en}: {no_en}."), lang), Tone.PARTIAL)]


def _none_known(asked: int, lang: str) -> str:
    if lang == "en":
        who = "the only body asked has answered" if asked == 1 else f"all {asked} bodies have answered"
        return f"No shareable overlap known; {who}."
    few = {1: "ha risposto l'unico ente interrogato", 2: "hanno risposto entrambi gli enti"}
    who = few.get(asked, f"hanno risposto tutti i {asked} enti")
    return f"Nessuna sovrapposizione condivisibile nota; {who}."


def _late(count: int, lang: str) -> str:
    if lang == "en":
        return f"Updated: {count} {'answer' if count == 1 else 'answers'} came late."
    return f"Aggiornato: {'1 risposta è arrivata' if count == 1 else f'{count} risposte sono arrivate'} in ritardo."
