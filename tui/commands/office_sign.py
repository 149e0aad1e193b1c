"""`maglia office`: what two officers do together, each signing with a key that never leaves their own machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import Procedure, check_procedure
from tui.commands.base import Json, Result, password_of, perform, require
from tui.commands.office import Body, Reason
from tui.commands.officer_key import load_officer_key
from tui.office_model import Change, Draft, MemberRow, Signed
from tui.office_text import procedure_line, signed_line
from tui.profile import Profile
from tui.session import at_office, check_facet, check_purpose
from tui.text import parse_day

if TYPE_CHECKING:
    from maglia.core.identity import SigningKey
    from tui.office_client import OfficeDoor

signing = typer.Typer(rich_markup_mode=None)
procedure = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Procedure (bandi) dichiarate da due funzionari."
)
signing.add_typer(procedure, name="procedure")

_MOVED = {
    "witness": ("Attenzione: cambia la chiave del testimone.", "Note: the witness's key changes."),
    "log": ("Attenzione: cambia la chiave del registro.", "Note: the registry log's key changes."),
}


@signing.command("approve")
def approve(
    ctx: typer.Context,
    members: Annotated[list[str], typer.Argument(help="Enti da ammettere, con i nomi brevi.")],
    fingerprints: Annotated[
        list[str] | None,
        typer.Option("--fingerprint", help="Impronta letta a voce, una per ente, nello stesso ordine."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Firma con la propria chiave l'elenco che ammette questi enti; alla seconda firma l'elenco è pubblicato.

    Esempio: maglia --profile paolo.toml office approve onlus-ponte --fingerprint 4F-A1-09-7C-22-0B-91-D3-5E-66
    """

    async def work(profile: Profile) -> Result:
        key = load_officer_key(profile)
        from tui.signing import sign_changes  # gRPC and cryptography are loaded when they are needed

        async with at_office(profile, password_of(profile)) as door:
            heard = _heard(members, fingerprints or [], await door.members())
            changes = [Change("approve", member) for member in members]
            draft, signed = await sign_changes(door, key, changes, heard, published_file(profile))
        named = [{"member": member, "fingerprint": heard[member]} for member in members]
        lines = [f"{member:<24}{heard[member]}" for member in members]
        return told("approve", {"members": named}, lines, draft, signed, profile.lang)

    perform(ctx, as_json, work)


def _heard(members: Sequence[str], read_aloud: Sequence[str], rows: Sequence[MemberRow]) -> dict[str, str]:
    """Fingerprints to demand: those read aloud where given, else those that the registry shows now."""
    known = {row.member: row for row in rows}
    for member in members:
        if member not in known:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
    if read_aloud:
        require(len(read_aloud) == len(members), "fingerprint")
        return dict(zip(members, (text.strip().upper() for text in read_aloud), strict=True))
    return {member: known[member].fingerprint for member in members}


@signing.command("reinstate")
def reinstate(ctx: typer.Context, member: Body, reason: Reason, as_json: Json = False) -> None:
    """Riammette un ente sospeso: servono due funzionari.

    Esempio: maglia --profile paolo.toml office reinstate croce-verde --reason "chiave ritrovata"
    """
    _sign_one(ctx, as_json, lambda: Change("reinstate", member, reason.strip()))


@signing.command("revoke")
def revoke(ctx: typer.Context, member: Body, reason: Reason, as_json: Json = False) -> None:
    """Revoca un ente: la prima firma lo sospende subito, la seconda lo toglie dall'elenco.

    Esempio: maglia --profile paolo.toml office revoke croce-verde --reason "convenzione cessata"
    """
    _sign_one(ctx, as_json, lambda: Change("revoke", member, reason.strip()))


