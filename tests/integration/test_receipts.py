"""Receipts of a real node: made with the help or later by its number, and never of another person's check."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from demo.forks import Ran
from tests.clerk import fictional_code
from tests.integration.node_world import joined
from tests.integration.registry_world import copy_of, make_template, served
from tests.integration.test_epoch_rotation import counter
from tests.integration.test_referral_nodes import maglia, profile_of

EST, PONTE = "onlus-est", "onlus-ponte"
WHO, OTHER = fictional_code(1), fictional_code(2)
TODAY = f"{date.today():%d/%m/%Y}"
ASKED = ("--purpose", "aid_overlap", "--json")
AID = ("--facet", "food_parcel", "--date", TODAY, "--amount", "40,00")


def document(ran: Ran) -> Any:
    return json.loads(ran.out)


def words(text: str) -> str:
    return " ".join(text.split())


async def test_a_receipt_follows_the_help_that_it_is_of(tmp_path: Path) -> None:
    async with served(copy_of(make_template(tmp_path / "template"), tmp_path / "registry")) as world:
        est, _ponte = await joined(world, tmp_path, EST, PONTE)
        profile = profile_of(est)
        async with counter(est) as here:
            for code in (WHO, OTHER):
                await here.consent(code)
            asked = [await maglia(profile, "check", code, *AID[:2], *ASKED) for code in (WHO, OTHER)]
            checks = [document(one)["check_id"] for one in asked]
            number = await _given_with_its_receipt(profile, tmp_path, checks)
            await _made_again_later(profile, tmp_path, number, checks)
            await _of_who_has_no_code(profile, tmp_path)
            await _of_a_promise(profile)


async def _given_with_its_receipt(profile: str, folder: Path, checks: list[str]) -> str:
    """Record help with its receipt; return the record's number."""
    out = folder / "r.pdf"
    wanted = ("--receipt", str(out))
    refused = await maglia(profile, "aid", "add", WHO, *AID, "--receipt", str(folder / f"{WHO}.pdf"), "--json")
    assert (refused.status, document(refused)["code"]) == (2, "input.file_name")
    done = await maglia(profile, "aid", "add", WHO, *AID, *wanted, "--check", checks[0], "--json")
    assert (done.status, document(done)["receipt"]) == (0, {"form": "pdf", "file": str(out)})
    number = str(document(done)["record_id"])[:8]
    text = words(" ".join(page.extract_text() for page in PdfReader(out).pages))
    said = (number, "Spesa", "40,00 €", TODAY, checks[0], "0 enti su 1 (risultato parziale)")
    assert [part for part in said if part not in text] == []
    assert (WHO in text, f"{'*' * 12}{WHO[-4:]}" in text) == (False, True)
    assert out.stat().st_mode & 0o777 == 0o600
    listed = document(await maglia(profile, "aid", "show", WHO, "--json"))["records"]
    assert [one["id"][:8] for one in listed] == [number], "what was refused recorded nothing"
    return number


async def _made_again_later(profile: str, folder: Path, number: str, checks: list[str]) -> None:
    """Print by number alone, on screen and on a roll; a correction takes its place."""
    shown = await maglia(profile, "aid", "receipt", number)
    assert (shown.status, WHO in shown.out) == (0, False)
    assert shown.out.startswith(f"RICEVUTA N. {number.upper()}\n")
    assert max(map(len, shown.out.splitlines())) <= 80
    out = folder / "r.txt"
    roll = await maglia(profile, "aid", "receipt", number, "--roll", "--columns", "32", "--out", str(out))
    assert roll.status == 0
    assert max(map(len, out.read_text("ascii").splitlines())) <= 32
    for more, code in (
        (("--check", checks[1]), "input.check_other"),
        (("--check", "V-0000000000"), "input.check_unknown"),
        (("--out", str(out)), "input.file_exists"),
        (("--out", str(folder / "r.doc")), "input.paper_name"),
        (("--columns", "80", "--roll"), "input.choice"),
        (("--lang", "de"), "input.field"),
    ):
        refused = await maglia(profile, "aid", "receipt", number, *more, "--json")
        assert (refused.status, document(refused)["code"]) == (2, code)
    new = document(await maglia(profile, "aid", "correct", number, "--amount", "30,00", "--json"))["record"]["id"]
    old = await maglia(profile, "aid", "receipt", number)
    assert (old.status, f"Usare la più recente, {new[:8]}" in words(old.err)) == (2, True)
    english = await maglia(profile, "aid", "receipt", new, "--lang", "en")
    assert all(part in english.out for part in ("RECEIPT NO.", "30,00 €", "Food parcel"))
    await maglia(profile, "aid", "correct", new, "--status", "cancelled")
    listed = document(await maglia(profile, "aid", "show", WHO, "--json"))["records"]
    [gone] = [one["id"] for one in listed if one["status"] == "cancelled"]
    refused = await maglia(profile, "aid", "receipt", gone, "--json")
    assert (refused.status, document(refused)["code"]) == (2, "input.record_no_receipt")


async def _of_who_has_no_code(profile: str, folder: Path) -> None:
    """A person without a code gets a receipt too, with the number that only this body can read."""
    name = ("--name", "Xqzar Wqzi", "--born", "01/02/1980", "--place", "Tlemcen")
    out = folder / "senza.txt"
    done = await maglia(profile, "aid", "add", *AID, *name, "--receipt", str(out), "--json")
    assert done.status == 0, done.err
    text = words(out.read_text())
    assert re.search(r"Persona: NOME:\d+ ", text)
    assert "Xqzar" not in text
    again = await maglia(profile, "aid", "receipt", document(done)["record_id"])
    assert words(again.out) == text


async def _of_a_promise(profile: str) -> None:
    promised = document(await maglia(profile, "reserve", "add", OTHER, *AID[:2], "--amount", "10,00", "--json"))
    receipt = words((await maglia(profile, "aid", "receipt", promised["reservation"]["record_id"])).out)
    assert "Aiuto promesso, non ancora dato" in receipt
    assert re.search(r"Fino al: \d\d/\d\d/\d{4} \d\d:\d\d ", receipt)
