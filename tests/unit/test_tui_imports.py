"""What the command line loads before it knows what is asked of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    *("grpc", "google", "sqlalchemy", "textual", "tuf", "securesystemslib", "babel", "fpdf", "PIL", "regopy", "segno"),
    "cryptography",
)
SCRIPT = f"""
import sys
sys.argv = ["maglia", *sys.argv[1:]]
from tui.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
loaded = [name for name in {HEAVY!r} if name in sys.modules]
assert not loaded, loaded
"""


@pytest.mark.parametrize("command", [[], ["check"], ["consent", "print"], ["office", "approve"], ["policy", "diff"]])
def test_help_loads_nothing_heavy(command: list[str]) -> None:
    asked = [sys.executable, "-c", SCRIPT, *command, "--help"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "maglia" in done.stdout


def test_help_of_no_command_loads_anything_heavy() -> None:
    script = f"""
import contextlib, io, sys
from typer.main import get_command
from tui.__main__ import app

def leaves(command, path):
    subs = getattr(command, "commands", None)
    return [one for name, sub in subs.items() for one in leaves(sub, [*path, name])] if subs else [path]

root = get_command(app)
found = leaves(root, [])
for path in found:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert not root.main([*path, "--help"], standalone_mode=False), path
    assert "maglia" in said.getvalue(), path
    loaded = [name for name in {HEAVY!r} if name in sys.modules]
    assert not loaded, (path, loaded)
print(len(found))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50


def test_the_first_paint_waits_for_no_transport() -> None:
    script = (
        "import sys; import tui.app; print([n for n in ('grpc', 'google', 'sqlalchemy', 'tuf') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "command",
    [
        ["check"],
        ["status"],
        ["budgets"],
        ["aid", "add"],
        ["consent", "add"],
        ["consent", "print"],
        *(["device", name] for name in ("enrol", "list", "revoke", "invite", "password")),
        ["case", "add"],
        ["log", "verify"],
        ["policy", "diff"],
        ["policy", "explain"],
        *(
            ["office", name]
            for name in (
                "list",
                "show",
                "history",
                "board",
                "budgets",
                "missing",
                "discard",
                "token",
                "suspend",
                "keygen",
                "setup",
                "official-key",
            )
        ),
        *(
            ["office", name]
            for name in ("approve", "reinstate", "revoke", "change", "renew", "appoint", "dismiss", "officials")
        ),
        *(["office", "procedure", name] for name in ("add", "list")),
        *(["audit", name] for name in ("pull", "verify", "search", "reconcile", "anomalies")),
    ],
)
def test_every_command_helps_with_an_example(command: list[str]) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415 - the module under test is about imports

    from tui.__main__ import app  # noqa: PLC0415 - likewise

    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "Esempio:" in done.output
    assert "--json" in done.output


@pytest.mark.parametrize("command", ["pull", "verify", "search", "reconcile", "anomalies"])
def test_an_auditors_commands_say_with_which_status_they_end(command: str) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415 - the module under test is about imports

    from tui.__main__ import app  # noqa: PLC0415 - likewise

    said = " ".join(CliRunner().invoke(app, ["audit", command, "--help"]).output.split())
    assert "Uscita: 0 " in said
