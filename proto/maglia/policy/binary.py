"""Finding the OPA program, and building it once where Go is installed.

`python -m maglia.policy.binary --install | --check DIR | --path`. Order: `MAGLIA_OPA`, PATH, the cache in
`${XDG_CACHE_HOME:-~/.cache}/maglia/opa/VERSION`. A wrong `MAGLIA_OPA` is an error, never a reason to look elsewhere.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from maglia.core.errors import Code, MagliaError

VERSION = "v1.9.0"
MODULE = f"github.com/open-policy-agent/opa@{VERSION}"
GO_MINIMUM = (1, 21)
BUILD_TIMEOUT_S = 1800
BY_HAND = (
    f"OPA not found and Go {GO_MINIMUM[0]}.{GO_MINIMUM[1]} or later not installed: put the release binary opa {VERSION}"
    " on PATH or name it in MAGLIA_OPA; meanwhile Maglia continues with the embedded policy engine."
)


def find_opa() -> Path | None:
    """Return the OPA program to run, None when there is none.

    Raises `MagliaError` (`input.setting`) when `MAGLIA_OPA` names anything but an OPA of version 1.
    """
    named = os.environ.get("MAGLIA_OPA")
    if named is not None:
        if not _is_opa(Path(named)):
            raise MagliaError(Code.INPUT_SETTING, field="MAGLIA_OPA", source="environment", cause="no OPA v1 program")
        return Path(named)
    on_path = shutil.which("opa")
    for candidate in (Path(on_path) if on_path else None, cached_path()):
        if candidate is not None and _is_opa(candidate):
            return candidate
    return None


def cached_path() -> Path:
    """Return where a built OPA is kept for every checkout of this user."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(cache) if Path(cache).is_absolute() else Path.home() / ".cache"
    return base / "maglia" / "opa" / VERSION / "opa"


def _is_opa(path: Path) -> bool:
    """Return whether `path` runs and says that it is OPA 1.x (Rego v1 without flags)."""
    if not (path.is_file() and os.access(path, os.X_OK)):
        return False
    try:
        said = subprocess.run([path, "version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return False
    return said.returncode == 0 and re.match(r"Version: 1\.", said.stdout) is not None


def find_go() -> Path | None:
    """Return a Go compiler of at least `GO_MINIMUM`, None when there is none."""
    go = shutil.which("go")
    if go is None:
        return None
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"go(\d+)\.(\d+)", said)
    new_enough = version is not None and (int(version[1]), int(version[2])) >= GO_MINIMUM
    return Path(go) if new_enough else None


def build_opa(go: Path) -> Path:
    """Build the pinned OPA beside its final place, then rename it in; two builders at once do no harm.

    Raises `subprocess.SubprocessError` when Go fails; its own words are on standard error.
    """
    target = cached_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="build-") as scratch:
        environment = {**os.environ, "GOBIN": scratch, "GOFLAGS": "-trimpath", "CGO_ENABLED": "0"}
        environment.pop("GOOS", None)
        environment.pop("GOARCH", None)
        subprocess.run([go, "install", MODULE], env=environment, check=True, timeout=BUILD_TIMEOUT_S)
        (Path(scratch) / "opa").replace(target)
    return target


def _say(line: str, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(line + "\n")
    (stream or sys.stdout).flush()


def install() -> int:
    """Make OPA available if it can be, and say in one line what was done; return the exit status."""
    found = find_opa()
    if found is not None:
        _say(f"OPA: {found}")
        return 0
    go = find_go()
    if go is None:
        _say(BY_HAND)
        return 0
    _say(f"Building OPA {VERSION} with {go}, once, about two minutes ...")
    try:
        built = build_opa(go)
    except (OSError, subprocess.SubprocessError) as error:
        _say(f"OPA could not be built ({error}). Check the Go installation and run the command again.", sys.stderr)
        return 1
    _say(f"OPA: {built}")
    return 0


def check(folder: Path) -> int:
    """Let OPA check, format-check and test the policies in `folder`; return the exit status."""
    opa = find_opa()
    if opa is None:
        _say(f"Policies not checked. {BY_HAND}")
        return 0
    commands = (["check", "--strict", "--bundle"], ["fmt", "--list", "--fail"], ["test", "--bundle"])
    statuses = [subprocess.run([opa, *command, folder], check=False).returncode for command in commands]
    return 1 if any(statuses) else 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m maglia.policy.binary", description="Find, build or use OPA.")
    wish = parser.add_mutually_exclusive_group(required=True)
    wish.add_argument("--install", action="store_true", help="build OPA once where Go is installed")
    wish.add_argument("--check", type=Path, metavar="DIR", help="check, format-check and test the policies in DIR")
    wish.add_argument("--path", action="store_true", help="print where OPA is")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.install:
            return install()
        if chosen.check is not None:
            return check(chosen.check)
        _say(str(find_opa() or ""))
    except MagliaError as error:
        sentence = error.sentence("en")
        _say(f"{sentence.message} {sentence.next_action}", sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
