"""Commands without the cost of a start: one process has the libraries loaded already and forks for each command.

Most of what a short command of Maglia takes is the loading of its libraries, and a network is set up by dozens of them.
The program itself is loaded anew by each, as by `python -m`; it is a process of its own, with its own environment.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from select import select
from types import TracebackType
from typing import IO, NamedTuple, NoReturn, Self

LIBRARIES = (
    "alembic.command",
    "argon2",
    "asyncio",
    "cryptography.x509",
    "google.protobuf.descriptor_pb2",
    "grpc.aio",
    "pydantic_settings",
    "securesystemslib.signer",
    "sqlalchemy.dialects.sqlite",
    "tuf.ngclient",
    "typer",
)
_LONGEST_ORDER = 1 << 17
_LOST = -signal.SIGKILL


class Ran(NamedTuple):
    """How a command ended (minus the number of the signal that ended it) and what it printed."""

    status: int
    out: str
    err: str


class Forks:
    """Runs programs of the project to their ends; usable from several threads, until it is closed."""

    def __init__(self, within: Sequence[str] = ()) -> None:
        """Start loading the libraries; the first command waits for them. `within` goes before what is run."""
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        with theirs:
            self._process = subprocess.Popen(
                [*within, sys.executable, "-P", "-m", __name__, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=kept | {"GRPC_VERBOSITY": "NONE"},  # read when the library is loaded; every command sets it so
                start_new_session=True,
            )

    def run(
        self, program: str, *arguments: str, environment: Mapping[str, str], stdin: str = "", timeout_s: float
    ) -> Ran:
        """Run a command as `python -P -m PROGRAM`; raises `TimeoutError` after killing it and all of its session."""
        with contextlib.ExitStack() as stack:
            given, out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            given.write(stdin.encode())
            given.seek(0)
            told, status = os.pipe()
            answers = stack.enter_context(os.fdopen(told, "rb"))
            try:
                order = json.dumps({"arguments": [program, *arguments], "environment": dict(environment)}).encode()
                socket.send_fds(self._control, [order], [given.fileno(), out.fileno(), err.fileno(), status])
            finally:
                os.close(status)
            return Ran(_await(answers, timeout_s), _text(out), _text(err))

    def close(self) -> None:
        """Let the process end; commands that still run go on."""
        self._control.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()


def _await(answers: IO[bytes], timeout_s: float) -> int:
    """Return what a command's guardian says: first the command's process, then, when it has ended, its status."""
    process = int(answers.readline() or 0)
    if not select([answers], [], [], timeout_s)[0]:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        raise TimeoutError
    return int(answers.readline() or _LOST)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _serve(control: socket.socket) -> dict[str, object] | None:
    """Fork for each order; return it in the process that is to carry it out, and None at the end of all orders."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # guardians are collected by the kernel
    while True:
        content, streams, _, _ = socket.recv_fds(control, _LONGEST_ORDER, 4)
        if not content:
            return None
        if os.fork() == 0:
            control.close()
            _become_command(streams)
            order: dict[str, object] = json.loads(content)
            return order
        for stream in streams:
            os.close(stream)


def _become_command(streams: list[int]) -> None:
    """Fork once more, stay behind to tell how it ends, and return in the command."""
    *standard, status = streams
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    process = os.fork()
    if process:
        _guard(process, status)
    os.setsid()
    os.close(status)
    for number, stream in enumerate(standard):
        os.dup2(stream, number)
        os.close(stream)


def _guard(process: int, status: int) -> NoReturn:
    os.write(status, b"%d\n" % process)
    _, ended = os.waitpid(process, 0)
    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(ended))
    os._exit(0)


def _carry_out(order: dict[str, object]) -> None:
    arguments, environment = order["arguments"], order["environment"]
    assert isinstance(arguments, list)  # noqa: S101 - our own words, from our own process
    assert isinstance(environment, dict)  # noqa: S101 - likewise
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


def main() -> None:
    """Load the libraries, then fork for whoever holds the other end of the socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # else each command, as it ends, goes through all that is loaded: 0.25 s of processor time
    if (order := _serve(control)) is not None:
        _carry_out(order)


if __name__ == "__main__":
    main()
