"""What every command of a node does alike: open the folder, run, tell an error in one sentence, with its status."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from maglia.cli import tell_error

if TYPE_CHECKING:
    from maglia.core.network_file import NetworkFile
    from node.config import Settings
    from node.keys import Keys

P = ParamSpec("P")
Folder = Annotated[Path, typer.Option("--dir", help="Cartella del nodo.")]
REMOTE = "Le postazioni vengono da fuori: ognuna va iscritta, con un secondo fattore."
Via = Annotated[Path | None, typer.Option(help="File del relay tramite cui gli altri enti raggiungono il nodo.")]
AsJson = Annotated[bool, typer.Option("--json", help="Risposta in JSON.")]


def told(command: Callable[P, None]) -> Callable[P, None]:
    """Turn an error into its sentence, its next action and its exit status."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        from maglia.core.errors import MagliaError

        try:
            command(*args, **kwargs)
        except MagliaError as error:
            raise typer.Exit(tell_error(error, as_json=bool(kwargs.get("as_json")))) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return wrapped


def say(as_json: bool, document: Mapping[str, object], text: str) -> None:
    """Print what was done, as one document or as text."""
    print(json.dumps(document, ensure_ascii=False) if as_json else text)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run one command's work to its end."""
    import asyncio

    return asyncio.run(work)


def open_node(folder: Path) -> tuple[Settings, NetworkFile, Keys]:
    """Return a node's settings, network and secrets; raise `storage.*` or `input.setting`."""
    from maglia.core.keystore import read_passphrase
    from maglia.wire.channel import quiet_grpc
    from node.config import load_settings
    from node.joining import load_network
    from node.keys import load_keys

    quiet_grpc()
    return load_settings(folder), load_network(folder), load_keys(folder, read_passphrase())
