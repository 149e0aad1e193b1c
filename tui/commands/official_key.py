"""`maglia office official-key`: the key of an auditor or of the data-protection officer, made by themselves."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from maglia.core.folding import fold
from maglia.core.translation import tr
from maglia.core.vocabulary import NetworkRole
from tui.commands.base import Json, Result, Settings, finish, tell
from tui.commands.office_setup import read_network
from tui.exits import Exit
from tui.profile import known_lang
from tui.text import command_lines
from tui.typed import key_passphrase

official = typer.Typer(rich_markup_mode=None)


@official.command("official-key")
def official_key(
    ctx: typer.Context,
    user: Annotated[str, typer.Option("--user", help="Nome breve nella rete, per esempio sara.")],
    name: Annotated[str, typer.Option("--name", help="Nome e cognome.")],
    role: Annotated[str, typer.Option("--role", help="auditor (revisore) o dpo (responsabile della protezione).")],
    network_file: Annotated[Path, typer.Option("--network-file", help="File della rete, dato dall'ufficio.")],
    out: Annotated[Path, typer.Option("--out", help="File nuovo in cui tenere la chiave, cifrata.")],
    as_json: Json = False,
) -> None:
    """Crea la chiave di un revisore, o del responsabile della protezione dei dati, e la richiesta da dare all'ufficio.

    La richiesta è pubblica e sta accanto alla chiave; l'impronta si legge a voce a ciascun funzionario che firma.

    Esempio: maglia office official-key --user sara --name "Sara Verdi" --role auditor
    --network-file rete.json --out sara.key
    """
    lang = known_lang(ctx.ensure_object(Settings).lang)

    def work() -> Exit:
        from maglia.core.keystore import check_new_passphrase  # cryptography is loaded when it is needed
        from tui.official_key import make_official_key, request_file_of  # likewise

        known = read_network(network_file)
        passphrase = check_new_passphrase(key_passphrase())
        made = make_official_key(out, known.network, user, name, role, passphrase)
        request = request_file_of(out)
        document: dict[str, object] = {
            "schema": "maglia.office.official_key/1",
            "user": made.id,
            "role": made.role.value,
            "network": made.network,
            "request": str(request),
            "fingerprint": made.fingerprint,
            "network_fingerprint": known.fingerprint,
        }
        tell(Result(document, _lines(made.fingerprint, known.fingerprint, request, made.role, lang)), as_json)
        return Exit.DONE

    finish(as_json, lang, work)


def _lines(heard: str, network: str, request: Path, role: NetworkRole, lang: str) -> list[str]:
    appoint = shlex.join(["maglia", "office", "appoint", request.name])
    stays = tr("Ruolo: {role}. La chiave resta qui, con la sua frase segreta: non serve a nessun altro.", lang)
    return [
        tr("Impronta da leggere a voce: {fingerprint}", lang).format(fingerprint=heard),
        tr("File della rete: {fingerprint} (anche questa si confronta a voce)", lang).format(fingerprint=network),
        *fold([tr("Dare {file} all'ufficio.", lang).format(file=request)]),
        *command_lines(tr("Due funzionari la firmano", lang), appoint),
        *fold([stays.format(role=role.value)]),
    ]
