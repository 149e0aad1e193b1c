"""`maglia browser`: the screens in a browser of this computer, for whoever has no terminal."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from maglia.core.translation import tr
from tui.commands.base import Json, Result, perform, tell
from tui.profile import VARIABLES, Profile

_MOST = 4


def browser(
    ctx: typer.Context,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Porta di questo computer; 0: una libera.")] = 0,
    windows: Annotated[int, typer.Option("--windows", min=1, max=32, help="Finestre aperte insieme, al più.")] = _MOST,
    open_it: Annotated[bool, typer.Option("--open", help="Apre subito il browser di questo computer.")] = False,
    as_json: Json = False,
) -> None:
    """Apre le stesse schermate in un browser di questo computer.

    Esempio: maglia --profile emporio.toml browser --open

    Scrive un collegamento che si apre una volta sola, entro 10 minuti, e solo da questo computer; poi si accede con
    utente e password, come sempre. Ogni finestra è una postazione a sé: chiusa, ciò che era scritto resta. Ctrl-C
    chiude tutte le finestre; dopo mezz'ora senza nessuna finestra finisce da solo.
    """

    async def work(profile: Profile) -> Result:
        from tui.browser.gate import Gate
        from tui.browser.server import Consoles, listen, serve

        listening = listen(port)
        gate = Gate(listening.getsockname()[1])
        consoles = Consoles(_console(profile), VARIABLES, windows, profile.lang)
        until = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, until.set)
        with ExitStack() as stack:
            tell(_link(gate.link, profile.lang), as_json)
            sys.stdout.flush()
            if open_it:
                leads = stack.enter_context(_file_to(gate.link)).as_uri()
                # Beside the serving: a browser that lives in the terminal is over only when it is left.
                asyncio.get_running_loop().run_in_executor(None, webbrowser.open, leads)
            await serve(listening, gate, consoles, until)
        closed = tr("Finestre chiuse. Quanto era scritto è rimasto.", profile.lang)
        return Result({"schema": "maglia.browser-closed/1"}, [closed])

    perform(ctx, as_json, work)


def _console(profile: Profile) -> list[str]:
    """Return the command of one console; the folder one stands in is no place to find programs."""
    return [sys.executable, "-P", "-m", "tui", "--profile", str(profile.path)]


def _link(link: str, lang: str) -> Result:
    from tui.browser.gate import LINK_MINUTES

    lines = [
        tr("Aprire nel browser di questo computer, una volta sola, entro {minutes} minuti:", lang),
        f"  {link}",
        tr("Poi si accede con utente e password. Ctrl-C chiude tutte le finestre.", lang),
    ]
    document: dict[str, object] = {"schema": "maglia.browser/1", "link": link, "minutes": LINK_MINUTES}
    return Result(document, [line.format(minutes=LINK_MINUTES) for line in lines])


@contextmanager
def _file_to(link: str) -> Iterator[Path]:
    """Yield a file of this user's alone that leads to the link: every user can read a program's arguments."""
    from tui.browser.page import page_to

    with tempfile.TemporaryDirectory(prefix="maglia-") as folder:  # 0700
        file = Path(folder, "maglia.html")
        file.write_text(page_to(link), "utf-8")
        yield file
