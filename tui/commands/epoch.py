"""`maglia office epoch`: the keys of pseudonyms change in three steps, each signed by two officers."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.epochs import EpochAct, Epochs
from tui.commands.base import Json, Out, Result, password_of, perform, require_given
from tui.commands.office_sign import Yes, sign, told
from tui.commands.officer_key import load_officer_key
from tui.entering import at_office
from tui.history_text import history_lines
from tui.office_model import Change, Draft, History
from tui.office_rows import epoch_table
from tui.office_text import epoch_lines
from tui.profile import Profile

if TYPE_CHECKING:
    from tui.office_model import HistoryLine

epoch = typer.Typer(
    name="epoch",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Cambio delle chiavi degli pseudonimi, in tre passi.",
)
Why = Annotated[str, typer.Option("--reason", help="Motivo, che resta nel registro.")]
Without = Annotated[
    list[str] | None, typer.Option("--without", help="Ente da non attendere; serve il motivo. Ripetibile.")
]


@epoch.command("start")
def start(ctx: typer.Context, reason: Why = "", yes: Yes = False, as_json: Json = False) -> None:
    """Annuncia nuove chiavi: ogni ente vi iscrive i suoi, e si chiede ancora con quelle in uso. Servono due funzionari.

    Esempio: maglia --profile paolo.toml office epoch start --reason "cambio annuale"
    """
    _step(ctx, as_json, yes, Change(EpochAct.START, reason=reason.strip()))


@epoch.command("switch")
def switch(
    ctx: typer.Context, without: Without = None, reason: Why = "", yes: Yes = False, as_json: Json = False
) -> None:
    """Da qui tutti chiedono con le nuove chiavi, se ogni ente è pronto; alle vecchie si risponde ancora.

    Chi non è atteso risponde in parte finché non è pronto, mai in modo errato. Servono due funzionari.

    Esempio: maglia --profile paolo.toml office epoch switch
    """
    _step(ctx, as_json, yes, Change(EpochAct.SWITCH, reason=reason.strip(), without=_left_out(without)))


@epoch.command("end")
def end(ctx: typer.Context, without: Without = None, reason: Why = "", yes: Yes = False, as_json: Json = False) -> None:
    """Abbandona le vecchie chiavi, se ogni ente è pronto: i loro pseudonimi si cancellano. Servono due funzionari.

    Esempio: maglia --profile paolo.toml office epoch end
    """
    _step(ctx, as_json, yes, Change(EpochAct.END, reason=reason.strip(), without=_left_out(without)))


def _left_out(without: list[str] | None) -> tuple[str, ...]:
    return tuple(sorted({member.strip() for member in without or []}))


def _step(ctx: typer.Context, as_json: bool, yes: bool, wanted: Change) -> None:
    async def work(profile: Profile) -> Result:
        require_given(bool(wanted.reason) or not wanted.without, "reason")
        key = load_officer_key(profile)
        async with at_office(profile, password_of(profile)) as door:
            reading, signed = await sign(door, key, [wanted], profile, yes=yes)
        after = _epochs(reading.draft)
        said = {"epoch": after.asked, "also_epoch": after.also, "without": list(wanted.without)}
        lines = epoch_lines(after, [], profile.lang)
        return told(wanted.act, said | {"reason": wanted.reason}, lines, reading, signed, profile.lang)

    perform(ctx, as_json, work)


def _epochs(draft: Draft) -> Epochs:
    from maglia.core.directory import DIRECTORY_PATH, decode_directory  # cryptography is loaded when it is needed

    return decode_directory(draft.targets[DIRECTORY_PATH]).epochs


@epoch.command("show")
def show(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Mostra a che punto è il cambio, quali enti sono pronti e chi ha fatto i passi precedenti.

    Esempio: maglia --profile paolo.toml office epoch show
    """

    async def work(profile: Profile) -> Result:
        from tui.office_history import read_history  # gRPC and cryptography are loaded when they are needed

        async with at_office(profile, password_of(profile)) as door:
            nodes, _, _, epochs = await door.board()
            found = await read_history(door, profile, "")
        history = replace(found, lines=[line for line in found.lines if _is_step(line)])
        document: dict[str, object] = {
            "schema": "maglia.office.epoch/1",
            "epoch": epochs.asked,
            "also_epoch": epochs.also,
            "nodes": [
                {
                    "member": node.member,
                    "ready": max(epochs.all) in node.ready_epochs,
                    "ready_epochs": node.ready_epochs,
                }
                for node in nodes
            ],
            "entries": [asdict(line) for line in history.lines],
        }
        lines = epoch_lines(epochs, nodes, profile.lang) + _history(history, profile.lang)
        return Result(document, lines, table=epoch_table(max(epochs.all), nodes, profile.lang))

    perform(ctx, as_json, work, out)


def _history(history: History, lang: str) -> list[str]:
    return history_lines(history, lang) if history.lines else []


def _is_step(line: HistoryLine) -> bool:
    return line.action in frozenset(EpochAct) or line.detail.partition(" ")[0] in frozenset(EpochAct)
