"""`maglia offline form`: paper forms to have printed before the line or the power fails. No node is asked."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from maglia.core.translation import tr
from maglia.core.vocabulary import Basis
from tui.commands.base import Json, Result, perform, require
from tui.papers.notice import ON_PAPER, Notice
from tui.profile import Profile
from tui.session import notice_at


def print_forms(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", help="File PDF; senza, testo di 80 colonne.")] = None,
    language: Annotated[
        str, typer.Option("--language", "--lang", help="Lingua; quella della postazione se manca.")
    ] = "",
    body: Annotated[str, typer.Option("--body", help="Nome dell'ente; se manca resta da timbrare.")] = "",
    contact: Annotated[str, typer.Option("--contact", help="Recapito dell'ente per l'informativa.")] = "",
    basis: Annotated[str, typer.Option("--basis", help="consent o public_task.")] = Basis.CONSENT.value,
    version: Annotated[str, typer.Option("--notice", help="Versione; la più recente se manca.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Riscrive il file, se c'è già.")] = False,
    as_json: Json = False,
) -> None:
    """Stampa informativa, modulo di consenso e modulo dell'aiuto, da tenere allo sportello per quando manca tutto.

    Esempio: maglia offline form --out moduli.pdf
    """

    async def work(profile: Profile) -> Result:
        require(basis in frozenset(ON_PAPER), "basis")
        notice = notice_at(profile, version, language)
        if out is None:
            text = _as_text(profile, notice, Basis(basis), body, contact)
            return Result({**_document(notice, basis), "text": text}, text.rstrip("\n").split("\n"))
        pages = _as_pdf(profile, notice, Basis(basis), body, contact, out, force=force)
        written = {**_document(notice, basis), "file": str(out), "pages": pages}
        return Result(written, [_line(out, notice, pages, profile.lang)])

    perform(ctx, as_json, work)


def _as_text(profile: Profile, notice: Notice, basis: Basis, body: str, contact: str) -> str:
    from tui.papers.aid_paper import write_aid_form
    from tui.papers.consent_paper import Controller, write_papers
    from tui.papers.plain_page import PlainPage

    page = PlainPage()
    who = Controller(body, contact, profile.network, profile.dpo)
    write_papers(page, notice, basis, who, behind=partial(write_aid_form, body=body, lang=notice.language))
    return page.text()


def _as_pdf(profile: Profile, notice: Notice, basis: Basis, body: str, contact: str, out: Path, *, force: bool) -> int:
    from tui.papers.aid_paper import write_aid_form
    from tui.papers.consent_paper import Controller, print_notice
    from tui.papers.writing import check_name, write_paper

    check_name(out, force=force)
    who = Controller(body, contact, profile.network, profile.dpo)
    behind = partial(write_aid_form, body=body, lang=notice.language)
    content, pages = print_notice(notice, basis, who, behind=behind)
    write_paper(out, content)
    return pages


def _document(notice: Notice, basis: str) -> dict[str, object]:
    return {
        "schema": "maglia.offline.form/1",
        "notice_version": notice.version,
        "language": notice.language,
        "basis": basis,
    }


def _line(out: Path, notice: Notice, pages: int, lang: str) -> str:
    which = f"{notice.version} ({notice.language})"
    return tr("Scritto {out}: informativa {which} e moduli, pagine: {pages}.", lang).format(
        out=out, which=which, pages=pages
    )
