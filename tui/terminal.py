"""The terminal that the screens are painted on: whether it can show them, without colours, and when it goes away."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from types import FrameType

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from maglia.core.errors import Code, MagliaError

LEFT_ALONE = frozenset({"ctrl+n", "ctrl+t", "ctrl+w", "ctrl+o"})
"""Keys that a browser or a terminal keeps for its windows: hands used to them must not delete or send anything."""
_ELSEWHERE = "TEXTUAL_DRIVER"
"""Set where screens are painted on something else than this process's terminal."""
_FAR, _NEAR = 0.35, 0.4
"""On a scale of 1: how much brighter or darker than the screen a background must be to stand out, and how little a
letter may be for it to stand back."""


def check_terminal() -> None:
    """Raise `input.terminal` where there is none to paint on, `input.terminal_letters` for one without UTF-8."""
    if os.environ.get(_ELSEWHERE):
        return
    painted, typed = sys.__stderr__, sys.__stdin__  # those that Textual uses
    if painted is None or typed is None or not (painted.isatty() and typed.isatty()):
        raise MagliaError(Code.INPUT_TERMINAL)
    if painted.encoding.lower().replace("-", "") != "utf8":
        raise MagliaError(Code.INPUT_TERMINAL_LETTERS, encoding=painted.encoding)


class NoColours(LineFilter):
    """Paints without any colour, as NO_COLOR asks; what stood out by its background is reversed instead.

    Textual's own answer to NO_COLOR is shades of grey.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colours; `background` is that of what they are painted on."""
        screen = background.brightness
        return [Segment(text, style and _plain(style, screen), control) for text, style, control in segments]


@lru_cache(1024)
def _plain(style: Style, screen: float) -> Style:
    """What stands out is reversed, what stands back (a key that does nothing now, a field's hint) is dim."""
    behind = screen if style.bgcolor is None else _brightness(style.bgcolor)
    letters = None if style.color is None else _brightness(style.color)
    if abs(behind - screen) > _FAR:
        return style.without_color + Style(reverse=True)
    if letters is not None and abs(letters - behind) < _NEAR:
        return style.without_color + Style(dim=True)
    return style.without_color


def _brightness(color: RichColor) -> float:
    return Color.from_rich_color(color).brightness


def on_closing(save: Callable[[], None], leave: Callable[[], object]) -> None:
    """Call `save` before the window that is closed ends this process, `leave` when the process is asked to end.

    To be called from within the event loop of the screens, in the main thread.
    """

    def closed(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it comes from the terminal and from the watch
        try:
            save()
        finally:  # nobody is there to read anything more: the end that a closed window has always had
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGHUP)

    # No handler of the loop's: what paints on a terminal that is gone may wait for ever, and the loop with it.
    signal.signal(signal.SIGHUP, closed)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave)
    typed = sys.__stdin__
    if typed is not None and (typed.isatty() or os.environ.get(_ELSEWHERE)):
        threading.Thread(target=_watch, args=[typed.fileno()], name="terminal-gone", daemon=True).start()


def _watch(terminal: int) -> None:
    """Send this process the signal of a closed window once its terminal is gone; a shell between may keep it back."""
    gone = select.poll()
    gone.register(terminal, 0)  # being gone is always told, without being asked for
    if gone.poll():
        os.kill(os.getpid(), signal.SIGHUP)
