"""`maglia check`: the plain-text twin of VERIFICA, with the same sentences and the same meaning."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui import doors
from tui.check_table import check_table
from tui.commands.base import Json, Out, Result, password_of, perform, read_identifier, require
from tui.commands.default import DefaultCommand, Unnamed
from tui.entering import at
from tui.exits import Exit, exit_of_check
from tui.lines import Row
from tui.model import Balance, CheckState, Finding, Person, Question
from tui.needs_text import balance_lines
from tui.persons_text import asked_together, to_ask
from tui.profile import Profile
from tui.question import check_question, parse_months
from tui.verdict import answered_of_asked, rows, verdict_lines
from tui.waiting_text import deferred_lines, kept_table, list_lines, standing_lines

if TYPE_CHECKING:
    from tui.client import NodeDoor
    from tui.waiting_client import WaitingDoor

SCHEMA = "maglia.check/1"
HOUSEHOLD_SCHEMA = "maglia.check/2"
"""All of `maglia.check/1`, the household, and for each finding whose it is."""

DEFERRED_SCHEMA = "maglia.deferred/1"
LIST_SCHEMA = "maglia.checks/1"
_AWAY = frozenset({Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE, Code.DIRECTORY_EXPIRED})
"""Why a node can't ask the network now, and may be able to later."""

check = typer.Typer(
    cls=DefaultCommand, help="Chiede alla rete quali aiuti una persona ha già avuto.", rich_markup_mode=None
)


