"""`maglia-demo`: a fictional district on this machine. Without a command, what `make demo` shows."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from maglia.cli import Commands, Version, spoken, tell_error
from maglia.core.errors import Code, MagliaError
from maglia.core.exits import Exit
from maglia.core.translation import tr

DEFAULT_SEED = 7
ENGINES = ("auto", "opa", "embedded")
MAX_REPLICAS = 3
MAX_RECORDS = 100_000

app = typer.Typer(
    name="maglia-demo",
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path, typer.Option("--dir", help="Cartella della rete.")]
Json = Annotated[bool, typer.Option("--json", help="Risultato in JSON, con schema e versione.")]
Member = Annotated[str, typer.Argument(help="Nome breve dell'ente (dispensa-fiume), o «registry».")]
Seed = Annotated[int, typer.Option("--seed", help="Seme da cui nascono persone e aiuti.")]
Today = Annotated[str, typer.Option("--today", help="Giorno della rete, AAAA-MM-GG; di norma oggi.")]
Bodies = Annotated[int, typer.Option("--bodies", help="Quanti enti, da 3 a 100.")]


@app.callback(invoke_without_command=True)
def demo(
    ctx: typer.Context,
    seed: Seed = DEFAULT_SEED,
    today: Today = "",
    bodies: Bodies = 8,
    version: Version = False,  # noqa: ARG001 - answered where it is read
) -> None:
    """Un distretto di prova su questa macchina: registro, enti, persone inventate.

    Senza comando lo accende, mostra una verifica e lo spegne: su un terminale apre VERIFICA,
    altrimenti la racconta passo per passo. Esempio: maglia-demo

    Uscita: 0 tutto come previsto, 1 errore o esito diverso, 2 dato errato, 3 rete assente, 4 ente sconosciuto,
    130 interrotto.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end_cleanly)
    if ctx.invoked_subcommand is None:
        _finish(False, lambda: _show(seed, today, bodies))


@app.command("up")
def up(
    directory: Folder,
    seed: Seed = DEFAULT_SEED,
    today: Today = "",
    bodies: Bodies = 8,
    engine: Annotated[str, typer.Option("--engine", help="Motore delle regole: auto, opa o embedded.")] = "auto",
    replicas: Annotated[
        int, typer.Option("--replicas", help="Registri in parallelo; oltre 1 serve MAGLIA_DEMO_DATABASE_URL.")
    ] = 1,
    records: Annotated[
        int | None, typer.Option("--records", help="Quanti aiuti in tutto il distretto; di norma due anni.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Accende una rete e torna quando è pronta; la rete resta accesa.

    Esempio: maglia-demo up --dir /tmp/distretto --seed 7 --today 2026-11-21 --bodies 8
    """
    _finish(as_json, lambda: _up(directory, seed, today, bodies, engine, replicas, records, as_json))


@app.command("down")
def down(directory: Folder, as_json: Json = False) -> None:
    """Spegne tutto ciò che la rete ha acceso; i file restano.

    Esempio: maglia-demo down --dir /tmp/distretto
    """

    def work() -> int:
        from demo.network import down as take_down

        ended = take_down(directory)
        done = tr("Rete spenta: {count} programmi.", spoken()).format(count=len(ended))
        _tell(as_json, {"schema": "maglia.demo.down/1", "stopped": ended}, done)
        return 0

    _finish(as_json, work)


@app.command("stop")
def stop(member: Member, directory: Folder, as_json: Json = False) -> None:
    """Ferma il nodo di un ente.

    Esempio: maglia-demo stop --dir /tmp/distretto dispensa-fiume
    """

    def work() -> int:
        from demo.network import stop as stop_node

        stop_node(directory, member)
        done = tr("Fermo: {member}.", spoken()).format(member=member)
        _tell(as_json, {"schema": "maglia.demo.node/1", "member": member, "running": False}, done)
        return 0

    _finish(as_json, work)


@app.command("start")
def start(member: Member, directory: Folder, as_json: Json = False) -> None:
    """Riaccende il nodo di un ente e torna quando risponde.

    Esempio: maglia-demo start --dir /tmp/distretto dispensa-fiume
    """

    def work() -> int:
        from demo.network import start as start_node

        start_node(directory, member)
        done = tr("Acceso: {member}.", spoken()).format(member=member)
        _tell(as_json, {"schema": "maglia.demo.node/1", "member": member, "running": True}, done)
        return 0

    _finish(as_json, work)


def _up(
    directory: Path,
    seed: int,
    today: str,
    bodies: int,
    engine: str,
    replicas: int,
    records: int | None,
    as_json: bool,
) -> int:
    from demo.district import TOTAL_RECORDS
    from demo.network import up as bring_up
    from demo.programs import DATABASE

    if engine not in ENGINES:
        raise MagliaError(Code.INPUT_FIELD, field="--engine")
    if not 1 <= replicas <= MAX_REPLICAS or (replicas > 1 and DATABASE not in os.environ):
        raise MagliaError(Code.INPUT_FIELD, field="--replicas")
    total = TOTAL_RECORDS if records is None else records
    if not 1 <= total <= MAX_RECORDS:
        raise MagliaError(Code.INPUT_FIELD, field="--records")

    def progress(line: str) -> None:
        print(line, file=sys.stderr if as_json else sys.stdout, flush=True)

    day = _day(today)
    sheet = bring_up(
        directory, seed, day, _bodies(bodies), engine=engine, replicas=replicas, records=total, say=progress
    )
    ready = tr(
        "Rete pronta: {count} enti, giorno {day}. Tutto ciò che serve è in {file}. "
        "Per spegnerla: maglia-demo down --dir {folder}",
        spoken(),
    ).format(count=len(sheet["nodes"]), day=f"{day:%d/%m/%Y}", file=directory / "demo.json", folder=directory)
    _tell(as_json, sheet, ready)
    return 0


def _show(seed: int, today: str, bodies: int) -> int:
    from demo.show import show

    return show(seed, _day(today), _bodies(bodies))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="--today") from error


def _bodies(count: int) -> int:
    if not 3 <= count <= 100:
        raise MagliaError(Code.INPUT_FIELD, field="--bodies")
    return count


def _finish(as_json: bool, work: Callable[[], int]) -> NoReturn:
    try:
        status = work()
    except MagliaError as error:
        status = _tell_error(error, as_json)
    except KeyboardInterrupt:
        status = Exit.INTERRUPTED
    raise typer.Exit(status)


def _tell(as_json: bool, document: dict[str, object], line: str) -> None:
    print(json.dumps(document, ensure_ascii=False) if as_json else line)


def _tell_error(error: MagliaError, as_json: bool) -> int:
    """Say what happened and what to do next; the private cause goes to standard error, for whoever looks into it."""
    status = tell_error(error, as_json=as_json)
    if error.cause:
        told = tr("Dettaglio per chi amministra, in inglese: {cause}", spoken()).format(cause=error.cause)
        print(told, file=sys.stderr)
    return status


def _end_cleanly(number: int, _frame: FrameType | None) -> NoReturn:
    """Let what is running take down what it started."""
    raise SystemExit(128 + number)


def main() -> None:
    """Entry point of the `maglia-demo` command."""
    app()


if __name__ == "__main__":
    main()
