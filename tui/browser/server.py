"""The server of one computer: its page, and a socket to one console for each window. Nobody else is let in."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.browser import page
from tui.browser.gate import HOST, Gate
from tui.browser.window import Window, clean_environment, held

_LONGEST = 64 * 1024
"""Bytes of one message of the page, a pasted text at most."""
_ALIVE_S = 15.0
"""Seconds between two signs that a page is still there."""
_LINK, _SOCKET, _OWN_AT = "/in/{token}", "/ws", "/own"
_STATIC = files(textual_serve) / "static"
_OWN = Path(__file__).parent / "static"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Consoles:
    """What is opened behind each window, and for how many at once; the command runs as it is, without a shell."""

    command: Sequence[str]
    profile_variables: Sequence[str]
    """Names of the environment that a profile may be told by."""
    most: int
    lang: str
    alone_s: float = 30 * 60.0
    """Seconds without any window after which the server ends, so that none stays that nobody knows of."""


def listen(port: int) -> socket.socket:
    """Return a socket at this computer alone, at any free port for 0; raise `network.port_busy`."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        address = f"{HOST}:{port}"
        raise MagliaError(Code.NETWORK_PORT_BUSY, address=address, field="--port", source="maglia browser") from error


async def serve(listening: socket.socket, gate: Gate, consoles: Consoles, until: asyncio.Event) -> None:
    """Let whoever has the link in, until told to end, or left alone: every console saves what is written, and ends."""
    rooms = _Rooms(gate, consoles, until)
    runner = web.AppRunner(rooms.app(), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        rooms.wait_for_windows()
        await web.SockSite(runner, listening).start()
        await until.wait()
    finally:
        await rooms.leave()
        await runner.cleanup()


class _Rooms:
    """What is answered at each address."""

    def __init__(self, gate: Gate, consoles: Consoles, until: asyncio.Event) -> None:
        self._gate, self._consoles, self._lang, self._until = gate, consoles, consoles.lang, until
        self._open: set[web.WebSocketResponse] = set()
        self._alone: asyncio.TimerHandle | None = None

    def app(self) -> web.Application:
        """Return the routes, behind the gate."""
        app = web.Application(middlewares=[self._guard], client_max_size=_LONGEST)
        app.add_routes(
            [
                web.get(_LINK, self._enter),
                web.get("/", self._page),
                web.get(_SOCKET, self._console),
                web.static("/static", Path(str(_STATIC))),
                web.static(_OWN_AT, _OWN),
            ]
        )
        return app

    def wait_for_windows(self) -> None:
        """End in a while, unless a window opens before."""
        self._alone = asyncio.get_running_loop().call_later(self._consoles.alone_s, self._until.set)

    async def leave(self) -> None:
        """Close every window."""
        for one in tuple(self._open):
            with suppress(ConnectionError):
                await one.close(code=WSCloseCode.GOING_AWAY)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = self._refusal(request)
        answer = await handler(request) if refusal is None else self._refused(page.OUTSIDE, refusal)
        if not answer.prepared:
            answer.headers.update(page.FIXED)
            answer.headers["Content-Security-Policy"] = page.policy(request.host)
        return answer

    def _refusal(self, request: web.Request) -> HTTPStatus | None:
        """Return why a request is not let in, None for one that is; a link is opened from anywhere, by hand."""
        gate, resource = self._gate, request.match_info.route.resource
        if not gate.knows(request.headers):
            return HTTPStatus.MISDIRECTED_REQUEST
        if resource is not None and resource.canonical in {_LINK, _OWN_AT}:
            return None
        is_from_here = gate.is_from_here(request.headers, must_say=request.path == _SOCKET)
        return None if is_from_here and gate.is_inside(request.cookies) else HTTPStatus.FORBIDDEN

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        cookie = self._gate.enter(request.match_info["token"])
        if cookie is None:
            return self._refused(page.USED, HTTPStatus.GONE)
        answer = web.Response(text=page.onward_page(self._lang), content_type="text/html")
        answer.set_cookie(self._gate.cookie_name, cookie, httponly=True, samesite="Strict", path="/")
        return answer

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if len(self._open) >= self._consoles.most:
            return self._full()
        return web.Response(text=page.terminal_page(request.host, self._lang), content_type="text/html")

    async def _console(self, request: web.Request) -> web.StreamResponse:
        if len(self._open) >= self._consoles.most:
            return self._full()
        page_end = web.WebSocketResponse(heartbeat=_ALIVE_S, max_msg_size=_LONGEST)
        self._open.add(page_end)
        if self._alone is not None:
            self._alone.cancel()
        try:
            await page_end.prepare(request)
            await self._behind(page_end, held(_number(request, "width", 80), _number(request, "height", 24)))
        finally:
            self._open.discard(page_end)
            if not self._open:
                self.wait_for_windows()
        return page_end

    async def _behind(self, page_end: web.WebSocketResponse, size: tuple[int, int]) -> None:
        """Have a console behind a window until one of the two ends."""
        environment = clean_environment(self._consoles.profile_variables, size)
        window = await Window.open(self._consoles.command, environment)
        painting = asyncio.create_task(_paint(window, page_end))
        try:
            await _listen(window, page_end)
        finally:
            await window.close()
            await painting

    def _full(self) -> web.Response:
        said = tr(page.FULL, self._lang).format(most=self._consoles.most)
        return _said(said, HTTPStatus.SERVICE_UNAVAILABLE, self._lang)

    def _refused(self, words: str, status: HTTPStatus) -> web.Response:
        return _said(tr(words, self._lang), status, self._lang)


async def _paint(window: Window, page_end: web.WebSocketResponse) -> None:
    with suppress(ConnectionError):
        await window.paint(page_end.send_bytes)
        await page_end.close()


async def _listen(window: Window, page_end: web.WebSocketResponse) -> None:
    """Hand over what the page sends, one JSON list a message: its kind, then what belongs to it."""
    async for message in page_end:
        if message.type is WSMsgType.TEXT:
            with suppress(ValueError, TypeError, LookupError):  # no page of ours wrote it: nothing is done
                await _hand_over(window, page_end, *json.loads(message.data))


async def _hand_over(window: Window, page_end: web.WebSocketResponse, kind: object, value: object = None) -> None:
    match kind, value:
        case "stdin", str(text):
            await window.type(text)
        case "resize", {"width": int(columns), "height": int(rows)}:
            await window.resize(*held(columns, rows))
        case "focus" | "blur", _:
            await window.focus(is_here=kind == "focus")
        case "ping", str(text):
            await page_end.send_json(["pong", text])


def _number(request: web.Request, name: str, otherwise: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else otherwise


def _said(words: str, status: HTTPStatus, lang: str) -> web.Response:
    return web.Response(text=page.refusal_page(words, lang), status=status, content_type="text/html")