@check.command("ask", cls=Unnamed, hidden=True)
def ask_network(
    ctx: typer.Context,
    identifier: Annotated[str, typer.Argument(help="Codice della persona; - per leggerlo dall'ingresso standard.")],
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto, per esempio food_parcel.")],
    purpose: Annotated[str, typer.Option("--purpose", help="Scopo, per esempio aid_overlap.")],
    others: Annotated[
        list[str] | None, typer.Option("--with", help="Altro adulto del nucleo, verificato insieme; si può ripetere.")
    ] = None,
    together: Annotated[
        bool, typer.Option("--household", help="Verifica insieme gli adulti del nucleo registrato.")
    ] = False,
    months: Annotated[str, typer.Option("--months", help="Mesi da guardare, da 1 a 36.")] = "",
    case: Annotated[
        str, typer.Option("--case", help="Protocollo della pratica (enti pubblici), della prima persona.")
    ] = "",
    need: Annotated[str, typer.Option("--need", help="POD:..., PDR:... o LEASE:...")] = "",
    creditor: Annotated[str, typer.Option("--creditor", help="A chi si deve il pagamento.")] = "",
    procedure: Annotated[str, typer.Option("--procedure", help="Procedura (bando) dell'ente, dichiarata.")] = "",
    defer: Annotated[
        bool,
        typer.Option("--defer", help="Se la rete è assente, la verifica è fatta da sé quando torna, entro 72 ore."),
    ] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Chiede alla rete quali aiuti una persona ha già avuto.

    Esempio: maglia --profile emporio.toml check CODICE --facet food_parcel --purpose aid_overlap

    Un nucleo si verifica insieme, ogni adulto sulla propria base: check CODICE --with CODICE2 --with CODICE3 ...
    Con --household sono gli adulti del nucleo registrato con «maglia household set», o dell'anagrafe.
    Chi non ha un consenso o una pratica non viene chiesto alla rete: «nucleo: 2 di 4 verificati», risultato parziale.

    Le proprie verifiche restano 72 ore, e intanto chi tace è richiesto quando torna: «maglia check list» le elenca,
    «maglia check show V-...» dice come ne sta una.

    Uscita: 0 nulla di noto, 10 sovrapposizione, 11 risposta parziale, 2 dato errato, 3 rete assente, 4 non permesso.
    """

    async def work(profile: Profile) -> Result:
        number = parse_months(months)
        first, *rest = [read_identifier(code) for code in (identifier, *(others or ()))]
        question = Question(first, facet, purpose, number, case, need, creditor, procedure.strip(), others=tuple(rest))
        if together:
            require(not rest, "--with")
            return await ask_household(profile, check_question(question), defer=defer)
        return await ask(profile, check_question(question), defer=defer)

    perform(ctx, as_json, work, out)


@check.command("show")
def show(
    ctx: typer.Context,
    check_id: Annotated[str, typer.Argument(help="Numero della verifica, per esempio V-0a1b2c3d4e.")],
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Mostra come sta ora una propria verifica delle ultime 72 ore, anche dopo un riavvio del nodo.

    Esempio: maglia check show V-0a1b2c3d4e

    Uscita: come la verifica; 3 se è rimandata e la rete non è ancora tornata, 4 se non si può più fare.
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.waiting, profile, password_of(profile)) as door:
            found = await door.kept_check(check_id.strip())
        told = standing_lines(found.kept, found.identifiers, profile.lang)
        if found.state is not None:
            known = {**document(found.state), "standing": asdict(found.kept)}
            whole = [*told, *lines(found.state, profile.lang)]
            return Result(known, whole, exit_of_check(found.state), check_table(found.state, profile.lang))
        ended = Exit.NETWORK if found.kept.state == "deferred" else Exit.NOT_ALLOWED
        return Result({"schema": DEFERRED_SCHEMA, **asdict(found.kept)}, told, ended)

    perform(ctx, as_json, work, out)


@check.command("list")
def list_checks(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Elenca le proprie verifiche delle ultime 72 ore, le ultime prima, senza dire di chi sono.

    Esempio: maglia check list
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.waiting, profile, password_of(profile)) as door:
            found = await door.kept_checks()
        checks = [asdict(one) for one in found]
        lines, table = list_lines(found, profile.lang), kept_table(found, profile.lang)
        return Result({"schema": LIST_SCHEMA, "checks": checks}, lines, table=table)

    perform(ctx, as_json, work, out)


async def ask(profile: Profile, question: Question, *, defer: bool = False) -> Result:
    """Put one question and wait until the node's deadline has passed; file it for later if it may, and must, wait."""
    async with at(doors.waiting, profile, password_of(profile)) as door:
        try:
            state = await _last_state(door, question)
        except MagliaError as error:
            return await _put_off(door, question, error, profile.lang, defer=defer)
    lang = profile.lang
    return Result(document(state), lines(state, lang), exit_of_check(state), check_table(state, lang))


async def _put_off(door: WaitingDoor, question: Question, error: MagliaError, lang: str, *, defer: bool) -> Result:
    """File a check that can't be made now; raise why not, where it is not to wait or waiting is no help."""
    if error.code not in _AWAY:
        raise error
    if not defer:
        raise MagliaError(Code.NETWORK_AWAY) if error.code is Code.NETWORK_UNREACHABLE else error
    check_id = await door.defer(question)
    filed: dict[str, object] = {"schema": DEFERRED_SCHEMA, "check_id": check_id, "state": "deferred"}
    return Result(filed | {"reason": error.code.value}, deferred_lines(check_id, lang), Exit.NETWORK)


async def ask_household(profile: Profile, question: Question, *, defer: bool = False) -> Result:
    """Put one question about a person and the other adults of their household on file; minors are named, not asked.

    The document tells those asked about by their places in `maglia household show`, since no code is in it.
    """
    async with at(doors.waiting, profile, password_of(profile)) as door:
        household = await door.household(question.identifier)
        asked, lang = to_ask(household, question.identifier), profile.lang
        others = tuple(one.identifier for one in asked[1:])
        about = check_question(replace(question, others=others))
        try:
            state = await _last_state(door, about)
        except MagliaError as error:
            return await _put_off(door, about, error, lang, defer=defer)
    places = [household.members.index(one) + 1 for one in asked]
    on_file = {"source": household.source, "persons": len(household.members), "asked": places}
    told = [*asked_together(household, question.identifier, lang), *lines(state, lang)]
    return Result(document(state) | {"on_file": on_file}, told, exit_of_check(state), check_table(state, lang))


async def _last_state(door: NodeDoor, question: Question) -> CheckState:
    states = [state async for state in door.check(question, follow=False)]
    if not states:
        raise MagliaError(Code.NETWORK_ANSWER, cause="no state of the check")
    return states[-1]


def document(state: CheckState) -> dict[str, object]:
    """Return `maglia.check/1`, or `/2` of a household; what policy hides is null, and no code is in it."""
    if state.household:
        return _alone(state) | {
            "schema": HOUSEHOLD_SCHEMA,
            "findings": [{"person": one.person} | _finding(one) for one in state.findings],
            "household": {
                "persons": len(state.household),
                "verified": state.verified,
                "asked_in_part": state.asked_in_part,
                "members": [_member(number, person) for number, person in enumerate(state.household, 1)],
            },
        }
    return _alone(state)


def _member(number: int, person: Person) -> dict[str, object]:
    return {
        "person": number,
        "verified": not person.unverified,
        "missing": person.unverified or None,
        "check_id": person.check_id,
        "verdict": person.verdict or None,
        "complete": person.complete,
    }


def _alone(state: CheckState) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "check_id": state.check_id,
        "verdict": state.verdict,
        "complete": state.complete,
        "asked": state.asked,
        "answered": state.answered,
        "silent": [asdict(body) for body in state.silent],
        "refused": [asdict(body) for body in state.refused],
        "findings": [_finding(finding) for finding in state.findings],
        "omitted": state.omitted,
        "left_out": state.left_out,
        "policy_revision": state.policy_revision,
        "need": need_document(state.balance) if state.balance else None,
    }


