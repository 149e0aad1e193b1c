"""The screens in a browser: the command, its page and its sockets as a browser speaks to them, and a real console."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from tests.support.fake_node import PASSWORD, FakeNode
from tui.browser.gate import Gate
from tui.browser.server import Consoles, listen, serve
from tui.profile import VARIABLES

PATIENCE_S = 60.0
Socket = aiohttp.ClientWebSocketResponse


@dataclass(frozen=True)
class Served:
    """A running `maglia browser`, its link, and what it is reached at."""

    process: Process
    link: str

    @property
    def base(self) -> str:
        return self.link.split("/in/")[0]

    @property
    def consoles(self) -> list[int]:
        """The consoles that are open behind its windows."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for one in tasks for pid in one.read_text().split()]

    async def enter(self, browser: aiohttp.ClientSession) -> None:
        async with browser.get(self.link) as answer:
            assert answer.status == HTTPStatus.OK

    def window(self, browser: aiohttp.ClientSession) -> AbstractAsyncContextManager[Socket]:
        return browser.ws_connect(f"{self.base}/ws?width=80&height=24", headers={"Origin": self.base})


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[FakeNode]:
    served = await FakeNode(tmp_path).start()
    yield served
    await served.stop()


@asynccontextmanager
async def in_browser(
    node: FakeNode, *options: str, lang: str = "it", browser: str = "/bin/false %s"
) -> AsyncIterator[Served]:
    """Run the command with a password in its environment, which no console may learn; `browser` is what it opens."""
    command = [sys.executable, "-m", "tui", "--profile", str(node.profile("anna")), "--lang", lang, "browser", "--json"]
    environment = {**os.environ, "MAGLIA_PASSWORD": PASSWORD, "BROWSER": browser}
    process = await asyncio.create_subprocess_exec(*command, *options, stdout=PIPE, env=environment)
    assert process.stdout is not None
    try:
        yield Served(process, json.loads(await process.stdout.readline())["link"])
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), PATIENCE_S)


