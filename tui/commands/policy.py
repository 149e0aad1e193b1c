"""`maglia policy explain|diff`: what rules allow and why, and what would change, tried here before anybody signs."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.bar import progress_bar
from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from maglia.core.vocabulary import Role, is_special
from tui import doors
from tui.commands.base import Json, Out, Result, Settings, check_out, finish, password_of, tell, written
from tui.entering import at, at_office
from tui.exits import Exit
from tui.explain_text import explanation_lines
from tui.policy_text import comparison_lines, comparison_table, counted, edit_lines
from tui.profile import Profile, find_profile, known_lang, load_profile
from tui.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from maglia.policy.rules import Rules

policy = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Le regole: che cosa permettono, e perché.")
IN_FORCE = ("in-vigore", "in-force")


BASES = ("case", "procedure", "consent", "none")
GIVERS = ("comune", "parish")
"""Whose example record is shown when nobody says: a public body's and one of the third sector's."""


@policy.command("explain")
def explain(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option("--as", metavar="TIPO", help="Tipo di ente che chiede.")],
    purpose: Annotated[str, typer.Option("--purpose", help="Scopo della domanda.")],
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto che si chiede.")],
    giver: Annotated[str, typer.Option("--from", metavar="TIPO", help="Tipo di ente che ha dato l'aiuto.")] = "",
    role: Annotated[str, typer.Option("--role", help="Ruolo dell'operatore.")] = "",
    basis: Annotated[str, typer.Option("--basis", help="Base agli atti: case, procedure, consent o none.")] = "",
    policies: Annotated[str, typer.Option("--policies", help="Cartella o file .tar.gz, invece di in-vigore.")] = "",
    as_json: Json = False,
) -> None:
    """Dice che cosa un ente può chiedere e vedere di un aiuto di esempio, e quale regola lo decide.

    Senza --policies prende le regole in vigore dal nodo. Nulla viene chiesto alla rete.

    Esempio: maglia policy explain --as comune --purpose rent_subsidy --facet rent_arrears --policies policies
    """

    def work(lang: str, rules: Callable[[str], Rules]) -> Result:
        from maglia.policy.explain import Question, explain, reasoning_document  # the engine is loaded late

        chosen = rules(policies or IN_FORCE[0])
        _check_choice(kind, chosen.codes("kinds"), "--as")
        _check_code(purpose, chosen.codes("purposes"), Code.INPUT_PURPOSE)
        if not is_special(facet):
            _check_code(facet, chosen.codes("facets"), Code.INPUT_FACET)
        for value, allowed, option in (
            (giver, chosen.codes("kinds"), "--from"),
            (role, Role, "--role"),
            (basis, BASES, "--basis"),
        ):
            if value:
                _check_choice(value, allowed, option)
        found = explain(chosen, Question(kind, purpose, facet, role, basis), [giver] if giver else GIVERS)
        document: dict[str, object] = {
            "schema": "maglia.policy.explain/1",
            "rules": {"name": chosen.name, "revision": chosen.revision},
            "question": asdict(found.question),
            "may_ask": reasoning_document(found.may_ask),
            "sees": [
                {"from": seen.giver, "record": seen.variant or "ordinary", **reasoning_document(seen.reasoning)}
                for seen in found.seen
            ],
        }
        return Result(document, explanation_lines(found, chosen.name, chosen.revision, lang))

    _with_rules(ctx, as_json, work)


@policy.command("diff")
def diff(
    ctx: typer.Context,
    before: Annotated[str, typer.Argument(metavar="A", help="Cartella, file .tar.gz, o in-vigore.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Cartella, file .tar.gz, o in-vigore.")],
    only: Annotated[str, typer.Option("--only", help="Solo una decisione: ask, release, rpc ...")] = "",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Elenca le decisioni che cambiano dalle regole A alle B, su migliaia di casi, e ciò che è scritto diversamente.

    Esempio: maglia --profile emporio.toml policy diff in-vigore policies

    Uscita: 0 nulla cambia, 10 cambia una decisione o ciò che è scritto, 2 regole che non si possono usare.
    """

    def work(lang: str, rules: Callable[[str], Rules]) -> Result:
        from maglia.policy.changes import compare  # the engine is loaded when it is needed
        from maglia.policy.engine import DECISIONS
        from maglia.policy.vectors import all_vectors

        if only:
            _check_choice(only, DECISIONS, "--only")
        first, second = rules(before), rules(after)
        vectors = [vector for vector in all_vectors() if only in {"", vector.decision}]
        with progress_bar(tr("Casi provati", lang), quiet=as_json) as progress:
            found = compare(first, second, counted(vectors, progress))
        document: dict[str, object] = {
            "schema": "maglia.policy.diff/1",
            "before": {"name": first.name, "revision": first.revision},
            "after": {"name": second.name, "revision": second.revision},
            "compared": found.compared,
            "changed": len(found.changes),
            "changes": [change.document() for change in found.changes],
            "edits": [edit.document() for edit in found.edits],
        }
        lines = comparison_lines(found, first.name, second.name, lang) + edit_lines(found, lang)
        status = Exit.OVERLAP if found.changes or found.edits else Exit.DONE
        return Result(document, lines, status, comparison_table(found, lang))

    _with_rules(ctx, as_json, work, out)


