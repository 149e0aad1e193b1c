"""`maglia consent print`: the privacy notice and the consent form on paper, for the counter to hand out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from maglia.core.translation import tr
from maglia.core.vocabulary import Purpose
from tui.commands.base import Json, Result, password_of, perform
from tui.commands.receipt import COLUMNS, Columns, Roll
from tui.entering import who_is_here
from tui.handout import Printed, basis_of, file_name, hand_out
from tui.papers.forms import Form, form_of
from tui.papers.roll import check_columns
from tui.papers.writing import check_name
from tui.profile import Profile
from tui.question import check_purpose
from tui.session import notice_at


def print_papers(
    ctx: typer.Context,
    language: Annotated[
        str, typer.Option("--language", "--lang", help="Lingua; quella della postazione se manca.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="File .pdf o .txt; informativa-VERSIONE-LINGUA.pdf se manca.")
    ] = None,
    roll: Roll = False,
    columns: Columns = COLUMNS,
    purposes: Annotated[list[str] | None, typer.Option("--purpose", help="Scopo da elencare; si può ripetere.")] = None,
    basis: Annotated[str, typer.Option("--basis", help="consent o public_task; quella dell'ente se manca.")] = "",
    version: Annotated[str, typer.Option("--notice", help="Versione; la più recente se manca.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Riscrive il file, se c'è già.")] = False,
    as_json: Json = False,
) -> None:
    """Scrive in PDF, o come testo, l'informativa da dare alla persona e, dove serve il consenso, il modulo da firmare.

    Esempio: maglia consent print --lang it --out informativa.pdf

    Per il rotolo di una stampante da 80 mm: maglia consent print --roll --out informativa.txt
    """

    async def work(profile: Profile) -> Result:
        chosen = tuple(Purpose(check_purpose(purpose)) for purpose in purposes or ())
        notice = notice_at(profile, version, language)
        path = out or Path(file_name(notice, Form.ROLL if roll else Form.PDF))
        form = form_of(path, roll=roll)
        check_columns(columns)
        check_name(path, force=force)
        here = await who_is_here(profile, password_of(profile))
        printed = hand_out(profile, here, notice, basis_of(here, basis), path, chosen, form=form, columns=columns)
        return Result(_document(printed), [_line(printed, profile.lang)])

    perform(ctx, as_json, work)


def _document(printed: Printed) -> dict[str, object]:
    return {
        "schema": "maglia.notice/1",
        "file": str(printed.path),
        "notice_version": printed.notice.version,
        "language": printed.notice.language,
        "basis": printed.basis.value,
        "form": printed.has_form,
        "pages": printed.pages,
    }


def _line(printed: Printed, lang: str) -> str:
    which = f"{printed.notice.version} ({printed.notice.language})"
    said = tr(
        "Scritto {file}: informativa e modulo di consenso, versione {version}"
        if printed.has_form
        else "Scritto {file}: informativa, senza modulo di consenso, versione {version}",
        lang,
    )
    pages = "" if printed.pages is None else tr(", pagine: {pages}", lang).format(pages=printed.pages)
    return f"{said.format(file=printed.path, version=which)}{pages}."
