"""`maglia offline` where no node answers: what is said, what is kept, what is printed for the counter."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from pypdf import PdfReader

from demo.forks import Ran
from maglia.core.identity import SigningKey, server_name
from maglia.wire.certificates import make_certificate
from tests.integration.test_console_commands import ENVIRONMENT
from tests.support.commands import run
from tests.support.fake_node import NETWORK, PARTY
from tests.support.scenarios import ANYONE
from tui.device_key import save_device_key
from tui.profile import load_profile


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A counter whose node is nowhere."""
    (tmp_path / "front.pem").write_bytes(make_certificate(PARTY, NETWORK, 86_400, time.time()).certificate)
    path = tmp_path / "anna.toml"
    path.write_text(
        f'endpoint = "127.0.0.1:1"\nserver_name = "{server_name(PARTY, NETWORK)}"\n'
        f'ca_file = "front.pem"\nmember = "{PARTY}"\nuser = "anna"\nlang = "it"\n'
    )
    return path


def offline(profile: Path, *arguments: str, stdin: str = "", lang: str = "it", **environment: str) -> Ran:
    command = ("--profile", str(profile), "--lang", lang, "offline", *arguments)
    return run("tui", *command, environment=ENVIRONMENT | environment, stdin=stdin)


TAKEN = """\
Preso senza rete, n. 1: aiuto, Spesa, 40,00 €, 21/11/2026.
NON VERIFICATO: nessun ente è stato interrogato, e il nodo non lo sa ancora.
Con l'invio si chiede agli enti: Spesa.
Resta cifrato su questo computer. Quando il nodo risponde: maglia offline send
"""


def test_help_and_consents_are_taken_without_a_node_and_said_to_be_unchecked(profile: Path) -> None:
    aid = ("aid", "-", "--facet", "food_parcel", "--amount", "40,00", "--date", "21/11/2026")
    shown = offline(profile, *aid, stdin=f"{ANYONE}\n")
    assert (shown.status, shown.out, shown.err) == (0, TAKEN, "")
    consent = offline(profile, "consent", ANYONE, "--purpose", "aid_overlap", "--check", "food_parcel", "--json")
    document = json.loads(consent.out)
    assert (consent.status, document["number"], document["verified"]) == (0, 2, False)
    assert (document["check"]["facet"], document["consent"]["notice_version"]) == ("food_parcel", "2026-1")
    assert ANYONE not in consent.out

    listed = offline(profile, "list")
    assert listed.out.startswith("Da inviare: 2. Niente di questo è verificato.\n")
    assert listed.out.count(ANYONE) == 2
    assert max(map(len, listed.out.splitlines())) <= 80
    kept = json.loads(offline(profile, "list", "--json").out)["waiting"]
    assert [(one["kind"], one["verified"]) for one in kept] == [("aid", False), ("consent", False)]
    assert not any(ANYONE in path.name or ANYONE.encode() in path.read_bytes() for path in profile.parent.iterdir())
    assert "NOT CHECKED" in offline(profile, "aid", ANYONE, "--facet", "school", lang="en").out


def test_who_does_not_agree_is_helped_and_nobody_is_asked(profile: Path) -> None:
    shown = offline(profile, "aid", ANYONE, "--facet", "food_parcel", "--no-check")
    assert "Resta senza verifica anche dopo l'invio." in shown.out
    special = offline(profile, "aid", ANYONE, "--facet", "health_visit", "--json")
    assert json.loads(special.out)["check"] is None


def test_who_has_no_code_is_helped_too_and_never_asked_about(profile: Path) -> None:
    new = ("--name", "Xqzar Wqzi", "--born", "01/02/1980", "--place", "Tlemcen")
    shown = offline(profile, "aid", *new, "--facet", "food_parcel", "--json")
    document = json.loads(shown.out)
    assert (document["kind"], document["check"], document["named_aid"]["name"]) == ("named_aid", None, "")
    assert offline(profile, "aid", "NOME:7", "--facet", "food_parcel").status == 0
    listed = offline(profile, "list").out
    assert ("Xqzar Wqzi  aiuto, Spesa" in listed, "NOME:7  aiuto, Spesa" in listed) == (True, True)
    for wrong in (("aid", "NOME:7", *new), ("aid", *new[:4]), ("aid", *new, "--need", "POD:IT001E12345678")):
        assert offline(profile, *wrong, "--facet", "food_parcel").status == 2


