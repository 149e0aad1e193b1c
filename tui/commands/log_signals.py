"""`maglia log signals`: what the node signalled of its own operators' days, for whoever answers for the body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import typer

from tui import doors
from tui.commands.base import Json, Result, password_of, perform
from tui.entering import at
from tui.exits import Exit
from tui.model import OperatorSignal
from tui.profile import Profile

log_signals = typer.Typer(rich_markup_mode=None)


@log_signals.command("signals")
def signals(ctx: typer.Context, as_json: Json = False) -> None:
    """Elenca ciò che il nodo ha segnalato delle giornate dei propri operatori; lo legge chi risponde dell'ente.

    Esempio: maglia --profile responsabile.toml log signals

    Senza persone e senza aiuti, come li legge il revisore. Un segnale è un motivo per guardare.

    Uscita: 0 nessun segnale, 10 qualche segnale.
    """

    async def work(profile: Profile) -> Result:
        from maglia.core.bundle import bundle_revision, open_bundle
        from maglia.policy.engine import merged_data
        from tui.audit.anomalies_text import title_of

        async with at(doors.node, profile, password_of(profile)) as door:
            found, bundle = await door.signals(), await door.policies()
        data: Mapping[str, Any] = merged_data(open_bundle(bundle, bundle_revision(bundle))).get("maglia", {})
        titles = {one.code: title_of(data, one.code, profile.lang) for one in found}
        document: dict[str, object] = {
            "schema": "maglia.log.signals/1",
            "signals": [asdict(one) | {"title": titles[one.code]} for one in found],
        }
        return Result(document, _lines(found, titles, profile.lang), Exit.OVERLAP if found else Exit.DONE)

    perform(ctx, as_json, work)


def _lines(found: Sequence[OperatorSignal], titles: Mapping[str, str], lang: str) -> list[str]:
    english = lang == "en"
    if not found:
        return ["No signal." if english else "Nessun segnale."]
    width = max(len(one.operator) for one in found)
    since = "signalled from" if english else "si segnala da"
    note = (
        "A signal is a reason to look, not a judgement."
        if english
        else "Un segnale è un motivo per guardare, non un giudizio."
    )
    rows = [
        f"{_day(one.day)}  {one.operator:<{width}}  {titles[one.code]}: {one.count} ({since} {one.threshold})"
        for one in found
    ]
    return [*rows, "", note]


def _day(day: str) -> str:
    return "/".join(reversed(day.split("-")))
