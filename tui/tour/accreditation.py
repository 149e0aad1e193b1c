"""The accreditation office's part: who is in the network, two signatures, a body suspended and admitted again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tui.tour.model import Act, Chapter, Command, NotSeenError, Screens, Step, View, Words
from tui.tour.seeing import joined, wait_until_all_answer

_OPEN_DAYS = 30
_ANY_ANSWER = frozenset({0, 10, 11})


def _members(view: View) -> list[dict[str, Any]]:
    members: list[dict[str, Any]] = view.eyes.ask(view.district.officers[0], "office", "list").get("members", [])
    return members


def _queue_acts(view: View) -> Sequence[Act]:
    first, _ = view.district.officers
    keys = (
        ("Scorrere gli enti con le frecce", "Go through the bodies with the arrow keys"),
        ("^Q per uscire", "^Q to leave"),
    )
    listed = view.district.body(view.district.comuni[0])
    return [Screens(first, keys, ((listed, "\x1b[B\x11"),))]


def _queue_seen(view: View) -> Words:
    members = _members(view)
    active = sum(one["state"] == "active" for one in members)
    if not active:
        raise NotSeenError(("Il registro non risponde. Riprovare.", "The registry does not answer. Try again."))
    return (
        f"Enti attivi: {active} su {len(members)}. L'ufficio conosce gli enti, e nessuna persona aiutata.",
        f"Active bodies: {active} of {len(members)}. The office knows the bodies, and nobody who is helped.",
    )


def _procedures(view: View) -> list[str]:
    listed = view.eyes.ask(view.district.officers[0], "office", "procedure", "list").get("procedures", [])
    return [str(one["id"]) for one in listed if str(one["id"]).startswith("prova-tour-")]


def _sign_acts(view: View) -> Sequence[Act]:
    number = len(_procedures(view)) + 1
    last = date.today() + timedelta(days=_OPEN_DAYS)
    what = ("--id", f"prova-tour-{number}", "--act", f"PG/{last.year}/{number}", "--cap", "20")
    whose = ("--expires", f"{last:%d/%m/%Y}", "--member", view.district.comuni[0])
    declared = ("office", "procedure", "add", *what, *whose)
    return [Command(officer, declared, unattended=("--yes",)) for officer in view.district.officers]


def _sign_seen(view: View) -> Words:
    declared = _procedures(view)
    if not declared:
        raise NotSeenError(
            ("Il bando non è in vigore: servono due firme.", "The call is not in force: it takes two signatures.")
        )
    return (
        f"Bandi di prova in vigore: {len(declared)}. Con una firma sola non lo era; con due lo è per tutti.",
        f"Trial calls in force: {len(declared)}. With one signature it was not; with two it is, for everybody.",
    )


def _suspend_acts(view: View) -> Sequence[Act]:
    first, second = view.district.officers
    member = view.district.case("partial").stop
    back = ("office", "reinstate", member, "--reason", "chiave ritrovata")
    return [
        Command(first, ("office", "suspend", member, "--reason", "chiave smarrita")),
        Command(view.district.volunteer, view.district.case("overlap").question, _ANY_ANSWER),
        Command(first, back, unattended=("--yes",)),
        Command(second, back, unattended=("--yes",)),
    ]


def _suspend_seen(view: View) -> Words:
    member = view.district.case("partial").stop
    if next(one["state"] for one in _members(view) if one["member"] == member) != "active":
        raise NotSeenError(
            ("L'ente è ancora sospeso: servono le due firme.", "The body is still suspended: both must sign.")
        )
    told = (
        "Per sospendere è bastato un funzionario, subito; per riammettere ne sono serviti due.",
        "One officer was enough to suspend, at once; it took two to admit the body again.",
    )
    again = wait_until_all_answer(view, view.district.volunteer, view.district.case("overlap"))
    return joined(told, again)


ACCREDITATION = Chapter(
    ("Paolo e Lucia, ufficio di accreditamento", "Paolo and Lucia, accreditation office"),
    (
        Step(
            "accreditation-queue",
            ("Chi è nella rete", "Who is in the network"),
            (
                "Paolo decide con Lucia chi entra nella rete. Qui si guarda la schermata ACCREDITAMENTO: ogni ente con"
                " il suo atto, la sua impronta e come sta il suo nodo.",
                "Paolo decides with Lucia who enters the network. Here one looks at the screen ACCREDITATION: each body"
                " with its act, its fingerprint, and how its node is.",
            ),
            _queue_acts,
            _queue_seen,
        ),
        Step(
            "accreditation-sign",
            ("Due firme per un bando", "Two signatures for a call"),
            (
                "Un bando permette molte domande: lo dichiarano in due. Prima firma Paolo, con la sua chiave; poi"
                " Lucia, con la propria. Ciascuno legge che cosa cambia.",
                "A call permits many questions: two declare it. Paolo signs first, with his key; then Lucia, with hers."
                " Each reads what it changes.",
            ),
            _sign_acts,
            _sign_seen,
        ),
        Step(
            "accreditation-suspend",
            ("Sospendere subito, riammettere in due", "Suspend at once, admit again together"),
            (
                "Un ente telefona: ha perso la chiave. Paolo lo sospende da solo, subito, e Anna che chiede lo vede"
                " tra i muti. Quando la chiave è ritrovata firmano in due.",
                "A body calls: it has lost its key. Paolo suspends it alone, at once, and Anna, who asks, sees it among"
                " the silent. When the key is found, two sign.",
            ),
            _suspend_acts,
            _suspend_seen,
        ),
    ),
)
