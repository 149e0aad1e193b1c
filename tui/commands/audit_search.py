"""`maglia audit search`: entries that were read, by what they say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from tui.commands.base import Json, Out, Result, perform
from tui.exits import Exit
from tui.profile import Profile
from tui.text import check_span, parse_day, plain

searching = typer.Typer(rich_markup_mode=None)


@searching.command("search")
def search(
    ctx: typer.Context,
    member: Annotated[str, typer.Option("--member", help="Il registro di quale ente, nome breve.")] = "",
    operator: Annotated[str, typer.Option("--operator", help="Nome utente di chi ha chiesto.")] = "",
    peer: Annotated[str, typer.Option("--peer", help="L'altro ente, nome breve.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="Scopo, come aid_overlap.")] = "",
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto, come rent_arrears.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="Che voce, come question_asked o refusals.")] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="Esito, come answered o silent.")] = "",
    code: Annotated[str, typer.Option("--code", help="Codice del rifiuto, come budget.answer.")] = "",
    procedure: Annotated[str, typer.Option("--procedure", help="Nome breve della procedura.")] = "",
    since: Annotated[str, typer.Option("--from", help="Primo giorno, gg/mm/aaaa.")] = "",
    until: Annotated[str, typer.Option("--to", help="Ultimo giorno, gg/mm/aaaa.")] = "",
    question: Annotated[str, typer.Option("--question", help="Numero della domanda, 32 cifre esadecimali.")] = "",
    check: Annotated[str, typer.Option("--check", help="Numero della verifica, nel registro di chi ha chiesto.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Quante voci al più.")] = 50,
    page: Annotated[str, typer.Option("--page", help="Da dove continuare: lo dice la pagina prima.")] = "",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Cerca nelle voci lette, dalla più recente: chi ha chiesto a chi, quando, per quale scopo. Mai persone, mai aiuti.

    Esempio: maglia --profile sara.toml audit search --member mensa-est --kind question_asked --from 01/11/2026

    Uscita: 0 cercato, anche se nulla è stato trovato; 11 se un registro è escluso o non letto; 2 dato errato.
    """

    async def work(profile: Profile) -> Result:
        from maglia.core.vocabulary import Facet, Purpose
        from tui.audit.anomalies_text import partial_line
        from tui.audit.day import search_logs, search_whole
        from tui.audit.entry_words import ENTRY_KINDS
        from tui.audit.opening import pulled
        from tui.audit.search import Query, midnight_ms, read_question, words_of
        from tui.audit.search_text import search_document, search_lines, search_table
        from tui.audit.search_words import CODES, OUTCOMES

        _check_choice("--kind", kind, ENTRY_KINDS)
        _check_choice("--purpose", purpose, Purpose)
        _check_choice("--facet", facet, Facet)
        if since and until:
            check_span(parse_day(since), parse_day(until))
        query = Query(
            member=member,
            operator=operator,
            peer=peer,
            purpose=purpose,
            facet=facet,
            kind=kind,
            outcome=outcome,
            code=code,
            procedure=procedure,
            check_id=check,
            question=read_question(question),
            since_ms=midnight_ms(since),
            until_ms=midnight_ms(until, days=1),
        )
        with pulled(profile) as (_folder, archive, known):
            if member:
                known.check_log(member)
            # A later version, and the rules, may have words that this program lacks: what some log says is known too.
            if outcome not in OUTCOMES:
                _check_choice("--outcome", outcome, sorted({*OUTCOMES, *words_of(archive, "outcome")}))
            if code not in CODES:
                _check_choice("--code", code, words_of(archive, "code"))
        found = search_logs(profile, query, limit, page)
        told = search_lines(found.page, profile.lang, found.titles)
        read, total = found.members_read, found.members_total
        partial = partial_line(found.unread, total, profile.lang) if found.unread else ""
        if partial:
            told.append(f"?? {partial}")
        table = None
        if out is not None:  # a file holds all that was found: whoever is handed it can't ask for the next page
            whole = search_whole(profile, query, lambda _read, _total: None)
            table = search_table(whole.page, profile.lang, whole.titles, partial)
        document = {**search_document(found.page), "members_read": read, "members_total": total}
        status = Exit.PARTIAL if partial else Exit.DONE
        return Result({**document, "complete": read == total}, told, status, table)

    perform(ctx, as_json, work, out)


def _check_choice(option: str, value: str, allowed: Iterable[str]) -> None:
    """Raise `input.choice` for a value that is none of those allowed; what logs say of these is made plain."""
    known = list(allowed)
    if value and value not in known:
        listed = ", ".join(plain(one, 40) for one in known) or "-"
        raise MagliaError(Code.INPUT_CHOICE, value=plain(value, 40), option=option, allowed=listed)
