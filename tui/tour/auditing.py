"""The auditor's part: every log read, recomputed, held against the others; a check found again without a person."""

from __future__ import annotations

from collections.abc import Sequence

from tui.tour.model import Act, Chapter, Command, NotSeenError, Step, View, Words


def _command(*words: str, view: View, ends: frozenset[int] = frozenset({0})) -> Sequence[Act]:
    return [Command(view.district.auditor, ("audit", *words), ends)]


def _pull_seen(view: View) -> Words:
    found = view.eyes.ask(view.district.auditor, "audit", "verify")
    read, total = found.get("members_read", 0), found.get("members_total", 0)
    if not read:
        raise NotSeenError(("Nessun registro letto. Riprovare.", "No log was read. Try again."))
    return (
        f"Letti {read} registri su {total}. Anche questa lettura è scritta in ciascuno, a nome di Sara.",
        f"{read} logs of {total} read. This reading too is written in each of them, under Sara's name.",
    )


def _verify_seen(view: View) -> Words:
    logs = view.eyes.ask(view.district.auditor, "audit", "verify").get("logs", [])
    intact = [one for one in logs if one["verdict"] == "intact"]
    if len(intact) < len(logs) or not logs:
        raise NotSeenError(("Non tutti i registri sono integri.", "Not all logs are intact."))
    entries = sum(one["entries"] for one in intact)
    return (
        f"Integri {len(intact)} registri su {len(logs)}, {entries} voci ricalcolate una per una.",
        f"{len(intact)} logs of {len(logs)} are intact, {entries} entries recomputed one by one.",
    )


def _reconcile_seen(view: View) -> Words:
    found = view.eyes.ask(view.district.auditor, "audit", "reconcile")
    if "findings" not in found:
        raise NotSeenError(("Il confronto non è riuscito. Riprovare.", "They could not be compared. Try again."))
    return (
        f"Differenze: {len(found['findings'])}. Una domanda che manca da una delle due parti si vedrebbe qui.",
        f"Differences: {len(found['findings'])}. A question that one side left out would show here.",
    )


def _search(view: View) -> tuple[str, ...]:
    return ("search", "--operator", view.district.volunteer.user, "--kind", "question_asked", "--limit", "5")


def _search_seen(view: View) -> Words:
    who = view.district.volunteer
    asked = view.eyes.ask(who, "check", "list").get("checks", [])
    entries = view.eyes.ask(view.district.auditor, "audit", *_search(view)).get("entries", [])
    known = {one["check_id"] for one in asked}
    found = [one for one in entries if one["check"] in known]
    if not found:
        raise NotSeenError(
            (
                "Le verifiche di Anna non si trovano: serve il passo «leggere tutti i registri» dopo le sue.",
                "Anna's checks are not found: the step that reads all logs comes after hers.",
            )
        )
    return (
        f"Ritrovate {len(found)} domande di {who.name}: ora, ente, scopo. Nessuna dice di quale persona.",
        f"{len(found)} of {who.name}'s questions found: time, body, purpose. None says about which person.",
    )


AUDITING = Chapter(
    ("Sara, revisora della rete", "Sara, the network's auditor"),
    (
        Step(
            "audit-pull",
            ("Leggere tutti i registri", "Read all logs"),
            (
                "Ogni domanda e ogni risposta restano nel registro di chi chiede e di chi risponde. Sara li legge"
                " tutti, e li tiene accanto al suo profilo.",
                "Every question and every answer stays in the log of who asks and of who answers. Sara reads them all,"
                " and keeps them beside her profile.",
            ),
            lambda view: _command("pull", view=view),
            _pull_seen,
        ),
        Step(
            "audit-verify",
            ("Nessuno ha riscritto niente", "Nobody rewrote anything"),
            (
                "Un registro si può solo allungare. Sara lo ricalcola dalla prima voce e lo confronta con le firme"
                " dell'ente e del testimone.",
                "A log can only grow. Sara recomputes it from its first entry and holds it against the signatures of"
                " the body and of the witness.",
            ),
            lambda view: _command("verify", view=view, ends=frozenset({0, 11})),
            _verify_seen,
        ),
        Step(
            "audit-reconcile",
            ("Le due parti dicono lo stesso", "Both sides say the same"),
            (
                "Chi chiede e chi risponde scrivono ciascuno la propria voce. Sara le confronta a due a due: una"
                " domanda nascosta da una parte si trova nell'altra.",
                "Who asks and who answers each write their own entry. Sara compares them in pairs: a question hidden on"
                " one side is found on the other.",
            ),
            lambda view: _command("reconcile", view=view, ends=frozenset({0, 10, 11})),
            _reconcile_seen,
        ),
        Step(
            "audit-search",
            ("Ritrovare una verifica", "Find a check again"),
            (
                "Qualcuno chiede: chi ha domandato, e perché? Sara cerca le domande di Anna di oggi. Vede ora, enti e"
                " scopo, mai le persone.",
                "Somebody wonders: who asked, and why? Sara searches for Anna's questions of today. She sees time,"
                " bodies and purpose, never persons.",
            ),
            lambda view: _command(*_search(view), view=view),
            _search_seen,
        ),
    ),
)
