"""The auditor's part: every log read, recomputed, held against the others; a check found again without a person."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.translation import mark, tr
from tui.tour.model import Act, Chapter, Command, NotSeenError, Step, View


def _command(*words: str, view: View, ends: frozenset[int] = frozenset({0})) -> Sequence[Act]:
    return [Command(view.district.auditor, ("audit", *words), ends)]


def _pull_seen(view: View) -> str:
    found = view.eyes.ask(view.district.auditor, "audit", "verify")
    read, total = found.get("members_read", 0), found.get("members_total", 0)
    if not read:
        raise NotSeenError(tr("Nessun registro letto. Riprovare.", view.lang))
    return tr(
        "Letti {read} registri su {total}. Anche questa lettura è scritta in ciascuno, a nome di Sara.", view.lang
    ).format(read=read, total=total)


def _verify_seen(view: View) -> str:
    logs = view.eyes.ask(view.district.auditor, "audit", "verify").get("logs", [])
    intact = [one for one in logs if one["verdict"] == "intact"]
    if len(intact) < len(logs) or not logs:
        raise NotSeenError(tr("Non tutti i registri sono integri.", view.lang))
    entries = sum(one["entries"] for one in intact)
    return tr("Integri {intact} registri su {count}, {entries} voci ricalcolate una per una.", view.lang).format(
        intact=len(intact), count=len(logs), entries=entries
    )


def _reconcile_seen(view: View) -> str:
    found = view.eyes.ask(view.district.auditor, "audit", "reconcile")
    if "findings" not in found:
        raise NotSeenError(tr("Il confronto non è riuscito. Riprovare.", view.lang))
    return tr("Differenze: {count}. Una domanda che manca da una delle due parti si vedrebbe qui.", view.lang).format(
        count=len(found["findings"])
    )


def _search(view: View) -> tuple[str, ...]:
    return ("search", "--operator", view.district.volunteer.user, "--kind", "question_asked", "--limit", "5")


def _search_seen(view: View) -> str:
    who = view.district.volunteer
    asked = view.eyes.ask(who, "check", "list").get("checks", [])
    entries = view.eyes.ask(view.district.auditor, "audit", *_search(view)).get("entries", [])
    known = {one["check_id"] for one in asked}
    found = [one for one in entries if one["check"] in known]
    if not found:
        raise NotSeenError(
            tr("Le verifiche di Anna non si trovano: serve il passo «leggere tutti i registri» dopo le sue.", view.lang)
        )
    return tr(
        "Ritrovate {count} domande di {name}: ora, ente, scopo. Nessuna dice di quale persona.", view.lang
    ).format(count=len(found), name=who.name)


AUDITING = Chapter(
    mark("Sara, revisora della rete"),
    (
        Step(
            "audit-pull",
            mark("Leggere tutti i registri"),
            mark(
                "Ogni domanda e ogni risposta restano nel registro di chi chiede e di chi risponde. Sara li legge"
                " tutti, e li tiene accanto al suo profilo."
            ),
            lambda view: _command("pull", view=view),
            _pull_seen,
        ),
        Step(
            "audit-verify",
            mark("Nessuno ha riscritto niente"),
            mark(
                "Un registro si può solo allungare. Sara lo ricalcola dalla prima voce e lo confronta con le firme"
                " dell'ente e del testimone."
            ),
            lambda view: _command("verify", view=view, ends=frozenset({0, 11})),
            _verify_seen,
        ),
        Step(
            "audit-reconcile",
            mark("Le due parti dicono lo stesso"),
            mark(
                "Chi chiede e chi risponde scrivono ciascuno la propria voce. Sara le confronta a due a due: una"
                " domanda nascosta da una parte si trova nell'altra."
            ),
            lambda view: _command("reconcile", view=view, ends=frozenset({0, 10, 11})),
            _reconcile_seen,
        ),
        Step(
            "audit-search",
            mark("Ritrovare una verifica"),
            mark(
                "Qualcuno chiede: chi ha domandato, e perché? Sara cerca le domande di Anna di oggi. Vede ora, enti e"
                " scopo, mai le persone."
            ),
            lambda view: _command(*_search(view), view=view),
            _search_seen,
        ),
    ),
)
