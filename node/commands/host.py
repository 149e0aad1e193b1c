"""`maglia-node host`: the nodes of several bodies on one machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from maglia.cli import spoken
from maglia.core.translation import mark, tr
from node.commands import base
from node.commands.base import REMOTE, AsJson, say
from node.commands.moving import archive_passphrase, left_line, read, written

if TYPE_CHECKING:
    from node.hosting.hosting import Standing
    from node.hosting.plan import Host, Hosted

P = ParamSpec("P")
Root = Annotated[Path, typer.Option("--dir", envvar="MAGLIA_HOST_DIR", help="Cartella dell'ospite.")]
Member = Annotated[str, typer.Argument(help="Nome breve dell'ente.")]
Remote = Annotated[bool, typer.Option(help=REMOTE)]
ROOT = Path("/var/lib/maglia")
OPENED = mark("Chi amministra questo computer può leggere i dati degli enti che ospita.")

host = typer.Typer(
    help="I nodi di più enti su un solo computer, ognuno con utente, cartella e chiavi sue.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def told(command: Callable[P, None]) -> Callable[P, None]:
    """Tell errors as other commands do; what a body's own command said is passed on with its exit status."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        from node.hosting.hosting import BodyCommandError

        try:
            command(*args, **kwargs)
        except BodyCommandError as error:
            _pass_on(error.said, as_json=bool(kwargs.get("as_json")))
            raise typer.Exit(error.status) from None

    return base.told(wrapped)


