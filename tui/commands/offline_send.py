"""`maglia offline send`: what was taken without a node goes to it, and is checked as soon as the network is there."""

from __future__ import annotations

import typer

from maglia.core.errors import Code, MagliaError
from tui import doors
from tui.commands.base import ERROR_SCHEMA, Json, Result, password_of, perform
from tui.commands.offline_keeping import open_with
from tui.entering import at
from tui.offline_text import list_lines, sending_lines
from tui.profile import Profile
from tui.text import sentence_of


def send_taken(ctx: typer.Context, as_json: Json = False) -> None:
    """Invia al nodo ciò che è stato preso senza rete. Ripetuto non registra nulla due volte.

    Ogni verifica è fatta appena la rete risponde; l'esito si legge con maglia inbox.

    Esempio: maglia offline send
    """

    async def work(profile: Profile) -> Result:
        from tui.offline_sending import send

        if not profile.offline.exists():
            return Result({"schema": _SCHEMA, "sent": [], "refused": [], "left": 0}, list_lines([], profile.lang))
        password = password_of(profile)
        store = open_with(profile, password)
        kept = store.taken()
        try:
            async with at(doors.offline, profile, password) as door:
                sending = await send(door, store, kept)
        except MagliaError as error:
            # What is cut while sending is told by `send`: this is a login that found nobody.
            if error.code is not Code.NETWORK_UNREACHABLE:
                raise
            raise MagliaError(Code.NETWORK_NOT_SENT) from error
        document: dict[str, object] = {
            "schema": _SCHEMA,
            "sent": [
                {
                    "number": one.taken.number,
                    "kind": one.taken.kind,
                    "filed": one.filed,
                    "check_id": one.check_id,
                    "verified": False,
                    "unchecked": one.unchecked.code.value if one.unchecked else "",
                }
                for one in sending.sent
            ],
            "refused": [{"number": one.number, "kind": one.kind, "code": one.refused} for one in sending.refused],
            "left": sending.left,
            "stopped": _error(sending.stopped, profile.lang) if sending.stopped else None,
        }
        return Result(document, sending_lines(sending, profile.lang), sending.status)

    perform(ctx, as_json, work)


_SCHEMA = "maglia.offline.sent/1"


def _error(error: MagliaError, lang: str) -> dict[str, str]:
    sentence = sentence_of(error, lang)
    return {
        "schema": ERROR_SCHEMA,
        "code": error.code.value,
        "message": sentence.message,
        "next_action": sentence.next_action,
    }
