"""An officer's own key: made once, kept encrypted on the officer's console, never sent anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.commands.base import Json, Result, Settings, finish, tell
from tui.exits import Exit
from tui.profile import Profile, known_lang
from tui.typed import key_passphrase

if TYPE_CHECKING:
    from maglia.core.identity import SigningKey

own_key = typer.Typer(rich_markup_mode=None)


@own_key.command("keygen")
def keygen(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="File nuovo in cui tenere la chiave, cifrata.")],
    as_json: Json = False,
) -> None:
    """Crea la chiave di firma di un funzionario e ne stampa la parte pubblica.

    La parte pubblica va a chi crea il registro; l'impronta, che «root show» mostra uguale, si confronta a voce.

    Esempio: MAGLIA_PASSPHRASE=... maglia office keygen --out paolo.key
    """
    lang = known_lang(ctx.ensure_object(Settings).lang)

    def work() -> Exit:
        from maglia.core.identity import fingerprint  # cryptography is loaded when it is needed

        public = make_officer_key(out)
        heard = fingerprint(bytes.fromhex(public))
        lines = [
            tr("Impronta da leggere a voce: {fingerprint}", lang).format(fingerprint=heard),
            tr("Chiave pubblica: {key}", lang).format(key=public),
        ]
        document: dict[str, object] = {"schema": "maglia.office.key/1", "public_key": public, "fingerprint": heard}
        tell(Result(document, lines), as_json)
        return Exit.DONE

    finish(as_json, lang, work)


def make_officer_key(path: Path) -> str:
    """Write a fresh key under the passphrase; return its public half in hex.

    Raises `storage.exists`, `input.file`, `input.passphrase`.
    """
    from maglia.core.identity import SigningKey  # cryptography is loaded when it is needed
    from maglia.core.keystore import check_new_passphrase, save_keystore  # likewise
    from tui.officer_key import KEY_ENTRY  # likewise

    if path.exists():
        raise MagliaError(Code.STORAGE_EXISTS, path=path.name)
    if not path.parent.is_dir():
        raise MagliaError(Code.INPUT_FILE, file=path.parent.name)
    key = SigningKey.generate()
    save_keystore(path, {KEY_ENTRY: key.seed}, check_new_passphrase(key_passphrase()))
    return key.public.hex()


def load_officer_key(profile: Profile) -> SigningKey:
    """Open the officer's own key with the passphrase typed or given; raise what `open_officer_key` raises."""
    from tui.officer_key import key_file_of, open_officer_key  # cryptography is loaded when it is needed

    key_file_of(profile)  # before anybody types
    return open_officer_key(profile, key_passphrase())
