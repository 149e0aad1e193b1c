"""The accreditation office's part: who is in the network, two signatures, a body suspended and admitted again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from maglia.core.translation import mark, tr
from tui.tour.model import Act, Chapter, Command, NotSeenError, Screens, Step, View
from tui.tour.seeing import joined, wait_until_all_answer

_OPEN_DAYS = 30
_ANY_ANSWER = frozenset({0, 10, 11})


def _members(view: View) -> list[dict[str, Any]]:
    members: list[dict[str, Any]] = view.eyes.ask(view.district.officers[0], "office", "list").get("members", [])
    return members


def _queue_acts(view: View) -> Sequence[Act]:
    first, _ = view.district.officers
    keys = (
        tr("Scorrere gli enti con le frecce", view.lang),
        tr("^Q per uscire", view.lang),
    )
    listed = view.district.body(view.district.comuni[0])
    return [Screens(first, keys, ((listed, "\x1b[B\x11"),))]


def _queue_seen(view: View) -> str:
    members = _members(view)
    active = sum(one["state"] == "active" for one in members)
    if not active:
        raise NotSeenError(tr("Il registro non risponde. Riprovare.", view.lang))
    return tr(
        "Enti attivi: {active} su {count}. L'ufficio conosce gli enti, e nessuna persona aiutata.", view.lang
    ).format(active=active, count=len(members))


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


def _sign_seen(view: View) -> str:
    declared = _procedures(view)
    if not declared:
        raise NotSeenError(tr("Il bando non è in vigore: servono due firme.", view.lang))
    return tr(
        "Bandi di prova in vigore: {count}. Con una firma sola non lo era; con due lo è per tutti.", view.lang
    ).format(count=len(declared))


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


def _suspend_seen(view: View) -> str:
    member = view.district.case("partial").stop
    if next(one["state"] for one in _members(view) if one["member"] == member) != "active":
        raise NotSeenError(tr("L'ente è ancora sospeso: servono le due firme.", view.lang))
    told = tr("Per sospendere è bastato un funzionario, subito; per riammettere ne sono serviti due.", view.lang)
    again = wait_until_all_answer(view, view.district.volunteer, view.district.case("overlap"))
    return joined(told, again)


ACCREDITATION = Chapter(
    mark("Paolo e Lucia, ufficio di accreditamento"),
    (
        Step(
            "accreditation-queue",
            mark("Chi è nella rete"),
            mark(
                "Paolo decide con Lucia chi entra nella rete. Qui si guarda la schermata ACCREDITAMENTO: ogni ente con"
                " il suo atto, la sua impronta e come sta il suo nodo."
            ),
            _queue_acts,
            _queue_seen,
        ),
        Step(
            "accreditation-sign",
            mark("Due firme per un bando"),
            mark(
                "Un bando permette molte domande: lo dichiarano in due. Prima firma Paolo, con la sua chiave; poi"
                " Lucia, con la propria. Ciascuno legge che cosa cambia."
            ),
            _sign_acts,
            _sign_seen,
        ),
        Step(
            "accreditation-suspend",
            mark("Sospendere subito, riammettere in due"),
            mark(
                "Un ente telefona: ha perso la chiave. Paolo lo sospende da solo, subito, e Anna che chiede lo vede"
                " tra i muti. Quando la chiave è ritrovata firmano in due."
            ),
            _suspend_acts,
            _suspend_seen,
        ),
    ),
)
