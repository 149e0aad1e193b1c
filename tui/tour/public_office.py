"""The comune officer's part: the same bill, an amount reserved, a call for applicants, the list to be published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tui.tour.model import Act, Chapter, Command, NotSeenError, Step, View, Words
from tui.tour.seeing import counted, joined, newest_check

_ANY_ANSWER = frozenset({0, 10, 11})
_ANY_ROWS = _ANY_ANSWER | {12}
_INVALID = "XQZ"
"""A code with letters missing, as they are found in every file of applications."""
_CODE = re.compile(r"[A-Z]{6}[0-9A-Z]{10}")


def _bill_acts(view: View) -> Sequence[Act]:
    return [Command(view.district.comune, view.district.case("same_need").question, frozenset({10}))]


def _bill_seen(view: View) -> Words:
    check = newest_check(view, view.district.comune, view.district.case("same_need").facet)
    if check.get("verdict") != "same_need":
        raise NotSeenError(("Non è lo stesso bisogno.", "It is not the same need."))
    told = (
        "È la stessa bolletta: qualcuno l'ha già pagata. Un ufficio, con una pratica, vede anche chi e quanto.",
        "It is the same bill: somebody has paid it already. An office with a case sees who, and how much.",
    )
    return joined(counted(check), told)


def _reserve_acts(view: View) -> Sequence[Act]:
    case = view.district.case("rent")
    asked = ("reserve", "add", case.identifier, "--facet", case.facet, "--amount", "300,00", "--purpose", case.purpose)
    return [Command(view.district.comune, asked, _ANY_ANSWER)]


def _reserve_seen(view: View) -> Words:
    who, case = view.district.comune, view.district.case("rent")
    listed = view.eyes.ask(who, "reserve", "list").get("reservations", [])
    mine = [one for one in listed if one["facet"] == case.facet and one["reserved_by"] == who.user]
    ours = [one for one in mine if _at_ms(one["reserved_at"]) >= view.since_ms]
    if not ours:
        raise NotSeenError(("Nessun impegno agli atti. Riprovare.", "Nothing is reserved yet. Try again."))
    day = "/".join(reversed(str(ours[-1]["reserved_until"])[:10].split("-")))
    return (
        f"L'impegno vale fino al {day}, e gli altri enti lo vedono quando chiedono.",
        f"The reservation holds until {day}, and other bodies see it when they ask.",
    )


def _at_ms(moment: str) -> int:
    """Return an ISO 8601 moment, whole seconds, as the last millisecond of its second."""
    return int(datetime.fromisoformat(moment).timestamp()) * 1000 + 999


def _file(view: View) -> Path:
    """Write three applications: two fictional persons who are on file somewhere, and a code that is wrong."""
    codes = [view.district.case(name).identifier for name in ("rent", "same_need")]
    rows = ["codice;nucleo", *(f"{code};N{number}" for number, code in enumerate([*codes, _INVALID], 1))]
    path = view.district.papers / "domande.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def _call_acts(view: View) -> Sequence[Act]:
    who, procedure = view.district.comune, view.district.procedure
    asked = ("bando", "check", str(_file(view)), "--procedure", procedure)
    return [Command(who, asked, _ANY_ROWS)]


def _last_call(view: View) -> dict[str, Any]:
    batches = view.eyes.ask(view.district.comune, "bando", "list").get("batches", [])
    done: list[dict[str, Any]] = [
        one for one in batches if one["procedure"] == view.district.procedure and one["state"] == "done"
    ]
    if not done:
        raise NotSeenError(("Il controllo non è finito. Riprovare.", "The check has not ended. Try again."))
    return done[0]


def _call_seen(view: View) -> Words:
    call = _last_call(view)
    rows, match, none, partial, rejected = (call[name] for name in ("rows", "match", "none", "partial", "rejected"))
    return (
        f"Righe {rows}: riscontro {match}, nessuno {none}, parziali {partial}, scartate {rejected} con il motivo.",
        f"Rows {rows}: match {match}, none {none}, partial {partial}, rejected {rejected} with the reason.",
    )


def _list_acts(view: View) -> Sequence[Act]:
    papers = view.district.papers
    files = ("--out", str(papers / "esiti.csv"), "--graduatoria", str(papers / "elenco.csv"), "--force")
    return [Command(view.district.comune, ("bando", "export", str(_last_call(view)["id"]), *files), _ANY_ROWS)]


def _list_seen(view: View) -> Words:
    try:
        published = view.district.papers.joinpath("elenco.csv").read_text("utf-8-sig")
    except OSError as error:
        raise NotSeenError(("L'elenco non è ancora scritto.", "The list is not written yet.")) from error
    rows, codes = len(published.splitlines()) - 1, len(_CODE.findall(published))
    if codes:
        raise NotSeenError(("Nell'elenco ci sono codici di persone.", "There are persons' codes in the list."))
    return (
        f"Nell'elenco da pubblicare: {rows} righe, 0 codici di persone. La chiave è in un file a parte.",
        f"In the list to be published: {rows} rows, 0 persons' codes. The key is in a file of its own.",
    )


PUBLIC_OFFICE = Chapter(
    ("Bianca, ufficio casa di un comune", "Bianca, in a comune's office"),
    (
        Step(
            "office-bill",
            ("La stessa bolletta", "The same bill"),
            (
                "Un nucleo chiede aiuto per la luce. Bianca ha una pratica con il suo protocollo: il comune agisce"
                " per compito pubblico, senza consenso. Prima di pagare chiede chi altro lo ha fatto.",
                "A household asks for help with electricity. Bianca has a case with its protocol number: a comune acts"
                " on public task, without consent. Before paying she asks who else did.",
            ),
            _bill_acts,
            _bill_seen,
        ),
        Step(
            "office-reserve",
            ("Impegnare un importo", "Reserve an amount"),
            (
                "Tra la decisione e il pagamento passano giorni. Un impegno dice agli altri enti che quei 300 euro"
                " sono già promessi, e non toglie niente a nessuno.",
                "Days go by between the decision and the payment. A reservation tells other bodies that these 300 euros"
                " are promised, and takes nothing from anybody.",
            ),
            _reserve_acts,
            _reserve_seen,
        ),
        Step(
            "office-call",
            ("Un bando, tutte le domande insieme", "A call, all its applications together"),
            (
                "Per un bando le domande arrivano in un file. Qui sono tre, e una ha il codice sbagliato. Ogni riga"
                " ha il suo esito; una riga parziale resta «parziale».",
                "For a call the applications come in a file. Here they are three, and one has a wrong code. Each row"
                " gets its own result; a partial row stays “partial”.",
            ),
            _call_acts,
            _call_seen,
        ),
        Step(
            "office-list",
            ("Pubblicare senza nomi", "Publish without names"),
            (
                "La graduatoria si pubblica senza dire chi sono le persone. Bianca scrive gli esiti per l'ufficio e"
                " un elenco per l'albo, con una chiave che resta in ufficio.",
                "The ranking is published without saying who people are. Bianca writes the results for the office and"
                " a list for the notice board, with a key that stays in the office.",
            ),
            _list_acts,
            _list_seen,
        ),
    ),
)
