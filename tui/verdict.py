"""The sentences of a check: one place, read by the screen and by the command.

N of M and every silent body come first; "nothing known" is said only when all have answered.
"""

from __future__ import annotations

from maglia.core.translation import mark, tr, trn
from maglia.core.vocabulary import AidStatus, Verdict
from tui.household_text import unverified_row, verified_line
from tui.labels import BANDS, FACETS, KINDS, SILENCES, SOME_BODY, STATUSES, label, refusal
from tui.lines import Line, Row, Tone
from tui.model import CheckState, Finding, Silent
from tui.text import hidden, show_amount, show_when


def answered_of_asked(state: CheckState, lang: str) -> str:
    """Return `9 su 12`."""
    return f"{state.answered} {tr('su', lang)} {state.asked}"


def rows(state: CheckState, lang: str) -> list[Row]:
    """Return what was found, then how many bodies had nothing, then every silent or refusing body by name.

    Of a household also who was not asked about, and what is missing.
    """
    found = sorted(state.findings, key=lambda finding: not finding.same_need)
    return [
        *(_found(finding, state.day, lang) for finding in found),
        *_nothing(state, lang),
        *(unverified_row(number, one, lang) for number, one in enumerate(state.household, 1) if one.unverified),
        *(_without(mark("MUTO"), body, label(SILENCES, body.reason, lang), lang) for body in state.silent),
        *(_without(mark("RIFIUTO"), body, refusal(body.reason, lang), lang) for body in state.refused),
    ]


def _without(status: str, body: Silent, why: str, lang: str) -> Row:
    return Row(tr(status, lang), body.name or body.member, note=why, tone=Tone.PARTIAL)


def _found(finding: Finding, today: str, lang: str) -> Row:
    status = label(STATUSES, finding.status, lang) if finding.status else tr("TROVATO", lang)
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
        return tr(SOME_BODY, lang)
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
    if others:
        text = trn("(1 altro ente)", "(altri {count} enti)", count, lang)
    else:
        text = trn("(1 ente)", "({count} enti)", count, lang)
    return [Row(tr("nulla", lang), text.format(count=count))]


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
    return tr("La decisione resta all'operatore: il sistema informa, non nega.", lang)


def _overlap(state: CheckState, lang: str) -> list[Line]:
    if not state.findings:
        return []
    if state.verdict == Verdict.SAME_NEED:
        head = tr("STESSO BISOGNO (=)", lang)
    else:
        head = tr("POSSIBILE SOVRAPPOSIZIONE", lang)
    at_least = tr("almeno ", lang) if state.omitted else ""
    return [Line("!!", f"{head}: {at_least}{_counts(state, lang)}.", Tone.FOUND)]


def _objections(state: CheckState, lang: str) -> list[Line]:
    """Say that the person objects to a public body's keeping or showing its aid, which the body does all the same."""
    count = sum(finding.objection for finding in state.findings)
    if not count:
        return []
    aids = trn("{count} aiuto mostrato", "{count} aiuti mostrati", count, lang).format(count=count)
    objects = tr("La persona si è opposta al trattamento", lang)
    return [Line("  ", f"{objects}: {aids}.", Tone.NOTE)]


def _counts(state: CheckState, lang: str) -> str:
    same_need = state.verdict == Verdict.SAME_NEED
    counted = [finding for finding in state.findings if finding.same_need or not same_need]
    reserved = [finding for finding in counted if finding.status == AidStatus.RESERVED]
    aids = len(counted) - len(reserved)
    parts = [trn("{count} aiuto", "{count} aiuti", aids, lang).format(count=aids)] if aids else []
    if reserved:
        today = all(finding.when == state.day for finding in reserved)
        of_today = tr(" di oggi", lang) if today else ""
        promised = trn("{count} impegno", "{count} impegni", len(reserved), lang).format(count=len(reserved))
        parts.append(promised + of_today)
    others = len(state.findings) - len(counted)
    if others:
        parts.append(trn("{count} altro simile", "{count} altri simili", others, lang).format(count=others))
    return ", ".join(parts)


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
    said = trn(
        "RISULTATO PROVVISORIO: 1 ente su {asked} non ha ancora risposto.",
        "RISULTATO PROVVISORIO: {count} enti su {asked} non hanno ancora risposto.",
        left,
        lang,
    )
    return said.format(count=left, asked=state.asked)


def _partial(state: CheckState, lang: str) -> str:
    who = _who_is_missing(state, lang)
    if state.findings:
        return f"{tr('RISULTATO PARZIALE', lang)}: {who}."
    return f"{who}: {tr('il risultato è parziale', lang)}."


def _who_is_missing(state: CheckState, lang: str) -> str:
    """Tell the silent from those who refuse: only the silent can be asked again."""
    refused, asked = len(state.refused), state.asked
    parts = []
    in_part = state.asked_in_part
    if silent := state.missing - refused - in_part:
        not_answered = tr("non ha risposto" if silent == 1 else "non hanno risposto", lang)
        parts.append(f"{_of_asked(silent, asked, lang)} {not_answered}")
    if refused:
        count = str(refused) if parts else _of_asked(refused, asked, lang)
        parts.append(f"{count} {tr('ha rifiutato' if refused == 1 else 'hanno rifiutato', lang)}")
    if in_part:
        count = str(in_part) if parts else _of_asked(in_part, asked, lang)
        parts.append(f"{count} {tr('senza il consenso di tutti', lang)}")
    return ", ".join(parts)


def _of_asked(count: int, asked: int, lang: str) -> str:
    return trn("{count} ente su {asked}", "{count} enti su {asked}", count, lang).format(count=count, asked=asked)


def _not_enough(state: CheckState, lang: str) -> list[Line]:
    """What the others' answers are worth when someone is silent: never "nothing known"."""
    if state.findings:
        return []
    text = tr("Chi ha risposto non segnala aiuti: non basta per escluderli.", lang)
    return [Line("  ", text, Tone.PARTIAL)]


def _nobody_asked(lang: str) -> str:
    return tr("Nessun ente della rete dà questo aiuto: nessuno è stato interrogato.", lang)


def _left_out(state: CheckState, lang: str) -> list[Line]:
    """Say that there are bodies beyond those asked: of them nothing is known, whatever the others answered."""
    if not state.left_out:
        return []
    said = trn(
        "1 ente non interrogato: il consenso non lo comprende.",
        "{count} enti non interrogati: il consenso non li comprende.",
        state.left_out,
        lang,
    )
    return [Line("??", said.format(count=state.left_out), Tone.PARTIAL)]


def _none_known(asked: int, lang: str) -> str:
    if asked == 1:
        return tr("Nessuna sovrapposizione condivisibile nota; ha risposto l'unico ente interrogato.", lang)
    if asked == 2:
        return tr("Nessuna sovrapposizione condivisibile nota; hanno risposto entrambi gli enti.", lang)
    said = tr("Nessuna sovrapposizione condivisibile nota; hanno risposto tutti i {asked} enti.", lang)
    return said.format(asked=asked)


def _late(count: int, lang: str) -> str:
    return trn(
        "Aggiornato: 1 risposta è arrivata in ritardo.",
        "Aggiornato: {count} risposte sono arrivate in ritardo.",
        count,
        lang,
    ).format(count=count)
