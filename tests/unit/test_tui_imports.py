"""What the command lines load before they know what is asked of them, and the console before anybody logs in."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from maglia.wire.certificates import make_certificate
from tests.unit.test_tui_suggestion import PROFILE

HEAVY = (
    *("grpc", "google", "sqlalchemy", "textual", "tuf", "securesystemslib", "babel", "fpdf", "PIL", "regopy", "segno"),
    *("cryptography", "pydantic", "argon2", "alembic", "aiohttp"),
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


@pytest.mark.parametrize("program", ["tui", "node", "registry", "demo"])
def test_help_of_a_program_loads_no_command(program: str) -> None:
    script = f"""
import sys
sys.argv = ["maglia", "--help"]
from {program}.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
commands = ("tui.", "node.", "registry.", "demo.")
loaded = [name for name in sys.modules if name in {HEAVY!r} or name.startswith(commands)]
assert loaded == ["{program}.__main__"], loaded
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--version" in done.stdout


def test_help_of_no_command_loads_anything_heavy() -> None:
    script = f"""
import contextlib, io, sys
from typer.main import get_command
from tui.__main__ import app

def leaves(command, path):
    subs = getattr(command, "commands", None)
    return [one for name, sub in subs.items() for one in leaves(sub, [*path, name])] if subs else [path]

root = get_command(app)
for name in root.commands:
    root.commands[name]
    loaded = [heavy for heavy in {HEAVY!r} if heavy in sys.modules]
    assert not loaded, (name, loaded)
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


FIRST_PAINT = f"""
import sys
from pathlib import Path
from tui.app import Console
from tui.profile import load_profile

console = Console(load_profile(Path(sys.argv[1])))

async def look(pilot):
    await pilot.pause()
    painted = "\\n".join(strip.text for strip in console.screen._compositor.render_strips())
    assert "Password" in painted, painted
    assert sys.argv[2] in painted, painted
    loaded = [name for name in {HEAVY!r} if name in sys.modules]
    print(sorted({{*loaded}} - {{"textual"}}))
    console.exit()

console.run(headless=True, size=(80, 24), auto_pilot=look)
"""


@pytest.mark.parametrize(("party", "home"), [("emporio-nord", "VERIFICA"), ("registry", "ACCREDITAMENTO")])
def test_the_first_paint_waits_for_no_transport(tmp_path: Path, party: str, home: str) -> None:
    (tmp_path / "front.pem").write_bytes(make_certificate(party, "distretto", 3600, time.time()).certificate)
    (tmp_path / "anna.toml").write_text(PROFILE.replace("emporio-nord", party))
    nobody_known = {name: value for name, value in os.environ.items() if not name.startswith("MAGLIA_")}
    command = [sys.executable, "-c", FIRST_PAINT, str(tmp_path / "anna.toml"), home]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=nobody_known)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


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
