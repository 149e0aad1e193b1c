"""`maglia aid show`, `correct`, `undo` and `note` as an operator types them, at a real node over TLS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from demo.forks import Ran
from maglia.core.identity import server_name
from maglia.v1 import operator_pb2 as pb
from tests.clerk import fictional_code
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import NETWORK, PASSWORD, copy_of, make_template, served
from tests.integration.test_console_commands import ENVIRONMENT
from tests.integration.test_epoch_rotation import counter
from tests.support.commands import run
from tui.records_model import FiledAid, Note, PersonFile
from tui.records_text import note_lines, person_lines, record_lines

PONTE = "onlus-ponte"
WHO, OTHER = fictional_code(1), fictional_code(2)


@dataclass
class Desk:
    """One body's console; each command is a process of its own."""

    site: Site

    def profile(self, user: str) -> Path:
        """Write an operator's profile, and return where it is."""
        (self.site.folder / "front.pem").write_bytes(self.site.keys.front.certificate)
        path = self.site.folder / f"{user}.toml"
        path.write_text(
            f'endpoint = "{self.site.settings().front}"\nserver_name = "{server_name(PONTE, NETWORK)}"\n'
            f'ca_file = "front.pem"\nmember = "{PONTE}"\nuser = "{user}"\nlang = "it"\n'
        )
        return path

    async def aid(self, *arguments: str, user: str = "anna", stdin: str = "") -> Ran:
        """Run `maglia aid` as an operator."""
        typed = "--profile", str(self.profile(user)), "aid", *arguments
        environment = ENVIRONMENT | {"MAGLIA_PASSWORD": PASSWORD}
        done = await asyncio.to_thread(run, "tui", *typed, environment=environment, stdin=stdin)
        assert not any(code in done.out + done.err for code in (WHO, OTHER))
        assert all(len(line) <= 80 for line in done.out.splitlines() if not line.startswith("{"))
        return done

    async def said(self, *arguments: str, user: str = "anna", stdin: str = "") -> Any:
        """Return the document that a command prints."""
        done = await self.aid(*arguments, "--json", user=user, stdin=stdin)
        return json.loads(done.out)


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    async with served(copy_of(make_template(folder / "template"), folder / "registry")) as world:
        [site] = await joined(world, folder, PONTE, facets="food_parcel")
        async with counter(site) as anna:
            for user, role in (("bruno", "volunteer"), ("livia", "manager")):
                operator = pb.AddOperatorRequest(user=user, name=user.title(), role=role, password=PASSWORD)
                await anna.stub.AddOperator(operator, metadata=anna.admin)
            yield Desk(site)


