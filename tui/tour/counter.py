"""The volunteer's part: a card, an overlap, a silent body, a missing consent, a parcel given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from maglia.core.translation import mark, tr
from tui.tour.model import Act, Chapter, Command, Network, NotSeenError, Screens, Step, View
from tui.tour.seeing import counted, joined, newest_check, wait_until_all_answer

_FOUND, _PARTIAL, _REFUSED = 10, 11, 4
"""Exit statuses of `maglia check`."""
_F2, _F3 = "\x1bOQ", "\x1bOR"
_BY_PHONE = "accordo telefonico|agreed by telephone"
"""A reason that the screen offers, in each language."""


def _check_acts(view: View) -> Sequence[Act]:
    who, case = view.district.volunteer, view.district.case("overlap")
    code = case.identifier
    keys = (
        tr("Scrivere il codice {code} e premere Invio: come farebbe il lettore", view.lang).format(code=code),
        tr("Leggere il riquadro in basso, poi ^Q per uscire", view.lang),
    )
    typed = ((f"/ {who.user}", f"{code}\r"), ("operator", "\x11"))
    wish = tr("Scrivere {code} e premere Invio.", view.lang).format(code=code)
    return [Screens(who, keys, typed, wish)]


def _check_seen(view: View) -> str:
    check = newest_check(view, view.district.volunteer, view.district.case("overlap").facet)
    found = len(check.get("findings", ()))
    told = tr(
        "Aiuti già dati da altri: {found}. Una volontaria vede che cosa e in quale mese, mai quale ente.", view.lang
    ).format(found=found)
    return joined(counted(check, view.lang), told)


def _silent_acts(view: View) -> Sequence[Act]:
    case = view.district.case("partial")
    return [
        Network(("stop", case.stop)),
        Command(view.district.volunteer, case.question, frozenset({_PARTIAL})),
        Network(("start", case.stop)),
    ]


def _silent_seen(view: View) -> str:
    who, case = view.district.volunteer, view.district.case("partial")
    told = tr("Finché un ente tace il risultato è PARZIALE, con il suo nome. Ora è tornato.", view.lang)
    return joined(told, wait_until_all_answer(view, who, case))


def _consent_acts(view: View) -> Sequence[Act]:
    question = view.district.case("refused_consent").question
    return [Command(view.district.volunteer, question, frozenset({_REFUSED}))]


def _consent_seen(view: View) -> str:
    who, case = view.district.volunteer, view.district.case("refused_consent")
    if view.eyes.ask(who, *case.question).get("code") != "consent.missing":
        raise NotSeenError(tr("Il nodo non ha rifiutato.", view.lang))
    return tr("Il nodo ha rifiutato, e nessun ente ha ricevuto la domanda. L'aiuto si può dare lo stesso.", view.lang)


def _aid_acts(view: View) -> Sequence[Act]:
    who, case = view.district.volunteer, view.district.case("overlap")
    code, day = case.identifier, str(view.eyes.ask(who, "aid", "show", case.identifier).get("day", ""))
    if day != date.today().isoformat():  # the screen offers this computer's day, and the network may live on another
        shown = "/".join(reversed(day.split("-")))
        return [Command(who, ("aid", "add", code, "--facet", case.facet, "--date", shown, "--amount", "30,00"))]
    keys = (
        tr("Scrivere il codice {code} e premere Invio, come prima", view.lang).format(code=code),
        tr("F3 apre REGISTRA AIUTO: scrivere 30,00 in Importo, poi F2", view.lang),
        tr("Altri hanno già dato: scegliere un motivo, e di nuovo F2", view.lang),
        tr("Leggere che cosa è registrato, poi ^Q per uscire", view.lang),
    )
    typed = (
        (f"/ {who.user}", f"{code}\r"),
        ("decisione resta|decision is", _F3),
        ("hanno risposto|answered", "30,00"),
        ("= 30,00", _F2),
        ("scegliere...|choose...", "\r"),
        (_BY_PHONE, "\x1b[B\r"),
        (_BY_PHONE, _F2),
        ("CONSEGNATO: |GIVEN: ", "\x11"),
    )
    return [Screens(who, keys, typed)]


def _aid_seen(view: View) -> str:
    who, case = view.district.volunteer, view.district.case("overlap")
    records = view.eyes.ask(who, "aid", "show", case.identifier).get("records", [])
    new = [one for one in records if one["recorded_at_ms"] >= view.since_ms and one["status"] == "given"]
    if not new:
        raise NotSeenError(tr("L'aiuto non è ancora agli atti. Riprovare.", view.lang))
    return tr(
        "Agli atti di {place}, dati ora: {count}. Chi chiede ora lo sa; per dieci minuti si può annullare.", view.lang
    ).format(place=who.place, count=len(new))


COUNTER = Chapter(
    mark("Anna, volontaria allo sportello di una parrocchia"),
    (
        Step(
            "counter-check",
            mark("Una verifica prima di dare un pacco"),
            mark(
                "Una persona chiede un pacco di spesa. Prima di darlo, Anna chiede agli altri enti se l'hanno già"
                " aiutata. L'informativa è già letta e il consenso registrato."
            ),
            _check_acts,
            _check_seen,
        ),
        Step(
            "counter-silent",
            mark("Un ente che tace"),
            mark(
                "A volte un ente è spento o irraggiungibile. Qui lo si ferma apposta, si chiede, e lo si riaccende."
                " Si guardi che cosa cambia nella risposta."
            ),
            _silent_acts,
            _silent_seen,
        ),
        Step(
            "counter-consent",
            mark("Senza consenso non parte nessuna domanda"),
            mark(
                "Questa persona non ha dato il consenso. Si provi a chiedere lo stesso: il nodo lo impedisce prima"
                " che la domanda parta."
            ),
            _consent_acts,
            _consent_seen,
        ),
        Step(
            "counter-aid",
            mark("Registrare il pacco dato"),
            mark(
                "Anna decide lei: il sistema informa, non nega. Dà il pacco e lo registra, così gli altri enti lo"
                " sapranno quando chiedono."
            ),
            _aid_acts,
            _aid_seen,
        ),
    ),
)
