"""What systemd runs for a hosted body: understood by systemd itself, and shut towards all that a node does not need."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from node.hosting.plan import Hosted, Plan
from node.hosting.units import TEMPLATE, Units, own_part, template, unit_of
from node.hosting.users import user_of

ANALYZE = shutil.which("systemd-analyze")
BODY = Hosted("mensa-est", user_of("mensa-est"), "10.0.0.5:7500", "10.0.0.5:7501")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not on this machine")


def analyzed(*words: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *words], capture_output=True, text=True, check=False)


def written(root: Path, folder: Path) -> Path:
    """Write a body's unit as systemd reads it, the template and the body's part."""
    (folder / TEMPLATE).write_text(template(root))
    part = folder / f"{unit_of(BODY.member)}.d"
    part.mkdir()
    (part / "user.conf").write_text(own_part(BODY))
    unit = folder / unit_of(BODY.member)
    unit.symlink_to(TEMPLATE)
    return unit


@needs_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    home = tmp_path / "bodies" / BODY.member
    (home / "node").mkdir(parents=True)
    (home / "passphrase").write_text("una frase di prova")
    unit = written(tmp_path, tmp_path)
    told = analyzed("verify", "--man=no", "--recursive-errors=no", str(unit))
    ours = [line for line in told.stderr.splitlines() if "maglia" in line]
    assert (told.returncode, ours) == (0, []), told.stderr
    wrong = template(tmp_path).replace("ProtectSystem=strict", "ProtectSystm=strict")
    (tmp_path / TEMPLATE).write_text(wrong)
    assert "ProtectSystm" in analyzed("verify", "--man=no", str(unit)).stderr, "the test would notice"


@needs_systemd
def test_a_node_is_exposed_to_little(tmp_path: Path) -> None:
    unit = written(tmp_path, tmp_path)
    told = analyzed("security", "--offline=true", "--no-pager", str(unit))
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told.stdout)
    assert found is not None, told.stdout + told.stderr
    assert float(found[1]) <= 2.0


def test_the_passphrase_is_a_credential_and_the_unit_never_root(tmp_path: Path) -> None:
    text = template(tmp_path)
    assert f"LoadCredential=maglia-passphrase:{tmp_path}/bodies/%i/passphrase" in text
    assert "Environment" not in text
    assert f"ExecStart={sys.executable} -P -m node serve --dir {tmp_path}/bodies/%i/node" in text
    assert "User=maglia-%i" in text
    assert own_part(BODY) == "[Service]\nUser=maglia-mensa-est\nGroup=maglia-mensa-est\n"


def test_a_host_tells_systemd_of_each_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {told}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    plan = Plan("10.0.0.5", 7500, 7510, True, str(tmp_path / "units"))
    units = Units(tmp_path, plan, tmp_path / "host.log")
    units.begin()
    units.add(BODY)
    part = tmp_path / "units" / "maglia-node@mensa-est.service.d" / "user.conf"
    assert part.read_text() == own_part(BODY)
    units.start(BODY.member)
    units.stop(BODY.member)
    units.remove(BODY.member)
    assert not part.parent.exists()
    assert (tmp_path / "units" / TEMPLATE).stat().st_mode & 0o777 == 0o644
    unit = "maglia-node@mensa-est.service"
    assert told.read_text().splitlines() == [
        "daemon-reload",
        f"enable --now {unit}",
        f"disable --now {unit}",
        "daemon-reload",
    ]


def test_users_have_names_that_the_machine_takes() -> None:
    assert user_of("mensa-est") == "maglia-mensa-est"
    long = [f"parrocchia-di-santa-maria-del-monte-{one}" for one in ("a", "b")]
    names = [user_of(member) for member in long]
    assert len(set(names)) == 2
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{0,31}", name) and len(name) <= 32 for name in names)
