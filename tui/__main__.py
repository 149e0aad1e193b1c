"""`maglia`: without a command the screens, with one its plain-text twin. Whatever is heavy is imported late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from maglia.cli import Commands
from maglia.core.errors import MagliaError
from tui.commands import (
    access_names,
    access_report,
    audit,
    audit_reconcile,
    audit_search,
    bando,
    budgets,
    consent,
    device,
    epoch,
    export,
    household,
    import_file,
    inbox,
    log_signals,
    needs,
    office,
    office_setup,
    office_sign,
    officer_key,
    official_key,
    officials,
    offline,
    person,
    policy,
    record,
    refer,
    reserve,
    status,
)
from tui.commands.base import Settings, tell_error
from tui.commands.check import check
from tui.profile import check_lang, find_profile, known_lang, load_profile

app = typer.Typer(
    name="maglia",
    cls=Commands,
    help="Maglia: quali aiuti una famiglia ha già avuto, chiesto agli enti della rete.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(check, name="check")
app.command("export")(export.export)
app.command("import")(import_file.import_file)
app.command("budgets")(budgets.budgets)
app.add_typer(record.aid, name="aid")
app.add_typer(reserve.reserve, name="reserve")
app.add_typer(refer.refer, name="refer")
app.add_typer(inbox.inbox, name="inbox")
app.add_typer(consent.consent, name="consent")
app.add_typer(offline.offline, name="offline")
app.add_typer(household.household, name="household")
app.add_typer(needs.need, name="need")
app.add_typer(device.device, name="device")
app.add_typer(person.person, name="person")
app.add_typer(record.case, name="case")
app.add_typer(bando.bando, name="bando")
access_report.access_report.add_typer(access_names.names)
app.add_typer(access_report.access_report, name="access-report")
status.log.add_typer(log_signals.log_signals)
app.add_typer(status.status, name="status")
app.add_typer(status.log, name="log")
app.add_typer(policy.policy, name="policy")
office.office.add_typer(office_sign.signing)
office.office.add_typer(officer_key.own_key)
office.office.add_typer(office_setup.office_setup)
office.office.add_typer(official_key.official)
office.office.add_typer(officials.officials)
office.office.add_typer(budgets.office_budgets)
office.office.add_typer(epoch.epoch, name="epoch")
app.add_typer(office.office, name="office")
audit.audit.add_typer(audit_search.searching)
audit.audit.add_typer(audit_reconcile.reconciling)
app.add_typer(audit.audit, name="audit")


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
) -> None:
    """Maglia: quali aiuti una famiglia ha già avuto, chiesto agli enti della rete.

    Senza comando apre le schermate. Esempio: maglia --profile emporio.toml
    """
    try:
        chosen = check_lang(lang, "--lang") if lang else None
        ctx.obj = Settings(profile, chosen)
        if ctx.invoked_subcommand is None:
            _open_screens(profile, chosen, suggest)
    except MagliaError as error:
        raise typer.Exit(int(tell_error(error, False, known_lang(lang)))) from error


def _open_screens(path: Path | None, lang: str | None, suggest: str | None) -> None:
    profile = load_profile(find_profile(path), lang)
    from tui.app import run  # Textual is loaded only for the screens

    if status := run(profile, suggest):
        raise typer.Exit(status)


def main() -> None:
    """Entry point of the `maglia` command."""
    app(prog_name="maglia")


if __name__ == "__main__":
    main()