def need_document(balance: Balance) -> dict[str, object]:
    """Return how far the need asked about is covered: euro cents, of others at least, and what is left at most."""
    return {
        "name": balance.need or None,
        "facet": balance.facet,
        "owed": balance.owed_cents,
        "own_given": balance.own_given_cents,
        "own_reserved": balance.own_reserved_cents,
        "others_given_at_least": balance.others_given_cents,
        "others_reserved_at_least": balance.others_reserved_cents,
        "unknown_amounts": balance.unknown,
        "residual_at_most": balance.residual_cents,
        "over_at_least": balance.over_cents,
        "may_be_less": balance.may_be_less,
    }


def _finding(finding: Finding) -> dict[str, object]:
    exact = finding.amount_cents
    return {
        "member_kind": None if finding.kind_hidden else finding.member_kind or None,
        "member": finding.member or None,
        "facet": finding.facet or None,
        "when": finding.when or None,
        "amount": exact if exact is not None else finding.amount_band or None,
        "status": finding.status or None,
        "same_need": finding.same_need,
        "objection": finding.objection,
        "contact": finding.contact or None,
        "owed": finding.owed_cents,
        "reserved_at_ms": finding.reserved_at_ms,
        "reserved_until_ms": finding.reserved_until_ms,
    }


def lines(state: CheckState, lang: str) -> list[str]:
    """Return what the screen says, to be read aloud: who answered, who is silent, what was found, the verdict."""
    who = tr("Risposte", lang)
    table = rows(state, lang)
    silent = [row for row in table if row.note]
    return [
        f"{who}: {answered_of_asked(state, lang)}",
        *(_spoken(row, lang) for row in [*silent, *(row for row in table if not row.note)]),
        *(f"{line.indent}{line.text}" for line in verdict_lines(state, lang)),
        *balance_lines(state, lang),
    ]


def _spoken(row: Row, lang: str) -> str:
    person = [f"{tr('persona', lang)} {row.person}"] if row.person else []
    details = [part for part in (row.facet, row.when, row.amount, row.note) if part]
    return f"{row.status:<10}{', '.join([*person, row.body, *details])}"
