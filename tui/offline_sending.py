"""Sending what was taken without a node: each thing filed once and then forgotten here, whatever is cut in between.

A thing leaves this computer only after the node has it and its check is filed. Cut before that it is sent again, under
the same key: the node changes nothing. What the node refuses stays, with why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from maglia.core.errors import Code, MagliaError
from tui.offline_model import Sending, Sent, Taken
from tui.offline_store import OfflineStore

if TYPE_CHECKING:
    from tui.offline_client import OfflineDoor

_OF_THE_MOMENT = frozenset({"network", "storage", "log", "session", "version", "directory"})
"""Families of errors that say nothing about what was sent: the next try may do."""


async def send(door: OfflineDoor, store: OfflineStore, kept: Sequence[Taken]) -> Sending:
    """Send everything, consents before what rests on them, each in the order in which it was taken."""
    sending = Sending(left=len(kept))
    for taken in sorted(kept, key=lambda one: (one.kind != "consent", one.number)):
        try:
            sent = await _send(door, taken)
        except MagliaError as error:
            if _is_of_the_moment(error):
                sending.stopped = error
                return sending
            refused = replace(taken, refused=error.code.value, params=dict(error.params))
            await asyncio.to_thread(store.change, refused)
            sending.refused.append(refused)
        else:
            await asyncio.to_thread(store.remove, taken.key)
            sending.sent.append(sent)
            sending.left -= 1
    return sending


async def _send(door: OfflineDoor, taken: Taken) -> Sent:
    filed = await door.file(taken)
    if not taken.check.facet:
        return Sent(taken, filed)
    try:
        return Sent(taken, filed, await door.check_later(taken))
    except MagliaError as error:
        if _is_of_the_moment(error):
            raise
        return Sent(taken, filed, unchecked=error)


def _is_of_the_moment(error: MagliaError) -> bool:
    family = error.code.value.partition(".")[0]
    return family in _OF_THE_MOMENT and error.code is not Code.SESSION_ROLE