def test_a_wrong_password_opens_nothing_and_loses_nothing(profile: Path) -> None:
    offline(profile, "aid", ANYONE, "--facet", "food_parcel")
    for command in (("list",), ("aid", ANYONE, "--facet", "school")):
        refused = offline(profile, *command, MAGLIA_PASSWORD="another password")
        assert refused.status == 4
        assert "MAGLIA_OFFLINE_PASSWORD" in refused.err
    again = offline(profile, "aid", ANYONE, "--facet", "food_parcel")
    assert "!! Uguale al n. 1. Se è la stessa cosa: maglia offline remove 2\n" in again.out
    changed = {"MAGLIA_PASSWORD": "another password", "MAGLIA_OFFLINE_PASSWORD": ENVIRONMENT["MAGLIA_PASSWORD"]}
    assert offline(profile, "list", **changed).out.startswith("Da inviare: 2.")


def test_an_enrolled_console_knows_the_password_without_its_node(profile: Path) -> None:
    own = load_profile(profile)
    save_device_key(own.device_key, SigningKey.generate(), ENVIRONMENT["MAGLIA_PASSWORD"])
    aid = ("aid", ANYONE, "--facet", "food_parcel")
    mistyped = offline(profile, *aid, "--json", MAGLIA_PASSWORD="prova-prove")
    assert (mistyped.status, json.loads(mistyped.out)["code"]) == (4, "session.device_password")
    assert not own.offline.exists()
    assert offline(profile, *aid).status == 0


def test_something_is_removed_only_when_that_is_confirmed(profile: Path) -> None:
    offline(profile, "aid", ANYONE, "--facet", "food_parcel")
    assert offline(profile, "remove", "1").status == 4
    assert offline(profile, "remove", "7", "--yes").status == 2
    assert offline(profile, "remove", "1", "--yes").status == 0
    assert offline(profile, "list").out == "Niente da inviare.\n"


def test_what_is_wrong_is_refused_before_a_password_is_asked(profile: Path) -> None:
    refused = offline(profile, "aid", ANYONE, "--facet", "rent_arrears", "--json", MAGLIA_PASSWORD="")
    assert (refused.status, json.loads(refused.out)["code"]) == (2, "input.field")


@pytest.mark.parametrize("basis", ["consent", "public_task"])
@pytest.mark.parametrize("language", ["it", "en"])
def test_the_forms_are_plain_text_of_80_columns(profile: Path, language: str, basis: str) -> None:
    printed = offline(profile, "form", "--language", language, "--basis", basis, "--body", "Emporio Nord")
    assert (printed.status, printed.err) == (0, "")
    assert max(map(len, printed.out.splitlines())) <= 80
    assert ("NON VERIFICATO" if language == "it" else "NOT CHECKED") in printed.out
    assert ("[ ]" in printed.out, printed.out.count("\f")) == (True, 2 if basis == "consent" else 1)
    assert "Emporio Nord" in printed.out


def test_the_forms_are_a_paper_that_names_nobody(profile: Path, tmp_path: Path) -> None:
    out = tmp_path / "moduli.pdf"
    printed = json.loads(offline(profile, "form", "--out", str(out), "--json").out)
    pages = [page.extract_text() for page in PdfReader(out).pages]
    assert (printed["pages"], printed["notice_version"]) == (len(pages), "2026-1")
    assert "NON VERIFICATO" in pages[-1]
    assert "Consenso" in pages[-2] or "consenso" in pages[-2]
    assert offline(profile, "form", "--out", str(out)).status == 2  # never over another file unasked
    assert offline(profile, "form", "--out", str(tmp_path / f"{ANYONE}.pdf")).status == 2
