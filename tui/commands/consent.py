"""`maglia consent`: what a person agreed to at this body."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.vocabulary import Kind
from tui.commands.base import Json, Person, Result, password_of, perform, read_identifier
from tui.commands.notice import print_papers
from tui.labels import PURPOSES, label, pick
from tui.model import Consent
from tui.profile import Profile
from tui.session import at_node, check_purpose, notice_at
from tui.text import parse_day, show_day

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
    async with at_node(profile, password_of(profile)) as door:
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
    done = pick(("Consenso registrato", "Consent recorded"), profile.lang)
    until = pick(("fino al", "until"), profile.lang)
    purposes = ", ".join(label(PURPOSES, purpose, profile.lang) for purpose in given.purposes)
    days = f"{_day(recorded.date)} {until} {_day(recorded.expires)}"
    return Result(document, [f"{done}: {purposes}, {days} (n. {recorded.id})."])


def _day(iso: str) -> str:
    return show_day(date.fromisoformat(iso))


def _kind(text: str) -> str:
    if text not in set(Kind):
        raise MagliaError(Code.INPUT_FIELD, field="audience")
    return text