def _check_choice(value: str, allowed: Iterable[str], option: str) -> str:
    """Return `value` when it is among those allowed; raise `input.choice` with those that are."""
    codes = list(allowed)
    if value not in codes:
        raise MagliaError(Code.INPUT_CHOICE, value=plain(value, 40), option=option, allowed=", ".join(codes))
    return value


def _check_code(value: str, allowed: Iterable[str], code: Code) -> str:
    """Return `value` when the rules have it; raise `code` with those they have."""
    codes = list(allowed)
    if value not in codes:
        raise MagliaError(code, value=plain(value, 40), allowed=", ".join(codes))
    return value


def _with_rules(
    ctx: typer.Context, as_json: bool, work: Callable[[str, Callable[[str], Rules]], Result], out: Path | None = None
) -> None:
    """End the process with the status of `work`, which opens rules by name; only those in force need a profile."""
    settings = ctx.ensure_object(Settings)

    def done() -> Exit:
        check_out(out)
        result = written(work(_lang(settings), lambda name: _open(settings, name)), out, _lang(settings))
        tell(result, as_json)
        return result.status

    finish(as_json, _lang(settings), done)


def _lang(settings: Settings) -> str:
    """Return the language: the option's, the environment's, the profile's where there is one, Italian."""
    try:
        return load_profile(find_profile(settings.profile), settings.lang).lang
    except MagliaError:  # whoever needs the profile reports it
        return known_lang(settings.lang)


def _open(settings: Settings, name: str) -> Rules:
    """Return the rules called `name`; raise as `open_rules`, or as the door to the network."""
    from maglia.core.bundle import bundle_revision  # the engine is loaded when it is needed
    from maglia.policy.rules import open_rules, rules_of

    if name not in IN_FORCE:
        return open_rules(Path(name))
    bundle = asyncio.run(_bundle_in_force(load_profile(find_profile(settings.profile), settings.lang)))
    return rules_of(name, bundle, bundle_revision(bundle))


async def _bundle_in_force(profile: Profile) -> bytes:
    """Return the bundle that the body's node lives by, or that officers signed last."""
    if not profile.is_of_the_office:
        async with at(doors.node, profile, password_of(profile)) as node:
            return await node.policies()
    from tui.in_force import read_in_force  # The Update Framework is loaded when it is needed

    async with at_office(profile, password_of(profile)) as office:
        found = await read_in_force(office.fetch, profile)
    if not found.bundle:
        raise MagliaError(Code.DIRECTORY_NOT_THERE)
    return found.bundle
