"""`maglia-registry policies`: rules are checked, wait for officers' signatures, and are in force only by those."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.cli import spoken
from maglia.core.errors import Code, MagliaError
from maglia.core.exits import exit_of_error
from maglia.core.translation import tr
from registry.console import AsJson, Dir, errors, say

if TYPE_CHECKING:
    from maglia.policy.checks import Report
    from registry.rules import Rules

policies = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Regole della rete: chi vede che cosa.")
Folder = Annotated[Path, typer.Argument(metavar="CARTELLA", help="Cartella delle regole, con le prove accanto.")]
Revision = Annotated[str, typer.Argument(metavar="REVISIONE", help="Revisione delle regole: 12 cifre.")]


@contextmanager
def _rules(directory: Path) -> Iterator[Rules]:
    """Open the registry's database beside the registry that may be serving from it."""
    import time  # noqa: PLC0415 - with the others

    from registry.config import load_settings  # noqa: PLC0415 - loads pydantic
    from registry.rules import Rules  # noqa: PLC0415 - loads tuf
    from registry.store.database import Database  # noqa: PLC0415 - loads sqlalchemy
    from registry.store.files import SqlFiles  # noqa: PLC0415 - likewise

    database = Database.open(directory, load_settings(directory).database)
    try:
        database.migrate()
        yield Rules(SqlFiles(database), time.time)
    finally:
        database.close()


def _checked(folder: Path, as_json: bool, *, needs_opa: bool) -> Report:
    """Return the report on a folder; end the process with what is wrong, and its status, where anything is."""
    from maglia.policy.binary import find_opa  # noqa: PLC0415 - with the checks
    from maglia.policy.checks import check_policies  # noqa: PLC0415 - reads and compiles
    from registry.policy_text import report_document, report_lines  # noqa: PLC0415 - with them

    binary = find_opa()
    if binary is None and needs_opa:
        command = "python -m maglia.policy.binary --install"
        raise MagliaError(Code.STORAGE_MISSING, path="opa", command=command)
    report = check_policies(folder, binary)
    if report.refused:
        if as_json:
            say(as_json, report_document(report, spoken()), "")
        else:
            typer.echo("\n".join(report_lines(report, spoken())), err=True)
        sys.exit(exit_of_error(report.refused[0]))
    return report


@policies.command("check", epilog="Esempio: maglia-registry policies check policies")
def check(folder: Folder, as_json: AsJson = False) -> None:
    """Controllare una cartella di regole senza pubblicarla; non serve un registro."""
    with errors(as_json):
        from registry.policy_text import report_document, report_lines  # noqa: PLC0415 - with the checks

        report = _checked(folder, as_json, needs_opa=False)
        say(as_json, report_document(report, spoken()), "\n".join(report_lines(report, spoken())))


@policies.command("publish", epilog="Esempio: maglia-registry policies publish policies --dir /var/lib/maglia")
def publish(folder: Folder, directory: Dir, as_json: AsJson = False) -> None:
    """Controllare nuove regole e metterle in attesa delle firme; fino ad allora valgono quelle in vigore."""
    with errors(as_json):
        from maglia.core.bundle import bundle_revision, file_changes  # noqa: PLC0415 - with the checks

        report = _checked(folder, as_json, needs_opa=True)
        with _rules(directory) as rules:
            in_force = rules.in_force()
            is_waiting = rules.propose(report.bundle)
        document = {
            "schema": "maglia.registry-policies-publish/1",
            "revision": report.revision,
            "in_force": bundle_revision(in_force) if in_force else "",
            "waiting": is_waiting,
            "changes": file_changes(in_force, report.bundle),
        }
        say(as_json, document, "\n".join(_waiting_lines(report.revision, in_force, report.bundle, is_waiting)))


def _waiting_lines(revision: str, in_force: bytes, bundle: bytes, is_waiting: bool) -> list[str]:
    """Return what rules that were let wait change, and what officers do now."""
    from registry.policy_text import change_lines  # noqa: PLC0415 - loads the checks

    if not is_waiting:
        nothing = tr("Le regole {revision} sono già in vigore: non c'è niente da firmare.", spoken())
        return [nothing.format(revision=revision)]
    waiting = tr("Regole {revision}: controllate, in attesa delle firme dei funzionari.", spoken())
    following = tr("Ora ogni funzionario, dal suo posto: maglia office renew --policies {revision}", spoken())
    return [
        waiting.format(revision=revision),
        *change_lines(in_force, bundle, spoken()),
        following.format(revision=revision),
    ]


@policies.command("restore", epilog="Esempio: maglia-registry policies restore 3f0a91c2d4e5 --dir /var/lib/maglia")
def restore(revision: Revision, directory: Dir, as_json: AsJson = False) -> None:
    """Rimettere in attesa delle firme regole che erano in vigore prima, come il registro le conserva."""
    with errors(as_json):
        from maglia.core.bundle import bundle_revision, file_changes  # noqa: PLC0415 - with the checks
        from maglia.policy.checks import check_bundle  # noqa: PLC0415 - reads and compiles

        named = revision.strip().lower()
        with _rules(directory) as rules:
            bundle, in_force = rules.former(named), rules.in_force()
            for refused in check_bundle(bundle, named):
                raise refused  # an older program let pass what this one does not
            is_waiting = rules.propose(bundle)
        document = {
            "schema": "maglia.registry-policies-restore/1",
            "revision": named,
            "in_force": bundle_revision(in_force),
            "waiting": is_waiting,
            "changes": file_changes(in_force, bundle),
        }
        say(as_json, document, "\n".join(_waiting_lines(named, in_force, bundle, is_waiting)))


@policies.command("list", epilog="Esempio: maglia-registry policies list --dir /var/lib/maglia")
def list_policies(directory: Dir, as_json: AsJson = False) -> None:
    """Elencare le regole in vigore, quelle che aspettano le firme e quelle di prima."""
    with errors(as_json):
        from registry.policy_text import listed_document, listed_lines  # noqa: PLC0415 - loads the checks

        with _rules(directory) as rules:
            found, drafts = rules.listed(), rules.files.open_drafts()
        say(as_json, listed_document(found, drafts), "\n".join(listed_lines(found, drafts, spoken())))


@policies.command("withdraw", epilog="Esempio: maglia-registry policies withdraw 3f0a91c2d4e5 --dir /var/lib/maglia")
def withdraw(revision: Revision, directory: Dir, as_json: AsJson = False) -> None:
    """Ritirare regole che aspettano le firme: nessuno può più firmarle; quelle in vigore restano."""
    with errors(as_json):
        with _rules(directory) as rules:
            rules.withdraw(revision.strip().lower())
        document = {"schema": "maglia.registry-policies-withdraw/1", "revision": revision}
        gone = tr("Regole {revision} ritirate: non aspettano più firme.", spoken()).format(revision=revision)
        say(as_json, document, gone)
