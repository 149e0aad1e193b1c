"""`maglia office`: the queue, one body, its history, the board of nodes, and what one officer may do alone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from maglia.core.translation import tr
from maglia.core.vocabulary import MemberState
from tui.board_text import answering_lines
from tui.commands.base import Body, Json, Out, Reason, Result, password_of, perform, require, require_given
from tui.commands.budgets import office_budgets
from tui.commands.epoch import epoch
from tui.commands.office_setup import office_setup
from tui.commands.office_sign import signing
from tui.commands.officer_key import own_key
from tui.commands.official_key import official
from tui.commands.officials import officials
from tui.entering import at_office
from tui.history_text import history_lines, history_table
from tui.labels import STATES, label
from tui.office_model import MemberRow
from tui.office_rows import board_lines, board_table, expiring_line, member_table
from tui.office_text import EXPIRING_DAYS, applied_document, member_lines, queue_lines
from tui.profile import Profile

office = typer.Typer(no_args_is_help=True, help="Ufficio di accreditamento.", rich_markup_mode=None)

for part in (signing, own_key, office_setup, official, officials, office_budgets, epoch):
    office.add_typer(part)

_IN_NETWORK = frozenset({MemberState.APPROVED, MemberState.ACTIVE, MemberState.EXPIRING, MemberState.SUSPENDED})


@office.command("list")
def list_members(
    ctx: typer.Context,
    expiring: Annotated[bool, typer.Option("--expiring", help="Solo gli atti che scadono entro 60 giorni.")] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Elenca gli enti, le domande in attesa e le bozze da firmare.

    Esempio: maglia --profile paolo.toml office list --expiring
    """

    async def work(profile: Profile) -> Result:
        from tui.open_drafts import waiting_drafts  # gRPC and cryptography are loaded when they are needed

        async with at_office(profile, password_of(profile)) as door:
            members = await door.members()
            waiting = [] if expiring else await waiting_drafts(door, profile)
        if expiring:
            members = sorted(filter(_ends_soon, members), key=lambda row: row.act_expiry)
        document: dict[str, object] = {"schema": "maglia.office.list/1", "members": [asdict(row) for row in members]}
        document["drafts"] = [one.document() for one in waiting]
        lines = (
            [expiring_line(row, profile.lang) for row in members] if expiring else queue_lines(members, profile.lang)
        )
        lines += [line for one in waiting for line in one.lines(profile.lang)]
        return Result(document, lines or ["-"], table=member_table(members, profile.lang))

    perform(ctx, as_json, work, out)


def _ends_soon(row: MemberRow) -> bool:
    """By this machine's calendar; the registry's own decides when an act has ended."""
    limit = datetime.now(UTC).astimezone().date() + timedelta(days=EXPIRING_DAYS)
    return row.state in _IN_NETWORK and bool(row.act_expiry) and date.fromisoformat(row.act_expiry) <= limit


@office.command("show")
def show(ctx: typer.Context, member: Body, as_json: Json = False) -> None:
    """Mostra un ente e tutta la sua domanda, l'impronta, chi ha firmato che cosa e i documenti che mancano.

    Esempio: maglia --profile paolo.toml office show onlus-ponte
    """

    async def work(profile: Profile) -> Result:
        from tui.open_drafts import waiting_drafts  # gRPC and cryptography are loaded when they are needed

        async with at_office(profile, password_of(profile)) as door:
            detail = await door.member(member)
            waiting = await waiting_drafts(door, profile, member)
        document: dict[str, object] = {
            "schema": "maglia.office.member/1",
            **asdict(detail.row),
            "missing": list(detail.missing),
            "note": detail.note,
            "facets": list(detail.facets),
            "purposes": list(detail.purposes),
            "application": applied_document(detail.applied),
            "drafts": [one.document() for one in waiting],
        }
        lines = [line for one in waiting for line in one.lines(profile.lang)]
        return Result(document, member_lines(detail, profile.lang) + lines)

    perform(ctx, as_json, work)


