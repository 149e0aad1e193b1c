"""Finding OPA: the order of places, and no silent way round a wrong setting."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.policy import binary
from node.policy.choose import open_policy

POLICIES = Path(__file__).parents[2] / "policies"
HEAVY = ("opa_client", "regopy", "aiohttp", "grpc")


def program(path: Path, said: str = "Version: 1.9.0", status: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{said}'\nexit {status}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAGLIA_OPA", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_the_setting_then_path_then_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert binary.find_opa() is None
    cached = program(tmp_path / "cache" / "maglia" / "opa" / binary.VERSION / "opa")
    assert binary.find_opa() == cached
    on_path = program(tmp_path / "bin" / "opa")
    assert binary.find_opa() == on_path
    named = program(tmp_path / "named")
    monkeypatch.setenv("MAGLIA_OPA", str(named))
    assert binary.find_opa() == named


def test_an_old_opa_on_path_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "opa", "Version: 0.70.0")
    assert binary.find_opa() is None


@pytest.mark.parametrize("said", ["Version: 0.70.0", "something else", None])
def test_a_wrong_setting_is_an_error(said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "opa")
    named = tmp_path / "named"
    if said is not None:
        program(named, said)
    monkeypatch.setenv("MAGLIA_OPA", str(named))
    with pytest.raises(MagliaError) as refused:
        binary.find_opa()
    assert refused.value.code is Code.INPUT_SETTING
    assert binary.main(["--install"]) == 2
    assert binary.main(["--path"]) == 2


def test_without_opa_and_go_set_up_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert binary.main(["--install"]) == 0
    assert "embedded policy engine" in capsys.readouterr().out
    assert binary.main(["--check", str(POLICIES)]) == 0
    assert "not checked" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("version", "usable"), [("go1.21.0", True), ("go1.26.8", True), ("go1.20.14", False), ("", False)]
)
def test_how_old_go_may_be(version: str, usable: bool, tmp_path: Path) -> None:
    go = program(tmp_path / "bin" / "go", version)
    assert binary.find_go() == (go if usable else None)


def test_a_build_lands_in_the_cache_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    go = program(tmp_path / "bin" / "go", "go1.26.0")
    go.write_text(
        '#!/bin/sh\nif [ "$1" = env ]; then echo go1.26.0; exit; fi\n'
        'printf \'#!/bin/sh\\necho Version: 1.9.0\\n\' > "$GOBIN/opa"\n/bin/chmod 755 "$GOBIN/opa"\n'
    )
    assert binary.main(["--install"]) == 0
    assert binary.find_opa() == binary.cached_path()
    assert list(binary.cached_path().parent.iterdir()) == [binary.cached_path()]
    assert "Building OPA" in capsys.readouterr().out


def test_a_failed_build_fails_set_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    go = program(tmp_path / "bin" / "go", "go1.26.0")
    go.write_text('#!/bin/sh\nif [ "$1" = env ]; then echo go1.26.0; exit; fi\nexit 1\n')
    assert binary.main(["--install"]) == 1
    assert not binary.cached_path().exists()
    assert "could not be built" in capsys.readouterr().err


async def test_without_opa_the_embedded_engine_decides(tmp_path: Path) -> None:
    bundle, revision = build_bundle(POLICIES)
    engine = await open_policy(bundle, revision, tmp_path)
    assert (await engine.decide("ask", {})).revision == revision
    with pytest.raises(MagliaError) as refused:
        await open_policy(bundle, revision, tmp_path, engine="opa")
    assert refused.value.code is Code.STORAGE_MISSING


async def test_an_opa_that_does_not_serve_is_not_exchanged(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "opa")
    with pytest.raises(MagliaError) as refused:
        await open_policy(*build_bundle(POLICIES), tmp_path / "engine")
    assert refused.value.code is Code.POLICY_UNAVAILABLE


def test_finding_loads_nothing_heavy() -> None:
    asked = f"import sys, node.policy.choose; print([name for name in {HEAVY} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
