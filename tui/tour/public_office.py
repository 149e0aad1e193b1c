"""The comune officer's part: the same bill, an amount reserved, a call for applicants, the list to be published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from maglia.core.translation import mark, tr
from tui.tour.model import Act, Chapter, Command, NotSeenError, Step, View
from tui.tour.seeing import counted, joined, newest_check

_ANY_ANSWER = frozenset({0, 10, 11})
_ANY_ROWS = _ANY_ANSWER | {12}
_INVALID = "XQZ"
"""A code with letters missing, as they are found in every file of applications."""
_CODE = re.compile(r"[A-Z]{6}[0-9A-Z]{10}")


def _bill_acts(view: View) -> Sequence[Act]:
    return [Command(view.district.comune, view.district.case("same_need").question, frozenset({10}))]


def _bill_seen(view: View) -> str:
    check = newest_check(view, view.district.comune, view.district.case("same_need").facet)
    if check.get("verdict") != "same_need":
        raise NotSeenError(tr("Non è lo stesso bisogno.", view.lang))
    told = tr(
        "È la stessa bolletta: qualcuno l'ha già pagata. Un ufficio, con una pratica, vede anche chi e quanto.",
        view.lang,
    )
    return joined(counted(check, view.lang), told)


def _reserve_acts(view: View) -> Sequence[Act]:
    case = view.district.case("rent")
    wanted = ("--facet", case.facet, "--amount", "300,00", "--purpose", case.purpose, "--case", case.protocol)
    return [Command(view.district.comune, ("reserve", "add", case.identifier, *wanted), _ANY_ANSWER)]


def _reserve_seen(view: View) -> str:
    who, case = view.district.comune, view.district.case("rent")
    listed = view.eyes.ask(who, "reserve", "list").get("reservations", [])
    mine = [one for one in listed if one["facet"] == case.facet and one["reserved_by"] == who.user]
    ours = [one for one in mine if _at_ms(one["reserved_at"]) >= view.since_ms]
    if not ours:
        raise NotSeenError(tr("Nessun impegno agli atti. Riprovare.", view.lang))
    day = "/".join(reversed(str(ours[-1]["reserved_until"])[:10].split("-")))
    return tr("L'impegno vale fino al {day}, e gli altri enti lo vedono quando chiedono.", view.lang).format(day=day)


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
        raise NotSeenError(tr("Il controllo non è finito. Riprovare.", view.lang))
    return done[0]


def _call_seen(view: View) -> str:
    call = _last_call(view)
    rows, match, none, partial, rejected = (call[name] for name in ("rows", "match", "none", "partial", "rejected"))
    return tr(
        "Righe {rows}: riscontro {match}, nessuno {none}, parziali {partial}, scartate {rejected} con il motivo.",
        view.lang,
    ).format(rows=rows, match=match, none=none, partial=partial, rejected=rejected)


def _list_acts(view: View) -> Sequence[Act]:
    papers = view.district.papers
    files = ("--out", str(papers / "esiti.csv"), "--graduatoria", str(papers / "elenco.csv"), "--force")
    return [Command(view.district.comune, ("bando", "export", str(_last_call(view)["id"]), *files), _ANY_ROWS)]


def _list_seen(view: View) -> str:
    try:
        published = view.district.papers.joinpath("elenco.csv").read_text("utf-8-sig")
    except OSError as error:
        raise NotSeenError(tr("L'elenco non è ancora scritto.", view.lang)) from error
    rows, codes = len(published.splitlines()) - 1, len(_CODE.findall(published))
    if codes:
        raise NotSeenError(tr("Nell'elenco ci sono codici di persone.", view.lang))
    return tr(
        "Nell'elenco da pubblicare: {rows} righe, 0 codici di persone. La chiave è in un file a parte.", view.lang
    ).format(rows=rows)


PUBLIC_OFFICE = Chapter(
    mark("Bianca, ufficio casa di un comune"),
    (
        Step(
            "office-bill",
            mark("La stessa bolletta"),
            mark(
                "Un nucleo chiede aiuto per la luce. Bianca ha una pratica con il suo protocollo: il comune agisce"
                " per compito pubblico, senza consenso. Prima di pagare chiede chi altro lo ha fatto."
            ),
            _bill_acts,
            _bill_seen,
        ),
        Step(
            "office-reserve",
            mark("Impegnare un importo"),
            mark(
                "Tra la decisione e il pagamento passano giorni. Un impegno dice agli altri enti che quei 300 euro"
                " sono già promessi, e non toglie niente a nessuno."
            ),
            _reserve_acts,
            _reserve_seen,
        ),
        Step(
            "office-call",
            mark("Un bando, tutte le domande insieme"),
            mark(
                "Per un bando le domande arrivano in un file. Qui sono tre, e una ha il codice sbagliato. Ogni riga"
                " ha il suo esito; una riga parziale resta «parziale»."
            ),
            _call_acts,
            _call_seen,
        ),
        Step(
            "office-list",
            mark("Pubblicare senza nomi"),
            mark(
                "La graduatoria si pubblica senza dire chi sono le persone. Bianca scrive gli esiti per l'ufficio e"
                " un elenco per l'albo, con una chiave che resta in ufficio."
            ),
            _list_acts,
            _list_seen,
        ),
    ),
)
