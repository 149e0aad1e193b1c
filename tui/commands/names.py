"""`maglia aid names`, and help for persons without a code: at this body alone, likeness always "da confermare"."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from maglia.core.folding import fold
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import UNDO_S, AidStatus
from tui import doors
from tui.commands.base import Json, Out, Result, password_of, perform, read_identifier, require, require_given
from tui.commands.receipt import Wanted, with_receipt
from tui.entering import at
from tui.labels import FACETS, label
from tui.model import NamedAid, PastAid, ToConfirm
from tui.names_table import names_table
from tui.profile import Profile
from tui.text import parse_day, short_number, show_amount, show_day

Name = Annotated[
    str,
    typer.Option("--name", help="Nome e cognome di chi non ha nessun codice; - per leggerlo dall'ingresso standard."),
]
Born = Annotated[str, typer.Option("--born", help="Data di nascita, gg/mm/aaaa, con --name.")]


def find_names(ctx: typer.Context, name: Name, born: Born, out: Out = None, as_json: Json = False) -> None:
    """Cerca in questo ente le persone senza codice con un nome simile: tutte da confermare, mai unite dal programma.

    Esempio: maglia aid names --name "Nome Cognome" --born 01/02/1980
    """

    async def work(profile: Profile) -> Result:
        asked, day = read_identifier(name), parse_day(born).isoformat()
        async with at(doors.node, profile, password_of(profile)) as door:
            found = await door.find_names(asked, day)
        document: dict[str, object] = {"schema": "maglia.names/1", "to_confirm": _document(found)}
        return Result(document, fold(_listed(found, profile.lang)), table=names_table(found, profile.lang))

    perform(ctx, as_json, work, out)


def who(name: str, born: str, place: str, alias: str) -> tuple[str, str, str]:
    """Return name, birth (ISO 8601) and place of someone new; nothing of these goes with an alias."""
    if alias:
        require(not (born or place), "born")
        return "", "", ""
    require_given(bool(place.strip()), "place")
    return read_identifier(name), parse_day(born).isoformat(), place


async def record_named(profile: Profile, aid: NamedAid, wanted: Wanted) -> Result:
    """Put help for a person without a code on record, say who else on file is alike, and write the receipt if any."""
    async with at(doors.records, profile, password_of(profile)) as door:
        record_id, alias, alike = await door.add_named_aid(aid)
        paper = await wanted.written(door, record_id, profile)
    document: dict[str, object] = {
        "schema": "maglia.named_aid/1",
        "record_id": record_id,
        "alias": alias,
        "facet": aid.facet,
        "date": aid.date,
        "amount": aid.amount_cents,
        "status": aid.status,
        "to_confirm": _document(alike),
    }
    number, lang = short_number(record_id), profile.lang
    echo = ", ".join(
        (label(FACETS, aid.facet, lang), show_amount(aid.amount_cents), show_day(date.fromisoformat(aid.date)))
    )
    done = tr("Registrato: {echo} (n. {number}), persona {alias}: solo in questo ente.", lang).format(
        echo=echo, number=number, alias=alias
    )
    minutes = UNDO_S // 60
    undo = tr("Si annulla entro {minutes} minuti:", lang).format(minutes=minutes)
    told = [done, f"{undo} maglia aid undo {number}"]
    result = Result(document, fold([*told, *(_listed(alike, lang) if alike else [])]))
    return with_receipt(result, paper)


def _document(found: tuple[ToConfirm, ...]) -> list[dict[str, object]]:
    return [
        {
            "alias": one.alias,
            "name": one.name,
            "born": one.born,
            "place": one.place,
            "aids": [
                {"facet": aid.facet, "date": aid.date, "amount": aid.amount_cents, "status": aid.status}
                for aid in one.aids
            ],
        }
        for one in found
    ]


def _listed(found: tuple[ToConfirm, ...], lang: str) -> list[str]:
    """Return candidates as lines, each with the words that keep it one."""
    if not found:
        return [tr("Nessuno è registrato con un nome simile.", lang)]
    lines: list[str] = []
    for one in found:
        flag, birth = tr("DA CONFERMARE", lang), tr("nascita", lang)
        lines.append(f"{flag}  {one.alias}  {one.name}, {birth} {show_day(date.fromisoformat(one.born))}, {one.place}")
        lines += [f"    {_past(aid, lang)}" for aid in one.aids]
    return [*lines, tr(_ADVICE, lang)]


_ADVICE = mark(
    "Nomi simili, forse persone diverse: chiedere. Se è la stessa, usare il suo numero con «maglia aid add»."
)


def _past(aid: PastAid, lang: str) -> str:
    amount = () if aid.amount_cents is None else (show_amount(aid.amount_cents),)
    state = tr("promesso" if aid.status == AidStatus.RESERVED else "dato", lang)
    return ", ".join((label(FACETS, aid.facet, lang), state, show_day(date.fromisoformat(aid.date)), *amount))