@host.command()
@told
def init(
    address: Annotated[str, typer.Option(help="Nome o indirizzo con cui gli altri raggiungono questo computer.")],
    ports: Annotated[str, typer.Option(help="Porte da assegnare, due per ente: PRIMA-ULTIMA.")] = "7500-7699",
    root: Root = ROOT,
    same_user: Annotated[
        bool, typer.Option("--same-user", help="Solo per una prova: senza root, tutti sotto un solo utente.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Prepara questo computer a ospitare enti.

    Esempio: maglia-node host init --address nodi.comune.example --ports 7500-7699
    """
    from maglia.core.errors import Code, MagliaError
    from node.hosting import hosting

    first, dash, last = ports.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal()):
        raise MagliaError(Code.INPUT_SETTING_VALUE, field="--ports", source="--ports", allowed="7500-7699")
    plan = hosting.begin(root, address, int(first), int(last), own_users=not same_user)
    runs = (
        mark("I nodi partono con systemd ({units}).")
        if plan.units
        else mark("systemd non c'è: i nodi li avvia «maglia-node host start», e nessuno li riavvia.")
    )
    users = mark("Ogni ente ha un suo utente." if plan.own_users else "PROVA: gli enti non sono separati tra loro.")
    lines = [
        tr("Ospite pronto in {folder}, indirizzo {address}.", spoken()).format(folder=root, address=address),
        tr(users, spoken()),
        tr(runs, spoken()).format(units=plan.units),
        tr(OPENED, spoken()),
    ]
    say(as_json, {"schema": "maglia.host/1", **asdict(plan)}, "\n".join(lines))


@host.command()
@told
def add(
    member: Member,
    network_file: Annotated[Path, typer.Option(help="File della rete, dato dall'ufficio.")],
    root: Root = ROOT,
    remote: Remote = True,
    as_json: AsJson = False,
) -> None:
    """Fa posto a un ente nuovo: utente, cartella, chiavi, porte. Poi domanda e attivazione con «host run».

    Esempio: maglia-node host add mensa-est --network-file rete.json
    """
    from node.hosting import hosting

    body, said = hosting.add(_host(root), member, network_file, remote=remote)
    text = tr(
        "«{member}» ha posto qui: altri enti {peer}, postazioni {front}.\n"
        "Impronta del file della rete, da confrontare a voce: {fingerprint}\n"
        "Ora: maglia-node host run {member} apply --file domanda.toml\n"
        "poi: maglia-node host run {member} join CODICE\n"
        "e:   maglia-node host start {member}",
        spoken(),
    ).format(member=member, peer=body.peer, front=body.front, fingerprint=said["fingerprint"])
    say(as_json, {**_body(body, "maglia.host-body/1"), "fingerprint": said["fingerprint"]}, text)


@host.command("run", context_settings={"allow_extra_args": True, "allow_interspersed_args": False})
@told
def run_(context: typer.Context, member: Member, root: Root = ROOT) -> None:
    """Esegue un comando di «maglia-node» per un ente ospitato, con l'utente e le chiavi di quell'ente.

    Esempio: maglia-node host run mensa-est operator add anna --role volunteer

    Le opzioni di «host run» vanno prima del nome dell'ente; l'esito è quello del comando eseguito.
    """
    from node.hosting import hosting

    raise typer.Exit(hosting.attend(_host(root), member, context.args))


@host.command("list")
@told
def list_(root: Root = ROOT, as_json: AsJson = False) -> None:
    """Elenca gli enti ospitati, dove rispondono e se sono in servizio.

    Esempio: maglia-node host list
    """
    from node.hosting import hosting

    found = hosting.standings(_host(root))
    if as_json:
        bodies = [{**asdict(one.body), **{k: v for k, v in asdict(one).items() if k != "body"}} for one in found]
        print(json.dumps({"schema": "maglia.host-list/1", "bodies": bodies}, ensure_ascii=False))
        return
    for one in found:
        body = one.body
        size = f"{one.bytes / 1e6:.1f} MB".replace(".", ",")
        print(f"{tr(_state(one), spoken()):<12}{body.member}  {size}\n{'':<12}{body.peer}  {body.front}")
    counted = tr("Enti ospitati: {count}, in servizio {running}.", spoken())
    print(counted.format(count=len(found), running=sum(one.runs for one in found)))


def _state(one: Standing) -> str:
    if one.moved:
        return mark("TRASFERITO")
    if one.runs:
        return mark("IN SERVIZIO")
    return mark("FERMO" if one.joined else "NON ATTIVO")


@host.command()
@told
def start(
    members: Annotated[list[str] | None, typer.Argument(help="Enti; nessuno: tutti quelli attivati.")] = None,
    root: Root = ROOT,
    as_json: AsJson = False,
) -> None:
    """Avvia i nodi, e aspetta che rispondano.

    Esempio: maglia-node host start mensa-est
    """
    from maglia.core.errors import MagliaError
    from node.folder import check_not_moved
    from node.hosting.hosting import standings
    from node.hosting.running import runner_of

    there = _host(root)
    wanted = members or [one.body.member for one in standings(there) if one.joined and not one.moved]
    bodies = [there.body(member) for member in wanted]
    runner, failed = runner_of(there), None
    with there.locked():
        for body in bodies:
            try:
                check_not_moved(there.folder(body.member))
                runner.start(body)
            except MagliaError as error:
                failed = failed or error  # the others do not wait for this one
    if failed is not None:
        raise failed
    _say_done(as_json, "start", wanted, mark("In servizio"))


@host.command()
@told
def stop(
    members: Annotated[list[str] | None, typer.Argument(help="Enti; nessuno: tutti.")] = None,
    root: Root = ROOT,
    as_json: AsJson = False,
) -> None:
    """Ferma i nodi; restano fermi anche al riavvio del computer.

    Esempio: maglia-node host stop mensa-est
    """
    from node.hosting.running import runner_of

    there = _host(root)
    wanted = members or list(there.bodies())
    bodies = [there.body(member) for member in wanted]
    with there.locked():
        for body in bodies:
            runner_of(there).stop(body)
    _say_done(as_json, "stop", wanted, mark("Fermi"))


@host.command()
@told
def remove(
    member: Member,
    root: Root = ROOT,
    erase: Annotated[bool, typer.Option("--erase", help="Distrugge i dati anche se sono soltanto qui.")] = False,
    as_json: AsJson = False,
) -> None:
    """Toglie un ente da questo computer: processo, cartella, utente. Prima va trasferito.

    Esempio: maglia-node host remove mensa-est
    """
    from node.hosting import hosting

    hosting.remove(_host(root), member, erase=erase)
    _say_done(as_json, "remove", [member], mark("Tolti"))


@host.command("export")
@told
def export(
    member: Member,
    out: Annotated[Path, typer.Option(help="File da scrivere.")],
    root: Root = ROOT,
    as_json: AsJson = False,
) -> None:
    """Ferma un ente e lo mette intero in un archivio cifrato, per portarlo altrove; da qui non serve più.

    Esempio: maglia-node host export mensa-est --out mensa-est.maglia-node

    La frase segreta è chiesta, o letta da MAGLIA_ARCHIVE_PASSPHRASE.
    """
    from node.hosting import hosting

    passphrase = archive_passphrase(new=True)
    with written(out) as file:
        said = hosting.leave(_host(root), member, file, passphrase)
    counts = {name: said[name] for name in ("log_size", "log_root", "rows")}
    document = {"schema": "maglia.host-export/1", "member": member, "file": str(out), **counts}
    text = tr(
        "{rows} righe di dati, {size} voci del registro.\n"
        "«{member}» è in {file}, e da qui non serve più.\n"
        "Nella nuova sede: maglia-node host import, oppure maglia-node restore.\n"
        "Quando là è in servizio: maglia-node host remove {member}, e cancellare l'archivio.",
        spoken(),
    ).format(rows=sum(said["rows"].values()), size=said["log_size"], member=member, file=out)
    say(as_json, document, text)


@host.command("import")
@told
def import_(
    file: Annotated[Path, typer.Argument(help="Archivio di «host export» o di «backup --move».")],
    root: Root = ROOT,
    remote: Remote = True,
    as_json: AsJson = False,
) -> None:
    """Accoglie un ente dal suo archivio, a un nuovo indirizzo; «host start» pubblica poi la nuova scheda.

    Esempio: maglia-node host import mensa-est.maglia-node
    """
    from node.hosting import hosting

    passphrase = archive_passphrase(new=False)
    with read(file) as source:
        body, said = hosting.arrive(_host(root), source, passphrase, remote=remote)
    values = {"member": body.member, "rows": sum(said["rows"].values()), "size": said["log_size"]}
    text = tr(
        "«{member}» è qui: {rows} righe di dati, {size} voci del registro.\n"
        "Altri enti {peer}, postazioni {front}: le postazioni vanno corrette.\n"
        "Ora: maglia-node host start {member}",
        spoken(),
    ).format(**values, peer=body.peer, front=body.front)
    is_copy = tr("È una copia: se l'ente serve ancora altrove, fermarlo prima.", spoken())
    lines = [text, *([] if said["moved"] else [is_copy]), *left_line(said["left"])]
    counts = {name: said[name] for name in ("log_size", "log_root", "rows", "moved", "left")}
    say(as_json, {**_body(body, "maglia.host-import/1"), **counts}, "\n".join(lines))


def _host(root: Path) -> Host:
    from node.hosting import users
    from node.hosting.plan import Host

    found = Host(root)
    users.check_rights(own_users=found.plan().own_users)
    return found


def _body(body: Hosted, schema: str) -> dict[str, object]:
    return {"schema": schema, **asdict(body)}


def _say_done(as_json: bool, act: str, members: list[str], words: str) -> None:
    """Say what was done; `words` are marked."""
    named = ", ".join(members) or tr("nessuno", spoken())
    say(as_json, {"schema": f"maglia.host-{act}/1", "members": members}, f"{tr(words, spoken())}: {named}.")


def _pass_on(said: str, *, as_json: bool) -> None:
    """Tell what a body's command refused: the document as it is, or its sentence."""
    error = json.loads(said)
    typer.echo(said) if as_json else typer.echo(f"{error['message']} {error['next_action']}", err=True)