async def test_from_recording_to_undoing(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        given = ("add", "-", "--facet", "food_parcel", "--date", "21/11/2025", "--amount", "400,00")
        added = await at.said(*given, "--protocol", "PG 12", "--means-test", "isee", stdin=f"{WHO}\n")
        number = added["record_id"][:8]

        corrected = await at.aid("correct", number, "--amount", "40,00", "--creditor", "Emporio", user="bruno")
        assert corrected.status == 0
        assert corrected.out.startswith("Corretto, vale da ora:\nDATO       ")
        new = corrected.out.splitlines()[1].split()[1]
        assert corrected.out.endswith(f"maglia aid undo {new}\n")
        shown = await at.aid("show", "-", stdin=f"{WHO}\n")
        heads = [line for line in shown.out.splitlines() if not line.startswith(" ")]
        assert heads == [
            f"DATO       {new}  21/11/2025  Spesa, 40,00 €",
            f"CORRETTO   {number}  21/11/2025  Spesa, 400,00 €",
        ]
        whole = " ".join(shown.out.split())
        assert "protocollo PG 12; prova dei mezzi ISEE; codice nazionale A1.06 (da verificare)" in whole
        assert "creditore Emporio" in whole
        assert f"versione 1, corretto da {new}" in whole

        refused = await at.said("undo", new, user="anna")
        assert refused["code"] == "session.other_operator"
        assert (await at.aid("undo", new, user="anna")).status == 4
        old = await at.said("correct", number, "--amount", "1,00")
        assert (old["code"], new in old["next_action"]) == ("input.record_corrected", True)
        undone = await at.aid("undo", new, user="livia")
        assert undone.out.splitlines() == [
            "Annullato.",
            "Vale di nuovo, DATO:",
            f"  {number}  21/11/2025  Spesa, 400,00 €",
        ]
        assert (await at.said("undo", number))["in_force"] is None
        assert (await at.said("show", WHO))["records"] == []
        gone = await at.aid("undo", number)
        assert (gone.status, gone.err.split(".")[0]) == (2, "Nessun aiuto ha questo numero")

        await _notes(at)


async def _notes(at: Desk) -> None:
    unknown = await at.said("note", OTHER, "--text", "Chiamare dopo le 15")
    assert unknown["code"] == "input.person_unknown"
    await at.said("add", OTHER, "--facet", "food_parcel", "--date", "21/11/2025", "--amount", "10,00")
    written = await at.aid("note", "-", "--text", "-", stdin=f"{OTHER}\nParla solo arabo.\nLa sorella traduce.\n")
    assert (written.status, written.out) == (0, "Nota registrata.\n")
    listed = await at.aid("note", OTHER, user="bruno")
    assert listed.out.splitlines()[0].startswith("NOTA  anna, ")
    assert listed.out.splitlines()[1:] == ["  Parla solo arabo.", "  La sorella traduce."]
    document = await at.said("show", OTHER)
    assert [one["text"] for one in document["notes"]] == ["Parla solo arabo.\nLa sorella traduce."]
    assert [one["national_code"] for one in document["records"]] == ["A1.06"]


FILED = FiledAid(
    id="a7b3c9d1e5f70123456789abcdef0000",
    version=2,
    replaces="b" * 32,
    replaced_by="",
    facet="rent_current",
    date="2026-11-21",
    amount_cents=300_00,
    status="given",
    basis="public_task",
    visibility="only_us",
    creditor="Immobiliare Àrgine di Sopra e di Sotto, via dei Fabbri Ferrai 12",
    need="LEASE:TLX/2024/3/77",
    period_from="2026-11-01",
    period_to="2027-10-31",
    frequency="monthly",
    protocol="PG 2026/1234",
    means_test="exempt",
    recorded_by="anna",
    recorded_at_ms=0,
    undo_until_ms=600_000,
    keep_until="2029-11-21",
    national_code="A1.05.01",
    national_sure=False,
    reserved_until_ms=0,
)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("it", "DATO       a7b3c9d1  21/11/2026  Affitto, 300,00 € al mese"),
        ("en", "GIVEN      a7b3c9d1  21/11/2026  Rent, 300,00 € a month"),
    ],
)
def test_a_record_is_told_whole_within_eighty_columns(lang: str, said: str) -> None:
    lines = record_lines(FILED, lang)
    assert lines[0] == said
    assert all(len(line) <= 80 for line in lines)
    whole = " ".join(" ".join(lines).split())
    for part in (FILED.creditor, FILED.need, FILED.protocol, "01/11/2026", "31/10/2027", "A1.05.01", "bbbbbbbb"):
        assert part in whole
    empty = person_lines(PersonFile((), (), "2026-11-21"), lang)
    assert len(empty) == 1
    promised = record_lines(replace(FILED, status="reserved", reserved_until_ms=86_400_000), lang)
    assert "02/01/1970" in " ".join(promised)


def test_a_long_note_is_folded() -> None:
    lines = note_lines((Note("parola " * 40 + "\n\nfine", "anna", 0),), "it")
    assert (lines[0][:12], lines[-1]) == ("NOTA  anna, ", "  fine")
    assert all(len(line) <= 80 for line in lines)
