"""`maglia aid show`, `correct`, `undo` and `note`: what is on file of a person, and how it is put right."""

from __future__ import annotations

import sys
from dataclasses import asdict
from time import time
from typing import Annotated

import typer

from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Frequency, MeansTest, Visibility
from tui import doors
from tui.commands.base import Json, Out, Person, Result, password_of, perform, read_identifier, require
from tui.commands.receipt import Number, print_receipt
from tui.entering import at
from tui.profile import Profile
from tui.question import check_aid_facet
from tui.records_model import Correction
from tui.records_text import note_lines, person_lines, person_table, record_lines, undone_lines
from tui.text import parse_amount, parse_day, short_number, show_time

_UNDO = mark("Si annulla fino alle {until}: maglia aid undo {number}")


def show_file(ctx: typer.Context, identifier: Person, out: Out = None, as_json: Json = False) -> None:
    """Mostra gli aiuti di una persona agli atti di questo ente, con le versioni corrette, e le note.

    Esempio: maglia aid show CODICE
    """

    async def work(profile: Profile) -> Result:
        person = _person(identifier)
        async with at(doors.records, profile, password_of(profile)) as door:
            found = await door.person_file(person)
        document: dict[str, object] = {"schema": "maglia.aid.file/1", **asdict(found)}
        return Result(document, person_lines(found, profile.lang), table=person_table(found, profile.lang))

    perform(ctx, as_json, work, out)


def correct_aid(
    ctx: typer.Context,
    number: Number,
    facet: Annotated[str | None, typer.Option("--facet", help="Tipo di aiuto.")] = None,
    day: Annotated[str | None, typer.Option("--date", help="Giorno, come gg/mm/aaaa.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="Importo o valore, come 1.234,50.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="given o cancelled.")] = None,
    visibility: Annotated[str | None, typer.Option("--visibility", help="network o only_us.")] = None,
    creditor: Annotated[str | None, typer.Option("--creditor", help="Creditore; vuoto per toglierlo.")] = None,
    need: Annotated[
        str | None, typer.Option("--need", help="POD:..., PDR:... o LEASE:...; vuoto per toglierlo.")
    ] = None,
    period_from: Annotated[str | None, typer.Option("--from", help="Inizio del periodo, gg/mm/aaaa.")] = None,
    period_to: Annotated[str | None, typer.Option("--to", help="Fine del periodo, gg/mm/aaaa.")] = None,
    monthly: Annotated[bool | None, typer.Option("--monthly/--once", help="Ogni mese, o una volta.")] = None,
    protocol: Annotated[str | None, typer.Option("--protocol", help="Numero di protocollo.")] = None,
    means_test: Annotated[str | None, typer.Option("--means-test", help="isee, other, exempt o none.")] = None,
    as_json: Json = False,
) -> None:
    """Corregge un aiuto: la versione nuova vale da subito, la vecchia resta visibile agli atti e non risponde più.

    Un aiuto mai dato si corregge con --status cancelled. La persona non si cambia: annullare e registrare di nuovo.

    Esempio: maglia aid correct a7b3c9d1 --amount 40,00
    """

    async def work(profile: Profile) -> Result:
        require(status in {None, "given", "cancelled"}, "status")
        require(visibility is None or visibility in frozenset(Visibility), "visibility")
        require(means_test is None or means_test in frozenset(MeansTest), "means_test")
        frequency = None if monthly is None else (Frequency.MONTHLY if monthly else Frequency.ONE_OFF).value
        correction = Correction(
            facet=None if facet is None else check_aid_facet(facet),
            date=None if day is None else parse_day(day).isoformat(),
            amount_cents=None if amount is None else parse_amount(amount),
            status=status,
            visibility=visibility,
            creditor=creditor,
            need=parse_need(need).text if need else need,
            period_from=_maybe_day(period_from),
            period_to=_maybe_day(period_to),
            frequency=frequency,
            protocol=protocol,
            means_test=means_test,
        )
        async with at(doors.records, profile, password_of(profile)) as door:
            new = await door.correct_aid(number, correction)
        done = tr("Corretto, vale da ora:", profile.lang)
        undo = tr(_UNDO, profile.lang).format(until=show_time(new.undo_until_ms), number=short_number(new.id))
        return Result(
            {"schema": "maglia.aid.corrected/1", "record": asdict(new)}, [done, *record_lines(new, profile.lang), undo]
        )

    perform(ctx, as_json, work)


def undo_aid(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Annulla un aiuto entro dieci minuti da quando è registrato: chi l'ha registrato, o un responsabile.

    Annullata una correzione, vale di nuovo la versione di prima; annullata la conferma di un impegno, torna
    l'impegno. Dopo i dieci minuti si corregge.

    Esempio: maglia aid undo a7b3c9d1
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.records, profile, password_of(profile)) as door:
            again = await door.undo_aid(number)
        document: dict[str, object] = {
            "schema": "maglia.aid.undone/1",
            "undone": number,
            "in_force": asdict(again) if again else None,
        }
        return Result(document, undone_lines(again, time() * 1000, profile.lang))

    perform(ctx, as_json, work)


def note_person(
    ctx: typer.Context,
    identifier: Person,
    text: Annotated[
        str, typer.Option("--text", help="Testo da aggiungere; - per leggerlo dall'ingresso standard.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Elenca le note private su una persona, o ne aggiunge una con --text. Restano in questo ente.

    Esempio: maglia aid note CODICE --text "Chiamare dopo le 15"
    """

    async def work(profile: Profile) -> Result:
        person = _person(identifier)
        written = sys.stdin.read() if text == "-" else text
        require(text != "-" or bool(written.strip()), "note")
        async with at(doors.records, profile, password_of(profile)) as door:
            if written:
                count = await door.add_note(person, written)
                done = tr("Nota registrata.", profile.lang)
                return Result({"schema": "maglia.aid.note/1", "notes": count}, [done])
            notes = await door.notes(person)
        none = tr("Nessuna nota su questa persona.", profile.lang)
        document: dict[str, object] = {"schema": "maglia.aid.notes/1", "notes": [asdict(one) for one in notes]}
        return Result(document, note_lines(notes, profile.lang) or [none])

    perform(ctx, as_json, work)


def add_to(aid: typer.Typer) -> None:
    """Put these commands beside those that record."""
    aid.command("show")(show_file)
    aid.command("receipt")(print_receipt)
    aid.command("correct")(correct_aid)
    aid.command("undo")(undo_aid)
    aid.command("note")(note_person)


def _person(argument: str) -> str:
    return parse_identifier(read_identifier(argument)).text


def _maybe_day(text: str | None) -> str | None:
    return parse_day(text).isoformat() if text else text
