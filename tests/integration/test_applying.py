"""`maglia-node apply` and `state` as a referent uses them: on a terminal, by options, from a form."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from maglia.core.errors import Code
from maglia.core.identity import fingerprint
from maglia.v1 import enrolment_pb2, office_pb2
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.wire.convert import APPLICATION_QUERY, seal_message
from tests.integration.node_world import PATIENCE_S, Site, prepared, typed
from tests.integration.registry_world import NETWORK, PASSPHRASE, World, copy_of, make_template, refused, served
from tests.support.commands import run

ENVIRONMENT = {**os.environ, "MAGLIA_PASSPHRASE": PASSPHRASE, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


@pytest.fixture
def site(world: World, tmp_path: Path) -> Site:
    return prepared(world, tmp_path / "mensa-est", "mensa-est")


async def node(site: Site, command: str, *arguments: str) -> tuple[int, str, str]:
    """Run `maglia-node` without a terminal."""
    line = (command, "--dir", str(site.folder), *arguments)
    ran = await asyncio.to_thread(run, "node", *line, environment=ENVIRONMENT)
    return ran.status, ran.out, ran.err


async def on_terminal(site: Site, *lines: str, status: int = 0, given: tuple[str, ...] = ()) -> str:
    """Run `maglia-node apply` on a terminal, typing line after line; return what was on the screen."""
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "node", "apply", "--dir", str(site.folder), *given),
        stdin=theirs,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=ENVIRONMENT,
    )
    os.close(theirs)
    os.write(ours, "".join(f"{line}\n" for line in lines).encode())
    out, _ = await asyncio.wait_for(process.communicate(), 3 * PATIENCE_S)
    os.close(ours)
    assert process.returncode == status, out.decode()
    return out.decode()


def options(fields: Mapping[str, str]) -> list[str]:
    """Return the fields as options."""
    return [part for name, value in fields.items() for part in (f"--{name.replace('_', '-')}", value)]


async def test_on_a_terminal_each_field_is_asked_until_it_is_right(site: Site) -> None:
    fields = typed(site.member, 7)
    screen = await on_terminal(
        site,
        "club",  # asked again
        fields["kind"],
        fields["name"],
        fields["runts_number"],
        fields["runts_section"],
        "12345678901",  # its check digit is wrong
        fields["fiscal_code"],
        fields["act"],
        fields["act_protocol"],
        "01/01/2020",  # expired
        fields["act_expiry"],
        "Cremona",  # no ISTAT code
        fields["territory"],
        fields["facets"],
        fields["purposes"],
        fields["referent"],
        "",  # left out: the office will ask
    )
    for label in ("Tipo di ente", "Codice fiscale dell'ente", "Scadenza dell'atto", "Territorio"):
        assert f"Il campo «{label}" in screen
    assert "Codice IPA" not in screen  # not for this kind of body
    assert "  Denominazione: Mensa-Est" in screen
    assert f"Impronta da leggere a voce all'ufficio: {fingerprint(site.keys.identity.public)}" in screen
    assert "mancano documenti" in screen
    _, out, _ = await node(site, "state", "--json")
    assert (json.loads(out)["state"], json.loads(out)["missing"]) == ("documents_missing", ["contact"])


async def test_an_application_that_is_interrupted_goes_on_where_it_was_left(site: Site) -> None:
    fields = typed(site.member, 7)
    answers = [text for name, text in fields.items()]
    end_of_input = "\x04"
    screen = await on_terminal(site, *answers[:4], end_of_input, status=130)
    assert "Interrotto." in screen
    screen = await on_terminal(site, *answers[4:])
    assert "Riprendo la domanda iniziata." in screen
    assert "Tipo di ente (" not in screen
    assert f"  Codice fiscale dell'ente: {fields['fiscal_code']}" in screen
    assert not (site.folder / "application-begun.json").exists()


async def test_a_kind_that_there_is_none_of_is_refused_before_anything_is_asked(site: Site) -> None:
    screen = await on_terminal(site, status=2, given=("--kind", "club"))
    assert "Il campo «Tipo di ente" in screen
    assert "Traceback" not in screen


@pytest.mark.parametrize("purposes", ["aid_overlap,rent_subsidy", "audit"])
async def test_a_third_sector_body_cannot_apply_for_what_only_a_comune_or_an_auditor_may(
    world: World, site: Site, purposes: str
) -> None:
    status, _, err = await node(site, "apply", *options(typed(site.member, 7) | {"purposes": purposes}))
    assert status == 2
    assert "«Finalità» non è valido. Scriverlo così: aid_overlap, referral, access_report." in err
    assert world.parts.members.member(site.member) is None


async def test_options_correct_a_form(site: Site, tmp_path: Path) -> None:
    form = tmp_path / "domanda.toml"
    fields: dict[str, object] = {**typed(site.member, 7), "act_expiry": "01/01/2020"}
    lists = {name: [fields.pop(name)] for name in ("facets", "purposes")}
    del fields["territory"]
    form.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in (fields | lists).items()))
    arguments = ("--file", str(form), "--territory", "999001,999002", "--json")
    status, out, _ = await node(site, "apply", *arguments)
    assert (status, json.loads(out)["code"]) == (2, Code.INPUT_FORM)
    status, out, _ = await node(site, "apply", *arguments, "--act-expiry", "31/12/2198")
    expected = {
        "schema": "maglia.application/1",
        "fingerprint": fingerprint(site.keys.identity.public),
        "state": "applied",
    }
    assert (status, json.loads(out)) == (0, expected), out


async def test_a_body_learns_how_it_stands_and_why(world: World, site: Site) -> None:
    status, out, err = await node(site, "state", "--json")
    assert (status > 0, json.loads(out)["code"]) == (True, Code.MEMBER_UNKNOWN), err
    status, out, err = await node(site, "apply", *options(typed(site.member, 7)))
    assert status == 0, err
    assert "  Aiuti: food_parcel (spesa)" in out
    assert "  Scadenza dell'atto: 31/12/2198" in out
    desk = await world.office("anna")
    request = office_pb2.ReturnApplicationRequest(member=site.member, reason="Manca la firma del parroco.")
    await desk.stub.ReturnApplication(request, metadata=desk.bearer)
    status, out, err = await node(site, "state")
    assert status == 0, err
    assert "Stato: mancano documenti." in out
    assert "L'ufficio scrive: Manca la firma del parroco." in out
    assert fingerprint(site.keys.identity.public) in out


@pytest.mark.parametrize("changes", [{"asked_at": 0}, {"network": "altra"}, {"member": "nessuno"}, {"key": "other"}])
async def test_nobody_else_learns_how_it_stands(world: World, tmp_path: Path, changes: dict[str, object]) -> None:
    [body] = await world.joined("mensa-ovest")
    stranger = prepared(world, tmp_path / "x", "mensa-nord").keys.identity
    key = stranger if changes.pop("key", None) else body.identity
    values: dict[str, object] = {
        "network": NETWORK,
        "member": body.member,
        "asked_at": int(world.parts.enrolment.clock()),
    }
    query = enrolment_pb2.ApplicationQuery(**values | changes)  # type: ignore[arg-type]  # fields, by name
    sealed = seal_message(APPLICATION_QUERY, NETWORK, query, key)
    code = {"asked_at": Code.MEMBER_STALE, "network": Code.MEMBER_STALE, "member": Code.MEMBER_UNKNOWN}
    with refused(code.get(next(iter(changes), ""), Code.MEMBER_SIGNATURE)):
        request = enrolment_pb2.GetApplicationStateRequest(query=sealed)
        await EnrolmentServiceStub(world.front()).GetApplicationState(request)
