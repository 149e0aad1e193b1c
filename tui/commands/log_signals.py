"""`maglia log signals`: what the node signalled of its own operators' days, for whoever answers for the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import typer

from tui import doors
from tui.commands.base import Json, Out, Result, password_of, perform
from tui.entering import at
from tui.exits import Exit
from tui.profile import Profile
from tui.signal_text import signal_lines, signal_table

log_signals = typer.Typer(rich_markup_mode=None)


@log_signals.command("signals")
def signals(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
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
        lines, status = signal_lines(found, titles, profile.lang), Exit.OVERLAP if found else Exit.DONE
        return Result(document, lines, status, signal_table(found, titles, profile.lang))

    perform(ctx, as_json, work, out)