def a_browser() -> aiohttp.ClientSession:
    """One that keeps cookies of an address without a name, as browsers do."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def painted(window: Socket, words: str) -> None:
    """Wait for words that stand together on the screen."""
    shown = b""
    async with asyncio.timeout(PATIENCE_S):
        while words.encode() not in shown:
            message = await window.receive()
            assert message.type is aiohttp.WSMsgType.BINARY, message
            shown += message.data


async def type_in(window: Socket, text: str) -> None:
    await window.send_json(["stdin", text])


async def gone(pids: list[int]) -> None:
    """Wait until processes have ended: one that has is in no list, or waits for its parent without any memory."""
    async with asyncio.timeout(PATIENCE_S):
        while any(map(_runs, pids)):  # noqa: ASYNC110 - nobody tells when a process that is not ours has ended
            await asyncio.sleep(0.05)


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}/exe").exists()


async def test_whoever_opens_the_link_logs_in_and_finds_what_was_written_after_the_window_was_closed(
    node: FakeNode,
) -> None:
    async with in_browser(node) as served, a_browser() as browser:
        await served.enter(browser)
        async with browser.get(served.base) as answer:
            assert answer.status == HTTPStatus.OK
            assert f'"ws://{served.base.removeprefix("http://")}/ws"' in await answer.text()
        async with served.window(browser) as window:
            await painted(window, "ACCESSO")
            await type_in(window, f"{PASSWORD}\r")
            await painted(window, " / anna")
            await type_in(window, "XQZXQW")
            await painted(window, "6/16")
            [console] = served.consoles
        await gone([console])
        async with served.window(browser) as window:
            await painted(window, "ACCESSO")
            await type_in(window, f"{PASSWORD}\r")
            await painted(window, "XQZXQW")


async def test_a_link_opens_once_and_its_cookie_is_for_this_page_alone(node: FakeNode) -> None:
    async with in_browser(node) as served, a_browser() as browser, a_browser() as other:
        async with browser.get(served.link) as answer:
            cookie = answer.headers["Set-Cookie"]
            assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
            assert "Max-Age" not in cookie
        async with other.get(served.link) as answer:
            assert answer.status == HTTPStatus.GONE
            assert "aprire il collegamento nuovo" in " ".join((await answer.text()).split())
            assert "Set-Cookie" not in answer.headers
        async with other.get(served.base) as answer:
            assert answer.status == HTTPStatus.FORBIDDEN
            assert "Aprire il collegamento" in await answer.text()


async def test_nothing_of_the_page_comes_from_elsewhere_and_nobody_frames_it(node: FakeNode) -> None:
    async with in_browser(node, lang="en") as served, a_browser() as browser:
        await served.enter(browser)
        async with browser.get(served.base) as answer:
            said, page = answer.headers, await answer.text()
        rules = said["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(rules)
        assert said["Cache-Control"] == "no-store"
        assert said["X-Frame-Options"] == "DENY"
        assert "https:" not in page
        assert 'lang="en"' in page
        for part in ("/own/page.css", "/own/page.js", "/static/js/textual.js", "/static/css/xterm.css"):
            assert part in page
            async with browser.get(f"{served.base}{part}") as answer:
                assert answer.status == HTTPStatus.OK


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {"Host": "maglia.example"}, HTTPStatus.MISDIRECTED_REQUEST),
        ("/ws", {"Host": "maglia.example", "Origin": "http://maglia.example"}, HTTPStatus.MISDIRECTED_REQUEST),
        ("/", {"Sec-Fetch-Site": "cross-site"}, HTTPStatus.FORBIDDEN),
        ("/ws", {}, HTTPStatus.FORBIDDEN),
        ("/ws", {"Origin": "http://maglia.example"}, HTTPStatus.FORBIDDEN),
        ("/ws", {"Origin": "null"}, HTTPStatus.FORBIDDEN),
    ],
    ids=["name", "socket's name", "link elsewhere", "says nothing", "page elsewhere", "file"],
)
async def test_a_page_from_elsewhere_cannot_drive_the_console_even_with_the_cookie(
    node: FakeNode, path: str, headers: Mapping[str, str], status: HTTPStatus
) -> None:
    asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"} if path == "/ws" else {}
    asked |= {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="} if asked else {}
    async with in_browser(node) as served, a_browser() as browser:
        await served.enter(browser)
        async with browser.get(f"{served.base}{path}", headers={**asked, **headers}) as answer:
            assert answer.status == status
        assert not served.consoles


async def test_no_more_windows_than_allowed_and_one_that_is_closed_makes_room(node: FakeNode) -> None:
    async with in_browser(node, "--windows", "1") as served, a_browser() as browser:
        await served.enter(browser)
        async with served.window(browser) as window:
            await painted(window, "ACCESSO")
            async with browser.get(served.base) as answer:
                assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
                assert "Chiuderne una" in await answer.text()
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await served.window(browser).__aenter__()
            assert refused.value.status == HTTPStatus.SERVICE_UNAVAILABLE
        async with asyncio.timeout(PATIENCE_S):
            while (await browser.get(served.base)).status != HTTPStatus.OK:  # noqa: ASYNC110 - the place is told of by the answer alone
                await asyncio.sleep(0.05)
        async with served.window(browser) as window:
            await painted(window, "ACCESSO")


async def test_what_no_page_of_ours_writes_does_nothing(node: FakeNode) -> None:
    wild = ("", "{", "[]", '["stdin"]', '["stdin", 7]', '["resize", {"width": "a"}]', '["resize", {"width": 1e9}]', "7",
            '{"stdin": "x"}', '["quit"]', '["stdin", "a", "b"]', '["stdin", "\\ud800"]')  # fmt: skip
    async with in_browser(node) as served, a_browser() as browser:
        await served.enter(browser)
        async with served.window(browser) as window:
            await painted(window, "ACCESSO")
            for text in wild:
                await window.send_str(text)
            await window.send_json(["resize", {"width": 100_000, "height": -4}])
            await window.send_json(["resize", {"width": 80, "height": 24}])
            await type_in(window, f"\x7f{PASSWORD}\r")  # without the letter that was none
            await painted(window, " / anna")


async def test_consoles_end_with_the_server_however_it_ends(node: FakeNode) -> None:
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        async with in_browser(node) as served, a_browser() as browser:
            await served.enter(browser)
            async with served.window(browser) as window:
                await painted(window, "ACCESSO")
                left = served.consoles
                assert len(left) == 1
                served.process.send_signal(ending)
                assert await asyncio.wait_for(served.process.wait(), PATIENCE_S) == (
                    -signal.SIGKILL if ending is signal.SIGKILL else 0
                )
            await gone(left)


async def test_whoever_leaves_the_console_is_told_and_the_server_goes_on(node: FakeNode) -> None:
    async with in_browser(node) as served, a_browser() as browser:
        await served.enter(browser)
        async with served.window(browser) as window:
            await painted(window, "ACCESSO")
            await type_in(window, "\x11")  # ^Q
            async with asyncio.timeout(PATIENCE_S):
                while (message := await window.receive()).type is aiohttp.WSMsgType.BINARY:
                    pass
            assert message.type is aiohttp.WSMsgType.CLOSE
        async with browser.get(served.base) as answer:
            assert answer.status == HTTPStatus.OK


async def test_a_server_that_nobody_has_a_window_of_ends_by_itself(node: FakeNode) -> None:
    listening = listen(0)
    gate, until = Gate(listening.getsockname()[1]), asyncio.Event()
    command = [sys.executable, "-m", "tui", "--profile", str(node.profile("anna"))]
    serving = asyncio.create_task(serve(listening, gate, Consoles(command, VARIABLES, 4, "it", alone_s=2.0), until))
    base = gate.link.split("/in/")[0]
    async with a_browser() as browser:
        async with browser.get(gate.link) as answer:
            assert answer.status == HTTPStatus.OK
        async with browser.ws_connect(f"{base}/ws", headers={"Origin": base}) as window:
            await painted(window, "ACCESSO")
            await asyncio.sleep(2.5)
            assert not serving.done(), "somebody works"
    await asyncio.wait_for(serving, PATIENCE_S)


async def test_the_browser_is_opened_at_a_file_of_ones_own_which_leads_to_the_link(
    node: FakeNode, tmp_path: Path
) -> None:
    """The link is no program's argument, and a browser that is not over yet keeps nobody waiting."""
    program, seen = tmp_path / "browser", tmp_path / "seen"
    lines = ('file="${1#file://}"', 'stat -c %a "$(dirname "$file")" >"$0.new"', 'cat "$file" >>"$0.new"',
             'mv "$0.new" "$(dirname "$0")/seen"', 'while [ ! -e "$0.left" ]; do sleep 0.1; done')  # fmt: skip
    program.write_text("\n".join(("#!/bin/sh", *lines)))
    program.chmod(0o700)
    async with in_browser(node, "--open", browser=f"{program} %s") as served, a_browser() as browser:
        async with asyncio.timeout(PATIENCE_S):
            await served.enter(browser)
            while not seen.exists():  # noqa: ASYNC110 - the browser tells by its file alone
                await asyncio.sleep(0.05)
        mode, leads = seen.read_text().split("\n", 1)
        program.with_suffix(".left").touch()
    assert mode == "700"
    assert f'url={served.link}"' in leads


async def test_a_busy_port_is_told_before_any_link(node: FakeNode) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "tui", "--profile", str(node.profile("anna")), "browser", "--port", str(port)]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert process.returncode == 1
    assert not out
    assert f"127.0.0.1:{port}".encode() in err
    assert b"--port" in err
