"""systemd's side of a host: one template unit for all bodies, a line for each, and its commands.

The unit takes from a node all that it does not need, so that a fault in one does not reach the machine or another body.
Memory that is both written and run stays allowed: the policy engines and the libraries of gRPC need it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from maglia.core.keystore import write_private
from node.hosting.plan import Hosted, Plan
from node.hosting.users import run

TEMPLATE = "maglia-node@.service"
RUNNING = Path("/run/systemd/system")
"""There while systemd is what runs this machine, as `sd_booted(3)` tells."""

_UNIT = """\
[Unit]
Description=Maglia: nodo ospitato di %i
After=network-online.target
Wants=network-online.target
# An empty folder is no node: one that moved away leaves this mark.
ConditionPathExists=!{root}/bodies/%i/node/moved.json

[Service]
Type=exec
# Said again in maglia-node@BODY.service.d, for names too long for a user; never root, even without that file.
User=maglia-%i
Group=maglia-%i
ExecStart={python} -P -m node serve --dir {root}/bodies/%i/node
LoadCredential=maglia-passphrase:{root}/bodies/%i/passphrase
WorkingDirectory={root}/bodies/%i/node
Restart=on-failure
RestartSec=5
TimeoutStopSec=20
UMask=0077
MemoryMax=1G
TasksMax=256

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ReadWritePaths={root}/bodies/%i/node
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


def template(root: Path, python: str = sys.executable) -> str:
    """Return the unit that every body of the host in `root` is an instance of."""
    return _UNIT.format(root=root, python=python)


def own_part(body: Hosted) -> str:
    """Return what only one body's unit says."""
    return f"[Service]\nUser={body.user}\nGroup={body.user}\n"


def unit_of(member: str) -> str:
    """Return the name of a body's unit."""
    return TEMPLATE.replace("@", f"@{member}")


class Units:
    """The units of one host, in `plan.units`; `log` keeps what systemd says when it refuses."""

    def __init__(self, root: Path, plan: Plan, log: Path) -> None:
        self._root = root
        self._folder = Path(plan.units)
        self._log = log

    def begin(self) -> None:
        """Write the template."""
        self._folder.mkdir(parents=True, exist_ok=True)
        _write(self._folder / TEMPLATE, template(self._root))

    def add(self, body: Hosted) -> None:
        """Write a body's part."""
        folder = self._part(body.member)
        folder.mkdir(exist_ok=True)
        _write(folder / "user.conf", own_part(body))
        self._systemctl("daemon-reload")

    def remove(self, member: str) -> None:
        """Take a body's part away."""
        folder = self._part(member)
        (folder / "user.conf").unlink(missing_ok=True)
        if folder.is_dir():
            folder.rmdir()
        self._systemctl("daemon-reload")

    def start(self, member: str) -> None:
        """Start a body's node, now and whenever the machine starts."""
        self._systemctl("enable", "--now", unit_of(member))

    def stop(self, member: str) -> None:
        """Stop a body's node, now and for good."""
        self._systemctl("disable", "--now", unit_of(member))

    def _part(self, member: str) -> Path:
        return self._folder / f"{unit_of(member)}.d"

    def _systemctl(self, *words: str) -> None:
        run(["systemctl", *words], self._log)


def _write(path: Path, text: str) -> None:
    write_private(path, text.encode())
    path.chmod(0o644)
