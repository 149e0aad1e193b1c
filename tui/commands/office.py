"""`maglia office`: what an accreditation officer does, signing with a key that never leaves this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import MemberState
from tui.commands.base import Json, Result, Settings, finish, password_of, perform, require, tell
from tui.exits import Exit
from tui.labels import STATES, label
from tui.model import Draft, MemberRow, Signed
from tui.profile import Profile
from tui.session import ask_secret, at_office

if TYPE_CHECKING:
    from maglia.core.directory import Directory
    from maglia.core.identity import SigningKey

office = typer.Typer(no_args_is_help=True, help="Ufficio di accreditamento.", rich_markup_mode=None)

KEY_ENTRY = "officer"
_NOT_YET = frozenset({MemberState.APPLIED, MemberState.DOCUMENTS_MISSING})
Body = Annotated[str, typer.Argument(help="Nome breve dell'ente, per esempio onlus-ponte.")]


@office.command("list")
def list_members(ctx: typer.Context, as_json: Json = False) -> None:
    """Elenca gli enti e le domande in attesa.

    Esempio: maglia --profile paolo.toml office list
    """

    async def work(profile: Profile) -> Result:
        async with at_office(profile, password_of(profile)) as door:
            members = await door.members()
        document: dict[str, object] = {"schema": "maglia.office.list/1", "members": [asdict(row) for row in members]}
        return Result(document, [_line(row, profile.lang) for row in members] or ["-"])

    perform(ctx, as_json, work)


@office.command("show")
def show(ctx: typer.Context, member: Body, as_json: Json = False) -> None:
    """Mostra un ente, la sua impronta e i documenti che mancano.

    Esempio: maglia --profile paolo.toml office show onlus-ponte
    """

    async def work(profile: Profile) -> Result:
        async with at_office(profile, password_of(profile)) as door:
            row, missing = await door.member(member)
        document: dict[str, object] = {"schema": "maglia.office.member/1", **asdict(row), "missing": missing}
        english = profile.lang == "en"
        lacking = [f"{'Missing' if english else 'Mancano'}: {', '.join(missing)}"] if missing else []
        return Result(document, [_line(row, profile.lang), _fingerprint_line(row, profile.lang), *lacking])

    perform(ctx, as_json, work)


def _line(row: MemberRow, lang: str) -> str:
    signatures = f"{len(row.signed_by)}/{row.threshold}"
    return f"{row.member:<24}{row.name:<28}{row.kind:<16}{signatures:<5}{label(STATES, row.state, lang)}"


def _fingerprint_line(row: MemberRow, lang: str) -> str:
    if lang == "en":
        return f"Fingerprint {row.fingerprint} (compare it by voice with the body's referent)"
    return f"Impronta {row.fingerprint} (confrontare a voce col referente)"


@office.command("approve")
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
        async with at_office(profile, password_of(profile)) as door:
            known = {row.member: row for row in await door.members()}
            heard = _heard(members, fingerprints or [], known)
            draft = await door.prepare(members)
            check_contains(draft, members, heard, known)
            signed = await door.sign(draft.draft, _key_id(key), _signature(key, draft))
        return _approved(members, heard, draft, signed, profile.lang)

    perform(ctx, as_json, work)


def _heard(members: Sequence[str], read_aloud: Sequence[str], known: dict[str, MemberRow]) -> dict[str, str]:
    """Fingerprints to demand: those read aloud where given, else those that the registry shows now."""
    for member in members:
        if member not in known:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
    if read_aloud:
        require(len(read_aloud) == len(members), "fingerprint")
        return dict(zip(members, (text.strip().upper() for text in read_aloud), strict=True))
    return {member: known[member].fingerprint for member in members}


def check_contains(draft: Draft, members: Sequence[str], heard: dict[str, str], known: dict[str, MemberRow]) -> None:
    """Return when the draft adds exactly `members`, each under its fingerprint; else raise `directory.draft`."""
    from maglia.core.identity import fingerprint  # cryptography is loaded when it is needed
    from maglia.core.officer import check_draft  # likewise

    directory: Directory = check_draft(draft.signed, draft.targets)
    already = {member for member, row in known.items() if row.state not in _NOT_YET}
    if set(directory.members) - already - set(members) or not set(members) <= set(directory.members):
        raise MagliaError(Code.DIRECTORY_DRAFT, cause="other members than asked")
    for member in members:
        if fingerprint(directory.members[member].identity_key) != heard[member]:
            raise MagliaError(Code.DIRECTORY_DRAFT, cause="another fingerprint")


def _key_id(key: SigningKey) -> str:
    from maglia.core.officer import officer_key_id  # loads tuf

    return officer_key_id(key.public)


def _signature(key: SigningKey, draft: Draft) -> bytes:
    from maglia.core.officer import sign_draft  # loads tuf

    return sign_draft(key, draft.signed)


def _approved(members: Sequence[str], heard: dict[str, str], draft: Draft, signed: Signed, lang: str) -> Result:
    document: dict[str, object] = {
        "schema": "maglia.office.approve/1",
        "members": [{"member": member, "fingerprint": heard[member]} for member in members],
        "draft": draft.draft,
        "signed_by": list(signed.signed_by),
        "threshold": signed.threshold,
        "published": signed.published,
        "version": signed.version,
    }
    count, english = len(signed.signed_by), lang == "en"
    lines = [f"{member:<24}{heard[member]}" for member in members]
    if signed.published:
        done = f"Published: directory version {signed.version}." if english else f"Pubblicato: elenco {signed.version}."
    elif english:
        done = f"{count} of {signed.threshold} signatures. A second signature is needed."
    else:
        done = f"{count} di {signed.threshold} firme. Serve una seconda firma."
    return Result(document, [*lines, done])


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
        word = "valid until" if profile.lang == "en" else "vale fino al"
        return Result(document, [code, f"({word} {until:%d/%m/%Y %H:%M})"])

    perform(ctx, as_json, work)


@office.command("suspend")
def suspend(
    ctx: typer.Context,
    member: Body,
    reason: Annotated[str, typer.Option("--reason", help="Motivo, per il registro.")],
    as_json: Json = False,
) -> None:
    """Sospende subito un ente.

    Esempio: maglia --profile paolo.toml office suspend croce-verde --reason "chiave smarrita"
    """

    async def work(profile: Profile) -> Result:
        require(bool(reason.strip()), "reason")
        async with at_office(profile, password_of(profile)) as door:
            version = await door.suspend(member, reason.strip())
        document: dict[str, object] = {"schema": "maglia.office.suspend/1", "member": member, "version": version}
        done = f"Suspended: {member}." if profile.lang == "en" else f"Sospeso: {member}."
        return Result(document, [done])

    perform(ctx, as_json, work)


@office.command("keygen")
def keygen(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="File nuovo in cui tenere la chiave, cifrata.")],
    as_json: Json = False,
) -> None:
    """Crea la chiave di firma di un funzionario e ne stampa la parte pubblica.

    Esempio: MAGLIA_PASSPHRASE=... maglia office keygen --out paolo.key
    """

    def work() -> Exit:
        public = make_officer_key(out)
        tell(Result({"schema": "maglia.office.key/1", "public_key": public}, [public]), as_json)
        return Exit.DONE

    finish(as_json, ctx.ensure_object(Settings).lang or "it", work)


def make_officer_key(path: Path) -> str:
    """Write a fresh key under the passphrase; return its public half in hex. Raises `storage.exists`."""
    from maglia.core.identity import SigningKey  # cryptography is loaded when it is needed
    from maglia.core.keystore import save_keystore  # likewise

    if path.exists():
        raise MagliaError(Code.STORAGE_EXISTS, path=path.name)
    if not path.parent.is_dir():
        raise MagliaError(Code.INPUT_FILE, file=path.parent.name)
    key = SigningKey.generate()
    save_keystore(path, {KEY_ENTRY: key.seed}, _passphrase())
    return key.public.hex()


def load_officer_key(profile: Profile) -> SigningKey:
    """Open the officer's own key; raise `input.setting`, `storage.missing` or `storage.keystore`."""
    from maglia.core.identity import SigningKey  # cryptography is loaded when it is needed
    from maglia.core.keystore import load_keystore  # likewise

    if profile.officer_key is None:
        raise MagliaError(Code.INPUT_SETTING, field="officer_key", source="profile")
    entries = load_keystore(profile.officer_key, _passphrase())
    if KEY_ENTRY not in entries:
        raise MagliaError(Code.STORAGE_KEYSTORE, cause="no officer's key in the file")
    return SigningKey(entries[KEY_ENTRY])


def _passphrase() -> str:
    given = os.environ.get("MAGLIA_PASSPHRASE")
    return given or ask_secret("Frase segreta della chiave: ")
