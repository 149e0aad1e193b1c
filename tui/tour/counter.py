"""The volunteer's part: a card, an overlap, a silent body, a missing consent, a parcel given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tui.tour.model import Act, Chapter, Command, Network, NotSeenError, Screens, Step, View, Words
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
        (f"Scrivere il codice {code} e premere Invio: come farebbe il lettore", f"Type the code {code}, press Enter"),
        ("Leggere il riquadro in basso, poi ^Q per uscire", "Read the panel at the bottom, then ^Q to leave"),
    )
    typed = ((f"/ {who.user}", f"{code}\r"), ("operator", "\x11"))
    wish = (f"Scrivere {code} e premere Invio.", f"Type {code} and press Enter.")
    return [Screens(who, keys, typed, wish)]


def _check_seen(view: View) -> Words:
    check = newest_check(view, view.district.volunteer, view.district.case("overlap").facet)
    found = len(check.get("findings", ()))
    told = (
        f"Aiuti già dati da altri: {found}. Una volontaria vede che cosa e in quale mese, mai quale ente.",
        f"Help already given by others: {found}. A volunteer sees what and in which month, never which body.",
    )
    return joined(counted(check), told)


def _silent_acts(view: View) -> Sequence[Act]:
    case = view.district.case("partial")
    return [
        Network(("stop", case.stop)),
        Command(view.district.volunteer, case.question, frozenset({_PARTIAL})),
        Network(("start", case.stop)),
    ]


def _silent_seen(view: View) -> Words:
    who, case = view.district.volunteer, view.district.case("partial")
    told = (
        "Finché un ente tace il risultato è PARZIALE, con il suo nome. Ora è tornato.",
        "While a body is silent the result is PARTIAL, and names it. Now it is back.",
    )
    return joined(told, wait_until_all_answer(view, who, case))


def _consent_acts(view: View) -> Sequence[Act]:
    question = view.district.case("refused_consent").question
    return [Command(view.district.volunteer, question, frozenset({_REFUSED}))]


def _consent_seen(view: View) -> Words:
    who, case = view.district.volunteer, view.district.case("refused_consent")
    if view.eyes.ask(who, *case.question).get("code") != "consent.missing":
        raise NotSeenError(("Il nodo non ha rifiutato.", "The node did not refuse."))
    return (
        "Il nodo ha rifiutato, e nessun ente ha ricevuto la domanda. L'aiuto si può dare lo stesso.",
        "The node refused, and no body received the question. Help can be given all the same.",
    )


def _aid_acts(view: View) -> Sequence[Act]:
    who, case = view.district.volunteer, view.district.case("overlap")
    code, day = case.identifier, str(view.eyes.ask(who, "aid", "show", case.identifier).get("day", ""))
    if day != date.today().isoformat():  # the screen offers this computer's day, and the network may live on another
        shown = "/".join(reversed(day.split("-")))
        return [Command(who, ("aid", "add", code, "--facet", case.facet, "--date", shown, "--amount", "30,00"))]
    keys = (
        (f"Scrivere il codice {code} e premere Invio, come prima", f"Type the code {code}, press Enter, as before"),
        (
            "F3 apre REGISTRA AIUTO: scrivere 30,00 in Importo, poi F2",
            "F3 opens RECORD AID: type 30,00 as Amount, then F2",
        ),
        ("Altri hanno già dato: scegliere un motivo, e di nuovo F2", "Others gave already: choose a reason, F2 again"),
        ("Leggere che cosa è registrato, poi ^Q per uscire", "Read what is on record, then ^Q to leave"),
    )
    typed = (
        (f"/ {who.user}", f"{code}\r"),
        ("decisione resta|decision is", _F3),
        ("hanno risposto|answered", "\t"),
        ("", "\t"),
        ("", "30,00"),
        ("= 30,00", _F2),
        ("scegliere...|choose...", "\r"),
        (_BY_PHONE, "\x1b[B\r"),
        (_BY_PHONE, _F2),
        ("CONSEGNATO: |GIVEN: ", "\x11"),
    )
    return [Screens(who, keys, typed)]


def _aid_seen(view: View) -> Words:
    who, case = view.district.volunteer, view.district.case("overlap")
    records = view.eyes.ask(who, "aid", "show", case.identifier).get("records", [])
    new = [one for one in records if one["recorded_at_ms"] >= view.since_ms and one["status"] == "given"]
    if not new:
        raise NotSeenError(("L'aiuto non è ancora agli atti. Riprovare.", "The aid is not on record yet. Try again."))
    return (
        f"Agli atti di {who.place}, dati ora: {len(new)}. Chi chiede ora lo sa; per dieci minuti si può annullare.",
        f"On record at {who.place}, given now: {len(new)}. Whoever asks now knows; for ten minutes it can be undone.",
    )


COUNTER = Chapter(
    ("Anna, volontaria allo sportello di una parrocchia", "Anna, a volunteer at a parish's counter"),
    (
        Step(
            "counter-check",
            ("Una verifica prima di dare un pacco", "A check before a parcel is given"),
            (
                "Una persona chiede un pacco di spesa. Prima di darlo, Anna chiede agli altri enti se l'hanno già"
                " aiutata. L'informativa è già letta e il consenso registrato.",
                "Somebody asks for a food parcel. Before giving it, Anna asks the other bodies whether they have"
                " helped already. The notice was read and the consent is on record.",
            ),
            _check_acts,
            _check_seen,
        ),
        Step(
            "counter-silent",
            ("Un ente che tace", "A body that is silent"),
            (
                "A volte un ente è spento o irraggiungibile. Qui lo si ferma apposta, si chiede, e lo si riaccende."
                " Si guardi che cosa cambia nella risposta.",
                "Sometimes a body is off or out of reach. Here one is stopped on purpose, asked, and started again."
                " See what changes in the answer.",
            ),
            _silent_acts,
            _silent_seen,
        ),
        Step(
            "counter-consent",
            ("Senza consenso non parte nessuna domanda", "Without consent no question leaves"),
            (
                "Questa persona non ha dato il consenso. Si provi a chiedere lo stesso: il nodo lo impedisce prima"
                " che la domanda parta.",
                "This person has given no consent. Try to ask all the same: the node prevents it before the question"
                " leaves.",
            ),
            _consent_acts,
            _consent_seen,
        ),
        Step(
            "counter-aid",
            ("Registrare il pacco dato", "Put the parcel on record"),
            (
                "Anna decide lei: il sistema informa, non nega. Dà il pacco e lo registra, così gli altri enti lo"
                " sapranno quando chiedono.",
                "Anna decides: the system informs, it does not deny. She gives the parcel and puts it on record, so"
                " that other bodies learn of it when they ask.",
            ),
            _aid_acts,
            _aid_seen,
        ),
    ),
)