@office.command("history")
def history(
    ctx: typer.Context,
    member: Annotated[str, typer.Argument(help="Nome breve dell'ente; senza, ciò che non riguarda un ente.")] = "",
    logins: Annotated[bool, typer.Option("--logins", help="Solo gli accessi all'ufficio rifiutati.")] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Mostra tutto ciò che l'ufficio ha fatto per un ente, come sta nel registro firmato.

    Esempio: maglia --profile paolo.toml office history onlus-ponte
    """

    async def work(profile: Profile) -> Result:
        from tui.office_history import read_history  # gRPC and cryptography are loaded when they are needed

        require(not (member and logins), "member")
        async with at_office(profile, password_of(profile)) as door:
            found = await read_history(door, profile, member, logins=logins)
        entries = [asdict(line) for line in found.lines]
        document: dict[str, object] = {"schema": "maglia.office.history/1", "member": member, "entries": entries}
        return Result(
            document | {"size": found.size, "root": found.root, "keys_signed": found.is_signed},
            history_lines(found, profile.lang),
            table=history_table(found, profile.lang),
        )

    perform(ctx, as_json, work, out)


@office.command("board")
def board(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Mostra ogni nodo: quando è stato sentito, se ha le ultime notizie, quanto è vecchio il suo registro.

    Esempio: maglia --profile paolo.toml office board

    Sotto, come ogni ente ha risposto negli ultimi 30 giorni a chi lo ha chiesto: nessun ente pesa più di un terzo,
    quando sono almeno tre. Chi è assente da più giorni di quanto dicono le regole è nominato, con che cosa proporre.
    """

    async def work(profile: Profile) -> Result:
        async with at_office(profile, password_of(profile)) as door:
            nodes, now, absence, _ = await door.board()
        document: dict[str, object] = {"schema": "maglia.office.board/1", "now": now, "absence_days": absence}
        lines = [*board_lines(nodes, now, profile.lang), *answering_lines(nodes, absence, profile.lang)]
        document["nodes"] = [asdict(node) for node in nodes]
        return Result(document, lines or ["-"], table=board_table(nodes, profile.lang))

    perform(ctx, as_json, work, out)


@office.command("missing")
def missing(ctx: typer.Context, member: Body, reason: Reason, as_json: Json = False) -> None:
    """Restituisce una domanda all'ente, che legge il motivo e la ripresenta.

    Esempio: maglia --profile paolo.toml office missing onlus-ponte --reason "manca la pagina 2 dell'atto"
    """

    async def work(profile: Profile) -> Result:
        require_given(bool(reason.strip()), "reason")
        async with at_office(profile, password_of(profile)) as door:
            state = await door.give_back(member, reason.strip())
        document: dict[str, object] = {"schema": "maglia.office.missing/1", "member": member, "state": state}
        return Result(document, [f"{member}: {label(STATES, state, profile.lang)}. {reason.strip()}"])

    perform(ctx, as_json, work)


@office.command("discard")
def discard(
    ctx: typer.Context,
    members: Annotated[list[str], typer.Argument(help="Nomi brevi delle domande da scartare.")],
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Scarta domande in attesa: nome, chiave e codice fiscale tornano liberi. Basta un funzionario.

    Esempio: maglia --profile paolo.toml office discard onlus-falsa --reason "il referente non esiste"
    """

    async def work(profile: Profile) -> Result:
        require_given(bool(reason.strip()), "reason")
        async with at_office(profile, password_of(profile)) as door:
            for member in members:
                await door.discard(member, reason.strip())
        document: dict[str, object] = {"schema": "maglia.office.discard/1", "members": members}
        done = tr("Scartate", profile.lang, "application")
        return Result(document, [f"{done}: {', '.join(members)}. {reason.strip()}"])

    perform(ctx, as_json, work)


@office.command("token")
def token(ctx: typer.Context, member: Body, as_json: Json = False) -> None:
    """Emette il codice di attivazione di un ente ammesso: vale una volta sola.

    Esempio: maglia --profile paolo.toml office token onlus-ponte
    """

    async def work(profile: Profile) -> Result:
        async with at_office(profile, password_of(profile)) as door:
            code, expires_at = await door.token(member)
        document: dict[str, object] = {
            "schema": "maglia.office.token/1",
            "member": member,
            "token": code,
            "expires_at": expires_at,
        }
        until = datetime.fromtimestamp(expires_at, UTC).astimezone()
        word = tr("vale fino al", profile.lang)
        return Result(document, [code, f"({word} {until:%d/%m/%Y %H:%M})"])

    perform(ctx, as_json, work)


@office.command("suspend")
def suspend(
    ctx: typer.Context,
    member: Body,
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Sospende subito un ente: basta un funzionario.

    Esempio: maglia --profile paolo.toml office suspend croce-verde --reason "chiave smarrita"
    """

    async def work(profile: Profile) -> Result:
        require_given(bool(reason.strip()), "reason")
        async with at_office(profile, password_of(profile)) as door:
            version = await door.suspend(member, reason.strip())
        document: dict[str, object] = {"schema": "maglia.office.suspend/1", "member": member, "version": version}
        done = tr("Sospeso: {member}.", profile.lang).format(member=member)
        return Result(document, [done])

    perform(ctx, as_json, work)
