"""`maglia consent`: what a person agreed to at this body."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.folding import fold
from maglia.core.identifiers import parse_identifier
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Kind
from tui import doors
from tui.commands.base import YES, Json, Out, Person, Result, password_of, perform, read_identifier
from tui.commands.notice import print_papers
from tui.consent_model import ConsentFile
from tui.consent_text import consent_table, expiring_lines, expiring_table, file_lines, recorded_line
from tui.entering import at
from tui.model import Consent
from tui.profile import Profile
from tui.question import check_purpose
from tui.session import notice_at
from tui.text import parse_day
from tui.typed import ask_line

Yes = Annotated[bool, typer.Option("--yes", help="Senza chiedere conferma, per gli script.")]

consent = typer.Typer(no_args_is_help=True, help="Consensi delle persone.", rich_markup_mode=None)


@consent.command("add")
def add_consent(
    ctx: typer.Context,
    identifier: Person,
    purposes: Annotated[list[str], typer.Option("--purpose", help="Scopo; si può ripetere.")],
    day: Annotated[str, typer.Option("--date", help="Giorno, come gg/mm/aaaa; oggi se manca.")] = "",
    notice: Annotated[str, typer.Option("--notice", help="Versione dell'informativa; la più recente se manca.")] = "",
    language: Annotated[
        str, typer.Option("--language", "--lang", help="Lingua dell'informativa; quella della postazione se manca.")
    ] = "",
    method: Annotated[str, typer.Option("--method", help="Come è stato dato: signed, oral o digital.")] = "signed",
    audience: Annotated[
        list[str] | None,
        typer.Option("--audience", help="Solo enti di questo tipo, per esempio comune; si può ripetere."),
    ] = None,
    expires: Annotated[str, typer.Option("--expires", help="Ultimo giorno, se prima di un anno, gg/mm/aaaa.")] = "",
    as_json: Json = False,
) -> None:
    """Registra il consenso di una persona. Vale per tutti gli enti accreditati e per un anno, se non dice di meno.

    Esempio: maglia consent add CODICE --purpose aid_overlap --audience comune --expires 31/12/2026
    """

    async def work(profile: Profile) -> Result:
        read = notice_at(profile, notice, language)
        given = Consent(
            identifier=parse_identifier(read_identifier(identifier)).text,
            purposes=tuple(check_purpose(purpose) for purpose in purposes),
            notice_version=read.version,
            language=read.language,
            date=parse_day(day).isoformat() if day else "",
            method=method,
            audience=tuple(_kind(kind) for kind in audience or ()),
            expires=parse_day(expires).isoformat() if expires else "",
        )
        return await _record_consent(profile, given)

    perform(ctx, as_json, work)


consent.command("print")(print_papers)


async def _record_consent(profile: Profile, given: Consent) -> Result:
    async with at(doors.node, profile, password_of(profile)) as door:
        recorded = await door.add_consent(given)
    document: dict[str, object] = {
        "schema": "maglia.consent/1",
        "consent_id": recorded.id,
        "purposes": list(given.purposes),
        "notice_version": given.notice_version,
        "date": recorded.date,
        "audience": list(given.audience),
        "expires": recorded.expires,
    }
    return Result(document, fold([recorded_line(given.purposes, recorded, profile.lang)]))


@consent.command("show")
def show_consents(ctx: typer.Context, identifier: Person, out: Out = None, as_json: Json = False) -> None:
    """Mostra i consensi di una persona a questo ente, ogni rifiuto od opposizione, e chi è ancora da avvisare.

    Esempio: maglia consent show CODICE
    """

    async def work(profile: Profile) -> Result:
        person = _person(identifier)
        async with at(doors.node, profile, password_of(profile)) as door:
            return _told(await door.consents(person), profile)

    perform(ctx, as_json, work, out)


@consent.command("withdraw")
def withdraw_consent(
    ctx: typer.Context,
    identifier: Person,
    purpose: Annotated[str, typer.Option("--purpose", help="Solo per questo scopo; tutti se manca.")] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Ritira il consenso di una persona, dalla prossima domanda in poi, e dice quali enti sono da avvisare.

    Gli aiuti dati su consenso non si mostrano più; quelli di un ente pubblico per suo compito restano, e dicono che
    la persona si oppone. Gli invii ancora aperti a nome della persona si ritirano insieme.

    Esempio: maglia consent withdraw CODICE --purpose referral
    """

    async def work(profile: Profile) -> Result:
        person, code = _person(identifier), check_purpose(purpose) if purpose else ""
        _confirm(mark("Ritirare il consenso?"), profile, yes=yes)
        async with at(doors.node, profile, password_of(profile)) as door:
            return _told(await door.withdraw_consent(person, code), profile)

    perform(ctx, as_json, work)


