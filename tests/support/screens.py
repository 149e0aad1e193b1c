"""Reading a screen as a person does: its lines of text, once something has appeared on them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from tui.screens.work import WorkScreen
from tui.widgets.keys import Action, KeyLabel

PATIENCE_S = 10.0


def text_of(app: App[None]) -> str:
    """Return what the screen shows, line by line."""
    strips = app.screen._compositor.render_strips()  # Textual has no public door to the painted text
    return "\n".join(strip.text for strip in strips)


async def wait_for(pilot: Pilot[None], text: str) -> str:
    """Return the screen's text as soon as it holds `text`."""
    end = time.monotonic() + PATIENCE_S
    while text not in (shown := text_of(pilot.app)):
        assert time.monotonic() < end, f"{text!r} never came:\n{shown}"
        await asyncio.sleep(0.02)
        await pilot.pause()
    return shown


def keys_shown(screen: type[WorkScreen[Any]], lang: str, width: int = 80) -> set[Action]:
    """Return the actions of a screen that its last line has room for."""
    shown, left = set[Action](), width + 1
    for action in screen.ACTIONS:
        left -= KeyLabel(action, lang).cells + 1
        if left >= 0:
            shown.add(action)
    return shown


def still(app: App[None]) -> None:
    """Stop the cursor's blinking on every screen."""
    for screen in app.screen_stack:
        for field in screen.query(Input):
            field.cursor_blink = False
