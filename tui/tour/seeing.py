"""What the steps of the tour look at: checks that were kept, records, procedures; said in numbers, never by name."""

from __future__ import annotations

import time
from typing import Any

from maglia.core.translation import tr
from tui.tour.district import Case, Someone
from tui.tour.model import NotSeenError, View

_PATIENCE_S, _POLL_S = 40.0, 1.0


def newest_check(view: View, who: Someone, facet: str) -> dict[str, Any]:
    """Return how the newest check of this kind that somebody made during the step stands; raise `NotSeenError`."""
    listed = view.eyes.ask(who, "check", "list").get("checks", [])
    made = [one for one in listed if one["asked_at_ms"] >= view.since_ms and one["facet"] == facet]
    if not made:
        raise NotSeenError(
            tr("Al nodo non risulta ancora nessuna verifica di questo passo. Riprovare, con calma.", view.lang)
        )
    return view.eyes.ask(who, "check", "show", str(made[0]["check_id"]))


def counted(check: dict[str, Any], lang: str) -> str:
    """Say who answered: `N su M`, and whether anybody is silent."""
    answered, asked = check.get("answered", 0), check.get("asked", 0)
    if check.get("complete"):
        return tr("Hanno risposto {answered} su {asked}: nessuno tace.", lang).format(answered=answered, asked=asked)
    return tr("Hanno risposto {answered} su {asked}: il risultato è parziale, e non dice mai «nessuno».", lang).format(
        answered=answered, asked=asked
    )


def wait_until_all_answer(view: View, who: Someone, case: Case) -> str:
    """Ask again until a node that came back answers; raise `NotSeenError` when it does not."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        found = view.eyes.ask(who, *case.question)
        if found.get("complete"):
            return counted(found, view.lang)
        if time.monotonic() > until:
            raise NotSeenError(tr("L'ente fermato non risponde ancora. Riprovare.", view.lang))
        time.sleep(_POLL_S)


def joined(*parts: str) -> str:
    """Return sentences one after the other."""
    return " ".join(parts)
