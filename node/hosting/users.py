"""A system user for each hosted body: its node can read its own folder and no other's."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from maglia.core.errors import Code, MagliaError

_LONGEST = 32
"""Characters of a user name that `useradd` takes."""
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TERM", "COLUMNS", "NO_COLOR", "MAGLIA_OPA", "MAGLIA_LANG")
"""What a body's programs learn of the environment of whoever runs the command."""


def check_rights(*, own_users: bool) -> None:
    """Raise `input.host_rights` where system users are wanted and this is not root."""
    if own_users and os.geteuid() != 0:
        raise MagliaError(Code.INPUT_HOST_RIGHTS)


def check_program_is_open() -> None:
    """Raise `storage.folder`, naming the folder, when other users cannot run this very program."""
    for place in (sys.executable, sys.base_prefix, sys.prefix, __file__):
        for folder in {Path(place).absolute(), Path(place).resolve()}:
            for each in folder.parents:
                if not each.stat().st_mode & stat.S_IXOTH:
                    raise MagliaError(Code.STORAGE_FOLDER, path=str(each), cause="closed to other users")


def user_of(member: str) -> str:
    """Return the system user's name of a body: its own where that is short enough, else with a digest for its end."""
    name = f"maglia-{member}"
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(member.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST - 9].rstrip('-')}-{digest}"


def exists(user: str) -> bool:
    """Return whether the machine has this user."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def add(user: str, home: Path, log: Path) -> None:
    """Make a system user that nobody logs in as; raise `network.process`, its reason in `log`."""
    shell = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin") or "/bin/false"
    options = ("--system", "--user-group", "--no-create-home", "--home-dir", str(home), "--shell", shell)
    run(["useradd", *options, user], log)


def remove(user: str, log: Path) -> None:
    """Take a system user away; raise `network.process`."""
    run(["userdel", user], log)


def run(command: list[str], log: Path) -> None:
    """Run a program of the machine; raise `network.process` with its words in `log`."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    program = shutil.which(command[0], path=path)
    said = "not on this machine"
    if program is not None:
        done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        said = done.stderr.strip()
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{' '.join(command)}: {said}\n")
    raise MagliaError(Code.NETWORK_PROCESS, name=command[0], log=str(log), cause=said)


def command_of(user: str, *arguments: str) -> list[str]:
    """Return the command line of `maglia-node` as a body's user; as this one where the body has none of its own."""
    ours = [sys.executable, "-P", "-m", "node", *arguments]
    if not user:
        return ours
    setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")
    if setpriv is None:
        raise MagliaError(Code.STORAGE_MISSING, path="setpriv", command="apt-get install util-linux")
    identity = ("--reuid", user, "--regid", user, "--init-groups", "--no-new-privs", "--inh-caps=-all")
    return [setpriv, *identity, "--", *ours]


def environment_of(folder: Path, passphrase: str, **more: str) -> Mapping[str, str]:
    """Return the environment of a body's program: little of this one's, and its own passphrase."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "HOME": str(folder), "MAGLIA_PASSPHRASE": passphrase, **more}