@signing.command("change")
def change(
    ctx: typer.Context,
    member: Body,
    facets: Annotated[str, typer.Option("--facets", help="Tipi di aiuto dopo la modifica, con virgole.")] = "",
    purposes: Annotated[str, typer.Option("--purposes", help="Scopi dopo la modifica, con virgole.")] = "",
    protocol: Annotated[str, typer.Option("--act-protocol", help="Protocollo del nuovo atto.")] = "",
    expiry: Annotated[str, typer.Option("--act-expiry", help="Scadenza del nuovo atto, gg/mm/aaaa.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Motivo, che resta nel registro.")] = "",
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

    _sign_one(ctx, as_json, wanted)


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
    as_json: Json = False,
) -> None:
    """Dichiara una procedura (un bando) di uno o più enti: servono due funzionari.

    Esempio: maglia office procedure add --id affitto-2026 --act PG/2026/9 --cap 500
    --expires 31/12/2026 --member comune-esempio
    """

    def wanted() -> Change:
        whose = tuple(sorted(set(members)))
        return Change("declare", procedure=Procedure(name, act, cap, parse_day(expires).isoformat(), whose))

    _sign_one(ctx, as_json, wanted)


@procedure.command("list")
def procedures(ctx: typer.Context, as_json: Json = False) -> None:
    """Elenca le procedure in vigore.

    Esempio: maglia --profile paolo.toml office procedure list
    """

    async def work(profile: Profile) -> Result:
        async with at_office(profile, password_of(profile)) as door:
            found = await door.procedures()
        listed = [vars(one) for one in found]
        lines = [procedure_line(one, profile.lang) for one in found]
        return Result({"schema": "maglia.office.procedures/1", "procedures": listed}, lines or ["-"])

    perform(ctx, as_json, work)


def _sign_one(ctx: typer.Context, as_json: bool, read: Callable[[], Change]) -> None:
    """Read what was typed, then have that one change prepared, read in the draft, and signed."""

    async def work(profile: Profile) -> Result:
        wanted = read()
        _check(wanted)
        key = load_officer_key(profile)
        async with at_office(profile, password_of(profile)) as door:
            draft, signed = await sign(door, key, wanted, published_file(profile))
        name = wanted.procedure.id if wanted.procedure else wanted.member
        said = {"id" if wanted.procedure else "member": name, "reason": wanted.reason}
        return told(wanted.act, said, [name], draft, signed, profile.lang)

    perform(ctx, as_json, work)


async def sign(door: OfficeDoor, key: SigningKey, wanted: Change, kept: Path) -> tuple[Draft, Signed]:
    """Have one change prepared, read it in the draft, and sign it."""
    from tui.signing import sign_changes  # gRPC and cryptography are loaded when they are needed

    return await sign_changes(door, key, [wanted], {}, kept)


def published_file(profile: Profile) -> Path:
    """Return where this console keeps the directory that it last published, beside the officer's key."""
    if profile.officer_key is None:
        raise MagliaError(Code.INPUT_SETTING, field="officer_key", source="profile")
    return profile.officer_key.with_suffix(".directory.json")


def _check(wanted: Change) -> None:
    require(wanted.act not in {"reinstate", "revoke"} or bool(wanted.reason), "reason")
    for facet in wanted.facets:
        check_facet(facet)
    for purpose in wanted.purposes:
        check_purpose(purpose)
    if wanted.procedure is not None:
        check_procedure(wanted.procedure)
    elif wanted.act == "change":
        require(bool(wanted.facets or wanted.purposes or wanted.act_protocol or wanted.act_expiry), "facets")


def told(act: str, said: Mapping[str, object], lines: list[str], draft: Draft, signed: Signed, lang: str) -> Result:
    """Return what a command says of a draft that was signed."""
    from tui.signing import moved_keys  # likewise

    document: dict[str, object] = {
        "schema": f"maglia.office.{act}/1",
        **said,
        "draft": draft.draft,
        "signed_by": list(signed.signed_by),
        "threshold": signed.threshold,
        "published": signed.published,
        "version": signed.version,
    }
    notices = [_MOVED[name][lang == "en"] for name in moved_keys(draft)]
    return Result(document, [*lines, *notices, signed_line(signed, lang)])