@consent.command("refuse")
def refuse_consent(ctx: typer.Context, identifier: Person, yes: Yes = False, as_json: Json = False) -> None:
    """Registra che una persona rifiuta il consenso: nessuna domanda alla rete, e l'aiuto resta in questo ente.

    Un consenso già dato si intende ritirato. L'aiuto si può dare e registrare lo stesso.

    Esempio: maglia consent refuse CODICE
    """

    async def work(profile: Profile) -> Result:
        person = _person(identifier)
        _confirm(mark("Registrare il rifiuto?"), profile, yes=yes)
        async with at(doors.node, profile, password_of(profile)) as door:
            return _told(await door.refuse_consent(person), profile)

    perform(ctx, as_json, work)


@consent.command("object")
def add_objection(ctx: typer.Context, identifier: Person, yes: Yes = False, as_json: Json = False) -> None:
    """Registra l'opposizione di una persona al compito di un ente pubblico: gli aiuti restano, e lo dicono.

    Esempio: maglia consent object CODICE
    """

    async def work(profile: Profile) -> Result:
        person = _person(identifier)
        _confirm(mark("Registrare l'opposizione?"), profile, yes=yes)
        async with at(doors.node, profile, password_of(profile)) as door:
            return _told(await door.add_objection(person), profile)

    perform(ctx, as_json, work)


@consent.command("told")
def mark_told(
    ctx: typer.Context,
    identifier: Person,
    body: Annotated[str, typer.Argument(help="Nome breve dell'ente avvisato, come in maglia consent show.")],
    as_json: Json = False,
) -> None:
    """Segna che un ente è stato avvisato del ritiro.

    Esempio: maglia consent told CODICE comune-esempio
    """

    async def work(profile: Profile) -> Result:
        person = _person(identifier)
        async with at(doors.node, profile, password_of(profile)) as door:
            return _told(await door.mark_told(person, body), profile)

    perform(ctx, as_json, work)


@consent.command("expiring")
def expiring_consents(
    ctx: typer.Context,
    days: Annotated[int, typer.Option("--days", min=0, max=366, help="Quanti giorni guardare avanti.")] = 30,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Elenca i consensi scaduti o in scadenza, da rinnovare. Mostra i codici: solo a chi sta allo sportello.

    Esempio: maglia consent expiring --days 30
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.node, profile, password_of(profile)) as door:
            today, found = await door.expiring_consents(days)
        document: dict[str, object] = {
            "schema": "maglia.consents_expiring/1",
            "day": today,
            "days": days,
            "consents": [asdict(one) for one in found],
        }
        lines = fold(expiring_lines(found, today, days, profile.lang))
        return Result(document, lines, table=expiring_table(found, today, profile.lang))

    perform(ctx, as_json, work, out)


def _person(identifier: str) -> str:
    return parse_identifier(read_identifier(identifier)).text


def _told(on_file: ConsentFile, profile: Profile) -> Result:
    document: dict[str, object] = {"schema": "maglia.consents/1", **asdict(on_file)}
    document["still_to_tell"] = [one.member for one in on_file.still_to_tell]
    return Result(document, fold(file_lines(on_file, profile.lang)), table=consent_table(on_file, profile.lang))


def _confirm(question: str, profile: Profile, *, yes: bool) -> None:
    """Ask before the act, no being the answer of whoever only presses Enter; raise `session.unconfirmed`."""
    if yes:
        return
    asked = tr(question, profile.lang) + tr(" [s/N] ", profile.lang)
    if not sys.stdin.isatty() or ask_line(asked).lower() not in YES:
        raise MagliaError(Code.SESSION_UNCONFIRMED)


def _kind(text: str) -> str:
    if text not in set(Kind):
        raise MagliaError(Code.INPUT_FIELD, field="audience")
    return text
