"""A body's node on loopback: set up, filled by the import a body has, started, waited for."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from demo.bodies import Body, Operator
from demo.ports import LOOPBACK
from demo.programs import Programs
from maglia.core.vocabulary import Role
from maglia.processes import Started, is_running

SERVING_S = 60.0
"""Longest wait for a started program to serve."""

_POLL_S = 0.05


@dataclass(frozen=True)
class Site:
    """One node's folder, addresses (`HOST:PORT`), profile and file of records."""

    body: Body
    data_dir: Path
    profile: Path
    records: Path
    peer: str
    front: str

    @property
    def name(self) -> str:
        """Return the name under which the node's process is listed."""
        return self.body.member_id

    @property
    def manager(self) -> Operator:
        """Return who adds the body's other operators."""
        return next(operator for operator in self.body.operators if operator.role is Role.MANAGER)


def make_site(directory: Path, body: Body, peer: int, front: int, host: str = LOOPBACK) -> Site:
    """Return where a body's node lives in the network's folder, and at which address of its machine."""
    return Site(
        body=body,
        data_dir=directory / "nodes" / body.member_id,
        profile=directory / "profiles" / f"{body.member_id}.toml",
        records=directory / "csv" / f"{body.member_id}.csv",
        peer=f"{host}:{peer}",
        front=f"{host}:{front}",
    )


class NodeSetup:
    """The commands with which a body sets up its node, in order; `engine` is `auto`, `opa` or `embedded`."""

    def __init__(self, programs: Programs, network_file: Path, today: date, engine: str) -> None:
        self._programs = programs
        self._network_file = network_file
        self._today = today
        self._engine = engine

    def init(self, site: Site) -> None:
        """Make the node's keys and settings; its calendar stands at the district's day."""
        where = ("--member", site.body.member_id, "--peer", site.peer, "--front", site.front)
        self._node(site, "init", "--network-file", str(self._network_file), *where)
        settings = site.data_dir / "node.toml"
        ours = f'day = "{self._today}"\nengine = "{self._engine}"\n'
        settings.write_text(ours + settings.read_text("utf-8"), "utf-8")

    def apply(self, site: Site) -> None:
        """File the body's application with the office."""
        application = site.data_dir / "application.toml"
        application.write_text(application_toml(site.body), "utf-8")
        self._node(site, "apply", "--file", str(application))

    def join(self, site: Site, token: str) -> None:
        """Activate the approved body and publish its first card."""
        self._node(site, "join", token)

    def fill(self, site: Site) -> None:
        """Give the node its manager, a profile for the console, and the body's records."""
        manager = site.manager
        who = (manager.user, "--role", manager.role.value, "--name", manager.user.capitalize())
        self._node(site, "operator", "add", *who, password=manager.password)
        self._node(site, "profile", "--user", site.body.operators[0].user, "--out", str(site.profile))
        self._node(site, "import", str(site.records), "--json")

    def _node(self, site: Site, command: str, *arguments: str, password: str = "") -> None:
        self._programs.run("node", command, *arguments, "--dir", str(site.data_dir), password=password)


def start_server(programs: Programs, name: str, program: str, data_dir: Path) -> Started:
    """Start `registry` or `node` on its folder; `wait_serving` tells when it serves."""
    data_dir.joinpath("ready.json").unlink(missing_ok=True)
    return programs.start(name, program, "serve", "--dir", str(data_dir))


def wait_serving(programs: Programs, name: str, process: Started, data_dir: Path) -> None:
    """Wait until a started program says that it serves; raises `network.process` when it ends or takes too long."""
    until = time.monotonic() + SERVING_S
    while not data_dir.joinpath("ready.json").exists():
        if not is_running(process):
            raise programs.failed(name, "ended before serving")
        if time.monotonic() > until:
            raise programs.failed(name, f"does not serve after {SERVING_S} s")
        time.sleep(_POLL_S)


def application_toml(body: Body) -> str:
    """Return the application that a body files, as `maglia-node apply` reads it."""
    proof = {
        "ipa": {"ipa_code": body.proof.value},
        "runts": {"runts_number": body.proof.value, "runts_section": body.proof.section},
        "ecclesiastical": {"ecclesiastical_recognition": body.proof.value},
    }[body.proof.root]
    fields: dict[str, str | list[str]] = {
        "name": body.name,
        "kind": body.kind.value,
        **proof,
        "fiscal_code": body.fiscal_code,
        "act": body.act,
        "act_protocol": body.act_protocol,
        "act_expiry": body.act_expiry.isoformat(),
        "territory": list(body.territory),
        "facets": [facet.value for facet in body.facets],
        "purposes": [purpose.value for purpose in body.purposes],
        "referent": body.referent,
        "contact": body.contact,
    }
    # A JSON string or list of strings is a TOML one too.
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())
