"""`maglia consent`: what a person agreed to at this body."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from maglia.core.identifiers import parse_identifier
from tui.commands.base import Json, Person, Result, password_of, perform, read_identifier
from tui.labels import PURPOSES, label
from tui.model import Consent
from tui.profile import Profile
from tui.session import NOTICE_VERSION, at_node, check_purpose
from tui.text import parse_day, show_day

consent = typer.Typer(no_args_is_help=True, help="Consensi delle persone.", rich_markup_mode=None)


@consent.command("add")
def add_consent(
    ctx: typer.Context,
    identifier: Person,
    purposes: Annotated[list[str], typer.Option("--purpose", help="Scopo; si può ripetere.")],
    day: Annotated[str, typer.Option("--date", help="Giorno, come gg/mm/aaaa; oggi se manca.")] = "",
    notice: Annotated[str, typer.Option("--notice", help="Versione dell'informativa.")] = NOTICE_VERSION,
    language: Annotated[str, typer.Option("--language", help="Lingua dell'informativa.")] = "it",
    method: Annotated[str, typer.Option("--method", help="Come è stato dato: signed, oral o digital.")] = "signed",
    as_json: Json = False,
) -> None:
    """Registra il consenso di una persona.

    Esempio: maglia consent add CODICE --purpose aid_overlap
    """

    async def work(profile: Profile) -> Result:
        given = Consent(
            identifier=parse_identifier(read_identifier(identifier)).text,
            purposes=tuple(check_purpose(purpose) for purpose in purposes),
            notice_version=notice,
            language=language,
            date=parse_day(day).isoformat() if day else "",
            method=method,
        )
        return await _record_consent(profile, given)

    perform(ctx, as_json, work)


async def _record_consent(profile: Profile, given: Consent) -> Result:
    async with at_node(profile, password_of(profile)) as door:
        consent_id, since = await door.add_consent(given)
    document: dict[str, object] = {
        "schema": "maglia.consent/1",
        "consent_id": consent_id,
        "purposes": list(given.purposes),
        "notice_version": given.notice_version,
        "date": since,
    }
    done = "Consent recorded" if profile.lang == "en" else "Consenso registrato"
    purposes = ", ".join(label(PURPOSES, purpose, profile.lang) for purpose in given.purposes)
    day = show_day(date.fromisoformat(since))
    return Result(document, [f"{done}: {purposes}, {day} (n. {consent_id})."])
