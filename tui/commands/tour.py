"""`maglia tour`: a guided first hour on a demonstration network, with the real screens and commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.commands.base import Json, Settings, finish
from tui.commands.default import DefaultCommand, Unnamed
from tui.exits import Exit
from tui.profile import known_lang

if TYPE_CHECKING:
    from tui.tour.chapters import Numbered
    from tui.tour.guide import Outcome
    from tui.tour.progress import Progress

SCHEMA = "maglia.tour/1"
FOLDER = Path("distretto")

tour = typer.Typer(
    cls=DefaultCommand,
    help="Un'ora guidata sulla rete di prova: volontaria, comune, accreditamento, revisora.",
    rich_markup_mode=None,
)

Folder = Annotated[
    Path,
    typer.Option("--dir", envvar="MAGLIA_DEMO", show_envvar=False, help="Cartella della rete di prova, o MAGLIA_DEMO."),
]


@tour.command("ask", cls=Unnamed, hidden=True)
def lead(
    ctx: typer.Context,
    directory: Folder = FOLDER,
    first: Annotated[int, typer.Option("--from", min=1, help="Da quale passo; di norma il primo non fatto.")] = 0,
    only: Annotated[int, typer.Option("--only", min=1, help="Un passo solo, anche già fatto.")] = 0,
    unattended: Annotated[
        bool, typer.Option("--auto", help="Scrive e preme i tasti al posto di chi guarda, sulla rete vera di prova.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Un'ora guidata sulla rete di prova: volontaria, comune, accreditamento, revisora.

    Esempio: maglia tour --dir distretto

    Serve una rete di prova accesa (maglia-demo up --dir distretto), con persone inventate. Ogni passo dice che cosa si
    fa e perché, apre la schermata o il comando vero, e guarda che cosa è successo davvero. F9 o Ctrl-C ferma: la volta
    dopo si riprende da lì. «maglia tour list» elenca i passi.

    Uscita: 0 passi fatti, 1 qualcuno no, 2 nessuna rete di prova o nessun terminale, 130 fermato.
    """
    lang = known_lang(ctx.ensure_object(Settings).lang)

    def work() -> Exit:
        from tui.tour.chapters import all_steps
        from tui.tour.district import load_district, no_network
        from tui.tour.guide import Guide
        from tui.tour.keyboard import wait_for_answer
        from tui.tour.progress import Progress

        district, steps = load_district(directory), all_steps()
        if max(first, only) > len(steps):
            raise MagliaError(Code.INPUT_FIELD, field="--from" if first else "--only")
        if not unattended and not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise MagliaError(Code.INPUT_TERMINAL)
        progress = Progress(district.folder)
        chosen = _chosen(steps, first, only, progress)
        tell = _tell_aside if as_json else _tell
        guide = Guide(district, progress, lang, tell, None if unattended else wait_for_answer)
        if not guide.finds_network():
            raise no_network(district.folder)
        outcomes, stopped = guide.lead(chosen, len(steps))
        missing = [_line(at, progress, lang) for at in steps if not progress.has(at.step.name)]
        tell("\n" + "\n".join((_ending(steps, progress, lang), *missing)))
        if as_json:
            print(json.dumps(_document(outcomes, lang, stopped=stopped), ensure_ascii=False))
        if stopped:
            return Exit.INTERRUPTED
        return Exit.DONE if all(one.done for one in outcomes) else Exit.ERROR

    finish(as_json, lang, work)


@tour.command("list")
def list_steps(ctx: typer.Context, directory: Folder = FOLDER, as_json: Json = False) -> None:
    """Elenca i passi, e quali sono già fatti su questa rete di prova.

    Esempio: maglia tour list --dir distretto
    """
    lang = known_lang(ctx.ensure_object(Settings).lang)

    def work() -> Exit:
        from tui.tour.chapters import all_steps
        from tui.tour.progress import Progress

        progress, chapter = Progress(directory), None
        steps = all_steps()
        if as_json:
            print(json.dumps({"schema": "maglia.tour.list/1", "steps": _listed(steps, progress, lang)}))
            return Exit.DONE
        for at in steps:
            if at.chapter is not chapter:
                chapter = at.chapter
                print(tr(chapter.title, lang))
            print(_line(at, progress, lang))
        print(_ending(steps, progress, lang))
        return Exit.DONE

    finish(as_json, lang, work)


def _chosen(steps: Sequence[Numbered], first: int, only: int, progress: Progress) -> Sequence[Numbered]:
    """Return the steps to go through: one, those from a number on, else from the first that is not done yet."""
    if only:
        return steps[only - 1 : only]
    if first:
        return steps[first - 1 :]
    left = [at for at in steps if not progress.has(at.step.name)]
    return left or steps


def _listed(steps: Sequence[Numbered], progress: Progress, lang: str) -> list[dict[str, object]]:
    return [{**_of(at, lang), "done": progress.has(at.step.name)} for at in steps]


def _of(at: Numbered, lang: str) -> dict[str, object]:
    words = {"chapter": tr(at.chapter.title, lang), "title": tr(at.step.title, lang)}
    return {"number": at.number, "name": at.step.name, **words}


def _document(outcomes: Sequence[Outcome], lang: str, *, stopped: bool) -> dict[str, object]:
    steps = [{**_of(one.at, lang), "done": one.done, "seen": one.seen} for one in outcomes]
    return {"schema": SCHEMA, "stopped": stopped, "steps": steps}


def _ending(steps: Sequence[Numbered], progress: Progress, lang: str) -> str:
    done = sum(progress.has(at.step.name) for at in steps)
    if done == len(steps):
        whole = tr("Fatti tutti i {count} passi. La rete di prova si spegne con «maglia-demo down».", lang)
        return whole.format(count=done)
    told = tr("Fatti {done} passi su {count}. «maglia tour» riprende dal primo che manca.", lang)
    return told.format(done=done, count=len(steps))


def _line(at: Numbered, progress: Progress, lang: str) -> str:
    mark = "x" if progress.has(at.step.name) else " "
    return f"  [{mark}] {at.number:2}  {tr(at.step.title, lang)}"


def _tell(line: str) -> None:
    print(line, flush=True)


def _tell_aside(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
