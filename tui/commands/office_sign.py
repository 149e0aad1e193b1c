"""`maglia office`: what two officers do together, each signing with a key that never leaves their own machine."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.folding import fold
from maglia.core.procedures import Procedure
from maglia.core.translation import tr
from tui.commands.base import YES, Body, Json, Out, Reason, Result, password_of, perform, require
from tui.commands.officer_key import load_officer_key
from tui.entering import at_office
from tui.office_changes import check_wanted, replaced, shown_lines
from tui.office_model import Change, Signed
from tui.office_rows import named as in_columns
from tui.office_rows import procedure_line, procedure_table
from tui.office_text import command_of, open_draft_lines, signed_line
from tui.profile import Profile
from tui.text import parse_day, plain
from tui.typed import ask_line

if TYPE_CHECKING:
    from maglia.core.identity import SigningKey
    from tui.draft_check import Renewal
    from tui.office_client import OfficeDoor
    from tui.signing import Reading

signing = typer.Typer(rich_markup_mode=None)
procedure = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Procedure (bandi) dichiarate da due funzionari."
)
signing.add_typer(procedure, name="procedure")

_LOG_KEY = re.compile(r"[0-9a-f]{64}")
Yes = Annotated[bool, typer.Option("--yes", help="Firma senza chiedere conferma, per gli script.")]


@signing.command("approve")
def approve(
    ctx: typer.Context,
    members: Annotated[list[str], typer.Argument(help="Enti da ammettere, con i nomi brevi.")],
    fingerprints: Annotated[
        list[str] | None,
        typer.Option("--fingerprint", help="Impronta letta a voce, una per ente, nello stesso ordine."),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Firma con la propria chiave l'elenco che ammette questi enti; alla seconda firma l'elenco è pubblicato.

    Ogni funzionario scrive l'impronta che il referente gli legge al telefono; senza --fingerprint viene chiesta.

    Esempio: maglia --profile paolo.toml office approve onlus-ponte --fingerprint 4F-A1-09-7C-22-0B-91-D3-5E-66
    """

    async def work(profile: Profile) -> Result:
        from maglia.core.identity import fingerprint  # cryptography is loaded when it is needed

        key = load_officer_key(profile)
        heard = heard_of(members, fingerprints or [], profile.lang)
        changes = [Change("approve", member) for member in members]
        async with at_office(profile, password_of(profile)) as door:
            reading, signed = await sign(door, key, changes, profile, yes=yes, heard=heard)
        named = [
            {"member": name, "fingerprint": fingerprint(member.identity_key)}
            for name, member in reading.admitted.items()
        ]
        lines = [in_columns(one["member"], one["fingerprint"]) for one in named]
        return told("approve", {"members": named}, lines, reading, signed, profile.lang)

    perform(ctx, as_json, work)


def heard_of(members: Sequence[str], read_aloud: Sequence[str], lang: str) -> dict[str, str]:
    """Return fingerprints as they were read aloud, by name; on a terminal each that was not given is asked for."""
    require(len(set(members)) == len(members), "member")
    if read_aloud:
        require(len(read_aloud) == len(members), "fingerprint")
        return dict(zip(members, read_aloud, strict=True))
    require(sys.stdin.isatty(), "fingerprint")
    question = tr("Impronta di {}, letta dal referente", lang)
    return {member: ask_line(question.format(plain(member)) + ": ") for member in members}


@signing.command("reinstate")
def reinstate(ctx: typer.Context, member: Body, reason: Reason, yes: Yes = False, as_json: Json = False) -> None:
    """Riammette un ente sospeso: servono due funzionari.

    Esempio: maglia --profile paolo.toml office reinstate croce-verde --reason "chiave ritrovata"
    """
    sign_one(ctx, as_json, yes, lambda: Change("reinstate", member, reason.strip()))


