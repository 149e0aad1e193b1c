"""`maglia`: without a command the screens, with one its plain-text twin. Whatever is heavy is imported late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

import typer

from maglia.cli import Commands, Version, loading


class ConsoleCommands(Commands):
    """Every command of the console: where it is, and the first paragraph of its help."""

    table: ClassVar = {
        "export": (
            "tui.commands.export:export",
            "Esporta tutto ciò che l'ente conserva, con il registro dei trattamenti. Solo il responsabile; resta"
            " registrato.",
        ),
        "import": (
            "tui.commands.import_file:import_file",
            "Importa aiuti da un file CSV, XLSX o ODS; le righe scartate vanno in FILE.scarti.csv.",
        ),
        "budgets": (
            "tui.commands.budgets:budgets",
            "Mostra chi ha chiesto di più oggi, enti e operatori, con i limiti, e le procedure.",
        ),
        "check": ("tui.commands.check:check", "Chiede alla rete quali aiuti una persona ha già avuto."),
        "aid": ("tui.commands.record:aid", "Aiuti dati dall'ente."),
        "reserve": ("tui.commands.reserve:reserve", "Impegni: aiuti promessi, verificati, poi consegnati."),
        "refer": ("tui.commands.refer:refer", "Persone inviate ad altri enti, e ricevute."),
        "inbox": ("tui.commands.inbox:inbox", "Avvisi: che cosa è cambiato da quando si è guardato."),
        "consent": ("tui.commands.consent:consent", "Consensi delle persone."),
        "offline": ("tui.commands.offline:offline", "Lo sportello senza il suo nodo: prendere ora, verificare dopo."),
        "household": ("tui.commands.household:household", "Nuclei familiari registrati."),
        "need": ("tui.commands.needs:need", "Bisogni registrati: che cosa si deve, e quanto."),
        "device": ("tui.commands.device:device", "Postazioni che si collegano al nodo da fuori."),
        "person": ("tui.commands.person:person", "Persone registrate e i loro codici."),
        "case": ("tui.commands.record:case", "Pratiche degli enti pubblici."),
        "bando": ("tui.commands.bando:bando", "Bandi: molte domande controllate sotto una procedura."),
        "access-report": (
            "tui.commands.access_report:access_report",
            "Richieste di accesso: chi ha cercato i dati di una persona.",
        ),
        "browser": (
            "tui.commands.browser:browser",
            "Apre le stesse schermate in un browser di questo computer.",
        ),
        "status": (
            "tui.commands.status:status",
            "Mostra lo stato del nodo dell'ente; «status network» come rispondono gli altri.",
        ),
        "settings": (
            "tui.commands.settings:settings",
            "Impostazioni della postazione: lingua, colori, blocco, stampa.",
        ),
        "log": ("tui.commands.status:log", "Registro degli accessi."),
        "policy": ("tui.commands.policy:policy", "Le regole: che cosa permettono, e perché."),
        "office": ("tui.commands.office:office", "Ufficio di accreditamento."),
        "tour": (
            "tui.commands.tour:tour",
            "Un'ora guidata sulla rete di prova: volontaria, comune, accreditamento, revisora.",
        ),
        "audit": (
            "tui.commands.audit:audit",
            "Il revisore: leggere i registri degli accessi, verificarli, confrontarli, cercarvi.",
        ),
    }


app = typer.Typer(
    name="maglia",
    cls=ConsoleCommands,
    help="Maglia: quali aiuti una famiglia ha già avuto, chiesto agli enti della rete.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def console(
    ctx: typer.Context,
    profile: Annotated[Path | None, typer.Option("--profile", help="File del profilo, o MAGLIA_PROFILE.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="Lingua, it o en, o MAGLIA_LANG.")] = None,
    suggest: Annotated[
        str | None,
        typer.Option(
            "--suggest",
            # A line with a person's code belongs in the environment: every user can read the list of processes.
            envvar="MAGLIA_SUGGEST",
            show_envvar=False,
            help="Riga da mostrare nella schermata, o MAGLIA_SUGGEST.",
        ),
    ] = None,
    version: Version = False,  # noqa: ARG001 - answered where it is read
) -> None:
    """Maglia: quali aiuti una famiglia ha già avuto, chiesto agli enti della rete.

    Senza comando apre le schermate. Esempio: maglia --profile emporio.toml
    """
    from maglia.core.errors import MagliaError
    from tui.commands.base import Settings, tell_error
    from tui.profile import check_lang, known_lang

    try:
        chosen = check_lang(lang, "--lang") if lang else None
        ctx.obj = Settings(profile, chosen)
        if ctx.invoked_subcommand is None:
            _open_screens(profile, chosen, suggest)
    except MagliaError as error:
        raise typer.Exit(int(tell_error(error, False, known_lang(lang)))) from error


def _open_screens(path: Path | None, lang: str | None, suggest: str | None) -> None:
    with loading():  # what the screens load stays: looked through meanwhile, it is a tenth of their start
        from tui.app import run
        from tui.profile import find_profile, load_profile

    profile = load_profile(find_profile(path), lang)

    if status := run(profile, suggest):
        raise typer.Exit(status)


def main() -> None:
    """Entry point of the `maglia` command."""
    app(prog_name="maglia")


if __name__ == "__main__":
    main()