@signing.command("revoke")
def revoke(ctx: typer.Context, member: Body, reason: Reason, yes: Yes = False, as_json: Json = False) -> None:
    """Revoca un ente: la prima firma lo sospende subito, la seconda lo toglie dall'elenco.

    Esempio: maglia --profile paolo.toml office revoke croce-verde --reason "convenzione cessata"
    """
    sign_one(ctx, as_json, yes, lambda: Change("revoke", member, reason.strip()))


@signing.command("change")
def change(
    ctx: typer.Context,
    member: Body,
    facets: Annotated[str, typer.Option("--facets", help="Tipi di aiuto dopo la modifica, con virgole.")] = "",
    purposes: Annotated[str, typer.Option("--purposes", help="Scopi dopo la modifica, con virgole.")] = "",
    protocol: Annotated[str, typer.Option("--act-protocol", help="Protocollo del nuovo atto.")] = "",
    expiry: Annotated[str, typer.Option("--act-expiry", help="Scadenza del nuovo atto, gg/mm/aaaa.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Motivo, che resta nel registro.")] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Cambia aiuti, scopi o atto di un ente: servono due funzionari.

    Esempio: maglia --profile paolo.toml office change onlus-ponte --facets food_parcel,loan
    """

    def wanted() -> Change:
        return Change(
            act="change",
            member=member,
            reason=reason.strip(),
            facets=_codes(facets),
            purposes=_codes(purposes),
            act_protocol=protocol.strip(),
            act_expiry=parse_day(expiry).isoformat() if expiry else "",
        )

    sign_one(ctx, as_json, yes, wanted)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(sorted({code.strip() for code in text.split(",") if code.strip()}))


@procedure.command("add")
def declare(
    ctx: typer.Context,
    name: Annotated[str, typer.Option("--id", help="Nome breve della procedura, per esempio affitto-2026.")],
    act: Annotated[str, typer.Option("--act", help="Protocollo dell'atto che la indice.")],
    cap: Annotated[int, typer.Option("--cap", help="Quante persone al massimo, per ciascun ente.")],
    expires: Annotated[str, typer.Option("--expires", help="Ultimo giorno, gg/mm/aaaa.")],
    members: Annotated[list[str], typer.Option("--member", help="Ente che la svolge; si ripete per più enti.")],
    is_replaced: Annotated[bool, typer.Option("--replace", help="Cambia una procedura che c'è già.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Dichiara una procedura (un bando) di uno o più enti: servono due funzionari.

    Esempio: maglia office procedure add --id affitto-2026 --act PG/2026/9 --cap 500
    --expires 31/12/2026 --member comune-esempio
    """

    def wanted() -> Change:
        whose = tuple(sorted(set(members)))
        return Change("declare", procedure=Procedure(name, act, cap, parse_day(expires).isoformat(), whose))

    sign_one(ctx, as_json, yes, wanted, replaces=is_replaced)


@procedure.command("list")
def procedures(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Elenca le procedure in vigore.

    Esempio: maglia --profile paolo.toml office procedure list
    """

    async def work(profile: Profile) -> Result:
        async with at_office(profile, password_of(profile)) as door:
            found = await door.procedures()
        listed = [vars(one) for one in found]
        lines = [procedure_line(one, profile.lang) for one in found]
        document: dict[str, object] = {"schema": "maglia.office.procedures/1", "procedures": listed}
        return Result(document, lines or ["-"], table=procedure_table(found, profile.lang))

    perform(ctx, as_json, work, out)


@signing.command("renew")
def renew(
    ctx: typer.Context,
    policies: Annotated[str, typer.Option("--policies", help="Revisione delle nuove regole della rete.")] = "",
    log_key: Annotated[str, typer.Option("--log-key", help="Nuova chiave pubblica del registro, 64 cifre.")] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Firma di nuovo l'elenco com'è; con le opzioni, solo le nuove regole o la nuova chiave che nominano.

    Esempio: maglia --profile paolo.toml office renew --policies 3f0a91c2d4e5
    """

    async def work(profile: Profile) -> Result:
        from tui.draft_check import Renewal  # cryptography is loaded when it is needed

        key = load_officer_key(profile)
        renewal = Renewal(policies.strip().lower(), log_key.strip().lower())
        require(not renewal.log_key or _LOG_KEY.fullmatch(renewal.log_key) is not None, "log_key")
        changes = [Change("policies", policies=renewal.policies)] if renewal.policies else []
        async with at_office(profile, password_of(profile)) as door:
            reading, signed = await sign(door, key, changes, profile, yes=yes, renewal=renewal)
        return told(
            "renew", {"policies": renewal.policies, "log_key": renewal.log_key}, [], reading, signed, profile.lang
        )

    perform(ctx, as_json, work)


def sign_one(
    ctx: typer.Context, as_json: bool, yes: bool, read: Callable[[], Change], *, replaces: bool = False
) -> None:
    """Read what was typed, then have that one change prepared, read in the draft, and signed: a whole command."""

    async def work(profile: Profile) -> Result:
        wanted = read()
        check_wanted(wanted)
        key = load_officer_key(profile)
        async with at_office(profile, password_of(profile)) as door:
            reading, signed = await sign(door, key, [wanted], profile, yes=yes, replaces=replaces)
        name = wanted.procedure.id if wanted.procedure else wanted.member
        said = {"id" if wanted.procedure else "member": name, "reason": wanted.reason}
        return told(wanted.act, said, [name], reading, signed, profile.lang)

    perform(ctx, as_json, work)


async def sign(
    door: OfficeDoor,
    key: SigningKey,
    changes: Sequence[Change],
    profile: Profile,
    *,
    yes: bool,
    heard: Mapping[str, str] | None = None,
    renewal: Renewal | None = None,
    replaces: bool = False,
) -> tuple[Reading, Signed]:
    """Have changes prepared, read them in the draft, show what they do, and sign; on a terminal ask before.

    Raises `session.declined` when the officer says no, `input.procedure_exists` for a procedure in force unless it is
    meant that it `replaces` it.
    """
    from tui.draft_check import NOTHING_NEW  # gRPC and cryptography are loaded when they are needed
    from tui.signing import Wanted, sign_changes  # likewise

    def confirm(reading: Reading) -> None:
        if not replaces:
            _check_new(changes, reading, profile.lang)
        if yes or not sys.stdin.isatty():
            return
        print(*shown_lines(reading, profile.lang), sep="\n", file=sys.stderr)
        if ask_line(tr("Firmare? [s/N] ", profile.lang)).lower() not in YES:
            raise MagliaError(Code.SESSION_DECLINED)

    return await sign_changes(door, key, Wanted(changes, heard or {}, renewal or NOTHING_NEW), profile, confirm)


def _check_new(changes: Sequence[Change], reading: Reading, lang: str) -> None:
    from tui.draft_text import procedure_text  # cryptography is loaded when it is needed

    for change in replaced(changes, reading):
        called = change.procedure
        if called is not None:
            before, after = (procedure_text(one, lang) for one in (reading.before.procedures[called.id], called))
            raise MagliaError(Code.INPUT_PROCEDURE_EXISTS, procedure=called.id, before=before, after=after)


def told(act: str, said: Mapping[str, object], lines: list[str], reading: Reading, signed: Signed, lang: str) -> Result:
    """Return what a command says of a draft that was signed, its whole difference included."""
    from tui.draft_text import draft_lines  # cryptography is loaded when it is needed

    differs = draft_lines(reading.draft, reading.before, lang, reading.suspended)
    others = [] if signed.published else reading.others  # a publication closes every other draft
    document: dict[str, object] = {
        "schema": f"maglia.office.{act}/1",
        **said,
        "draft": reading.draft.draft,
        "differences": differs,
        "signed_by": list(signed.signed_by),
        "threshold": signed.threshold,
        "published": signed.published,
        "version": signed.version,
        "other_drafts": [{"draft": one.draft, "command": command_of(one)} for one in others],
    }
    waiting = [line for one in others for line in open_draft_lines(one, lang)]
    return Result(document, [*fold([*lines, *differs]), signed_line(signed, lang), *waiting])
