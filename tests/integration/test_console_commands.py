"""The commands against a served front port: what they print and how they end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from maglia.core.identity import fingerprint
from maglia.core.network_file import NetworkFile, encode_network_file
from maglia.wire.certificates import make_certificate
from tests.support.commands import run
from tests.support.fake_node import CONTACT, PASSWORD, PYTHONPATH, in_own_process
from tests.support.scenarios import ANOTHER, ANYONE, THIRD
from tui.commands.status import log_lines
from tui.model import LogReport
from tui.profile import load_profile

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": PYTHONPATH,
    "LANG": "C.UTF-8",
    "MAGLIA_PASSWORD": PASSWORD,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("console")) as place:
        yield place


def maglia(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    ran = run("tui", *arguments, environment=ENVIRONMENT | environment, stdin=stdin)
    return subprocess.CompletedProcess(arguments, ran.status, ran.out, ran.err)


def ask(folder: Path, facet: str, *more: str, user: str = "anna") -> subprocess.CompletedProcess[str]:
    profile = str(folder / f"{user}.toml")
    return maglia("--profile", profile, "check", ANYONE, "--facet", facet, "--purpose", "aid_overlap", *more)


@pytest.mark.parametrize(
    ("facet", "status"),
    [
        ("food_voucher", 0),
        ("canteen", 10),
        ("food_parcel", 10),
        ("basic_goods", 11),
        ("electricity", 10),
        ("rent_arrears", 4),
        ("rent_current", 4),
        ("rent_deposit", 4),
        ("loan", 4),
    ],
)
def test_exit_status_of_a_check(folder: Path, facet: str, status: int) -> None:
    assert ask(folder, facet, "--json").returncode == status


def test_shape_of_a_check_at_presence_level(folder: Path) -> None:
    document = json.loads(ask(folder, "food_parcel", "--json").stdout)
    assert document == {
        "schema": "maglia.check/1",
        "check_id": "V-1042",
        "verdict": "similar",
        "complete": False,
        "asked": 12,
        "answered": 9,
        "silent": [
            {"member": "croce-verde", "name": "Croce Verde", "reason": "unreachable"},
            {"member": "onlus-ponte", "name": "Onlus Ponte", "reason": "card_expired"},
            {"member": "mensa-est", "name": "Mensa Est", "reason": "deadline"},
        ],
        "refused": [],
        "findings": [
            {
                "member_kind": "onlus",
                "member": None,
                "facet": "food_voucher",
                "when": "2026-11",
                "amount": "under_50",
                "status": "given",
                "same_need": False,
                "objection": False,
                "contact": None,
                "owed": None,
                "reserved_at_ms": None,
                "reserved_until_ms": None,
            },
            {
                "member_kind": "parish",
                "member": None,
                "facet": "food_parcel",
                "when": "2026-11-21",
                "amount": None,
                "status": "reserved",
                "same_need": False,
                "objection": False,
                "contact": None,
                "owed": None,
                "reserved_at_ms": None,
                "reserved_until_ms": None,
            },
        ],
        "omitted": 0,
        "left_out": 0,
        "policy_revision": "41",
        "need": None,
    }


def test_detail_level_gives_cents_and_the_body(folder: Path) -> None:
    found = json.loads(ask(folder, "electricity", "--json").stdout)["findings"][0]
    assert (found["member"], found["amount"], found["when"], found["same_need"]) == (
        "comune-esempio",
        123450,
        "2026-11-03",
        True,
    )


def test_a_refusal_is_a_document_with_the_next_action(folder: Path) -> None:
    document = json.loads(ask(folder, "rent_arrears", "--json").stdout)
    assert document == {
        "schema": "maglia.error/1",
        "code": "consent.missing",
        "message": "Manca il consenso della persona per questo scopo.",
        "next_action": "Leggere l'informativa alla persona e registrare il consenso, poi ripetere.",
    }


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["XQZXQW85T10D150A", "--facet", "food_parcel", "--purpose", "aid_overlap"], "input.identifier_check"),
        (["XQZXQW85T10D150", "--facet", "food_parcel", "--purpose", "aid_overlap"], "input.identifier_length"),
        ([ANYONE, "--facet", "bread", "--purpose", "aid_overlap"], "input.facet"),
        ([ANYONE, "--facet", "food_parcel", "--purpose", "curiosity"], "input.purpose"),
        ([ANYONE, "--facet", "food_parcel", "--purpose", "aid_overlap", "--months", "37"], "input.months"),
        ([ANYONE, "--facet", "food_parcel", "--purpose", "aid_overlap", "--need", "POD:1"], "input.supply"),
    ],
)
def test_bad_input_is_refused_before_the_network(folder: Path, arguments: list[str], code: str) -> None:
    done = maglia("--profile", str(folder / "anna.toml"), "check", *arguments, "--json", MAGLIA_PASSWORD="wrong")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (2, code)
    assert "XQZXQW" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["check"], "identifier"),
        (["check", "-", "--facet", "food_parcel"], "--purpose"),
        (["check", "-", "--fact", "food_parcel"], "--fact"),
        (["check", "-", ANYONE, "--facet", "food_parcel", "--purpose", "aid_overlap"], "maglia check"),
        (["chek"], "maglia"),
        (["office"], "maglia office"),
    ],
)
def test_a_command_that_cannot_be_read(arguments: list[str], about: str) -> None:
    done = maglia(*arguments, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["schema"], document["code"]) == (2, "maglia.error/1", "input.usage")
    assert about in document["message"] + document["next_action"]
    assert document["next_action"].startswith("Leggere «maglia")
    assert ANYONE not in done.stdout + done.stderr
    spoken = maglia(*arguments)
    assert spoken.returncode == 2
    assert _unfolded(spoken.stderr).endswith("--help», correggere il comando e ripetere.")
    assert all(len(line) <= 80 for line in spoken.stderr.splitlines())
    assert ANYONE not in spoken.stdout + spoken.stderr
    assert "Error" not in spoken.stderr


def _unfolded(text: str) -> str:
    return " ".join(text.split())


def test_a_command_that_cannot_be_read_says_why_in_italian() -> None:
    unknown = _unfolded(maglia("check", "-", "--monhts", "3").stderr)
    assert unknown.startswith("L'opzione «--monhts» non esiste; forse: --months, --out. Leggere «maglia check --help»")
    assert maglia("office", "show").stderr.startswith("Manca «nome breve dell'ente». Leggere «")
    extra = maglia("check", "list", "extra").stderr
    assert _unfolded(extra).startswith("Dopo «maglia check list» c'è una parola di troppo. Leggere «maglia check ")
    assert "«maglia check list --help»" in extra
    assert max(map(len, extra.splitlines())) <= 80
    assert maglia("office", "shw").stderr.startswith("Dopo «maglia office» c'è un comando che non esiste; forse: show.")
    assert (
        "There is no option “--moths”; perhaps: --months" in maglia("--lang", "en", "check", "-", "--moths", "3").stderr
    )


def test_an_officer_starts_from_the_network_file(tmp_path: Path) -> None:
    front = make_certificate("registry", "prova", 3600, time.time()).certificate
    known = NetworkFile("prova", b"{}", "127.0.0.1:1", "127.0.0.1:2", front, front)
    (tmp_path / "rete.json").write_bytes(encode_network_file(known))
    key, profile, file = tmp_path / "paolo.key", tmp_path / "ufficio.toml", tmp_path / "rete.json"
    asked = ("office", "setup", "--network-file", str(file), "--user", "paolo", "--out", str(profile))
    refused = json.loads(maglia(*asked, "--key", str(key), "--json").stdout)
    assert (refused["code"], refused["next_action"]) == (
        "storage.missing",
        "Eseguire prima «maglia office keygen --out paolo.key».",
    )
    made = maglia("office", "keygen", "--out", str(key), MAGLIA_PASSPHRASE="una frase di prova").stdout.split()
    assert fingerprint(bytes.fromhex(made[-1])) in made
    said = maglia(*asked, "--key", str(key)).stdout
    assert known.fingerprint in said
    found = load_profile(profile)
    assert (found.endpoint, found.party, found.network, found.user) == ("127.0.0.1:2", "registry", "prova", "paolo")
    assert (found.officer_key, found.network_file, found.ca_file.read_bytes()) == (key, file, front)
    assert json.loads(maglia(*asked, "--json").stdout)["code"] == "storage.exists"
    broken = json.loads(maglia(*asked[:3], str(key), *asked[4:6], "--out", str(tmp_path / "a.toml"), "--json").stdout)
    assert (broken["code"], (tmp_path / "a.toml").exists()) == ("input.file_content", False)
    auditor = maglia(*asked[:5], "sara", "--out", str(tmp_path / "sara.toml"), "--json")
    assert (auditor.returncode, load_profile(tmp_path / "sara.toml").officer_key) == (0, None)


def test_wrong_password(folder: Path) -> None:
    done = maglia("--profile", str(folder / "anna.toml"), "status", "--json", MAGLIA_PASSWORD="wrong")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (4, "session.credentials")


def test_nobody_to_type_the_password(folder: Path) -> None:
    done = maglia("--profile", str(folder / "anna.toml"), "status", "--json", MAGLIA_PASSWORD="")
    document = json.loads(done.stdout)
    assert (done.returncode, document["code"]) == (4, "session.unattended")
    assert "MAGLIA_PASSWORD" in document["message"]
    assert "MAGLIA_PASSWORD" in document["next_action"]


def test_nobody_to_type_the_passphrase(tmp_path: Path) -> None:
    done = maglia("office", "keygen", "--out", str(tmp_path / "paolo.key"), MAGLIA_PASSWORD="")
    assert done.returncode == 4
    assert done.stderr.startswith("Manca la variabile MAGLIA_PASSPHRASE, ")


def test_no_network(folder: Path) -> None:
    away = folder / "away.toml"
    away.write_text(re.sub(r":\d+", ":1", (folder / "anna.toml").read_text()))
    done = maglia("--profile", str(away), "status", "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (3, "network.unreachable")


def test_another_server_at_the_address_is_not_trusted(folder: Path) -> None:
    other = folder / "other.toml"
    other.write_text((folder / "anna.toml").read_text().replace("emporio-nord.distretto", "onlus-ponte.distretto"))
    done = maglia("--profile", str(other), "status", "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (3, "network.unreachable")


def test_profile_from_the_environment_and_english(folder: Path) -> None:
    done = maglia("--lang", "en", "status", MAGLIA_PROFILE=str(folder / "anna.toml"))
    assert done.returncode == 1
    assert "PROBLEM   The network's policies are out of date" in done.stdout
    assert "Keys      rotation under way, waiting under epoch 1: 3\n" in done.stdout
    said = _unfolded(done.stdout)
    assert "WARNING 7000 waiting, epoch 2: The body has reached its daily limit of 5000 codes" in said
    assert "Resume tomorrow" in said
    told = maglia("status", "--json", MAGLIA_PROFILE=str(folder / "anna.toml"))
    assert json.loads(told.stdout)["enrolment"] == [
        {"epoch": 2, "awaiting": 7000, "waits": "budget.member", "params": {"limit": "5000"}},
        {"epoch": 1, "awaiting": 3, "waits": "", "params": {}},
    ]
    assert "\x1b" not in done.stdout


def test_the_language_of_the_environment(folder: Path) -> None:
    profile = ("--profile", str(folder / "anna.toml"))
    assert "PROBLEM   " in maglia(*profile, "status", MAGLIA_LANG="en").stdout
    assert "PROBLEMA  " in maglia("--lang", "it", *profile, "status", MAGLIA_LANG="en").stdout
    assert maglia("--profile", "none.toml", "status", MAGLIA_LANG="en").stderr.startswith("The file ")


@pytest.mark.parametrize("field", ["endpoint", "ca_file"])
def test_a_bad_setting_is_no_absent_network(folder: Path, field: str) -> None:
    bad = folder / "bad.toml"
    good = (folder / "anna.toml").read_text()
    bad.write_text(re.sub(rf'{field} = ".*"', f'{field} = "anna.toml"', good))
    done = maglia("--profile", str(bad), "status", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["code"], done.stderr) == (2, "input.setting", "")
    assert f"«{field}»" in document["message"]


def test_who_answered_and_who_is_silent_come_before_the_verdict(folder: Path) -> None:
    lines = ask(folder, "food_parcel").stdout.splitlines()
    assert lines == [
        "Risposte: 9 su 12",
        "MUTO      Croce Verde, non risponde",
        "MUTO      Onlus Ponte, certificato scaduto",
        "MUTO      Mensa Est, non risponde in tempo",
        "TROVATO   un ente caritativo, Buono spesa, 11/2026, sotto 50 €",
        "IMPEGNO   una parrocchia, Spesa, oggi, riservato",
        "nulla     (altri 7 enti)",
        "!! POSSIBILE SOVRAPPOSIZIONE: 1 aiuto, 1 impegno di oggi.",
        "?? RISULTATO PARZIALE: 3 enti su 12 non hanno risposto.",
        "   La decisione resta all'operatore: il sistema informa, non nega.",
    ]


def test_who_refuses_and_what_did_not_fit_are_said(folder: Path) -> None:
    lines = ask(folder, "medicine").stdout.splitlines()
    assert "RIFIUTO   Onlus Ponte, le regole non lo permettono" in lines
    assert "!! POSSIBILE SOVRAPPOSIZIONE: almeno 1 aiuto, 1 impegno di oggi." in lines
    assert "?? RISULTATO PARZIALE: 1 ente su 12 non ha risposto, 1 ha rifiutato." in lines
    document = json.loads(ask(folder, "medicine", "--json").stdout)
    assert document["refused"] == [{"member": "onlus-ponte", "name": "Onlus Ponte", "reason": "policy.denied"}]
    assert (document["complete"], document["omitted"]) == (False, 3)


def ask_together(folder: Path, facet: str, *others: str, **more: str) -> subprocess.CompletedProcess[str]:
    return ask(folder, facet, *(word for code in others for word in ("--with", code)), **more)


def test_a_household_says_how_many_are_verified_and_who_is_not(folder: Path) -> None:
    done = ask_together(folder, "canteen", ANOTHER, THIRD, "NOME:7")
    assert done.stdout.splitlines() == [
        "Risposte: 12 su 12",
        f"MANCA     persona 3, {THIRD}, Manca il consenso: leggere l'informativa, registrarlo e ripetere.",
        "MANCA     persona 4, NOME:7, È un nome: ripetere con un codice fiscale, STP o ENI.",
        "TROVATO   persona 1, un ente caritativo, Buono spesa, 11/2026, sotto 50 €",
        "IMPEGNO   persona 2, una parrocchia, Spesa, oggi, riservato",
        "nulla     (altri 10 enti)",
        "?? nucleo: 2 di 4 verificati: il risultato è parziale.",
        "!! POSSIBILE SOVRAPPOSIZIONE: 1 aiuto, 1 impegno di oggi.",
        "   La decisione resta all'operatore: il sistema informa, non nega.",
    ]
    assert done.returncode == 10


@pytest.mark.parametrize(
    ("facet", "others", "status", "said"),
    [
        ("food_voucher", [ANOTHER], 0, "   nucleo: 2 di 2 verificati."),
        ("food_voucher", [THIRD], 11, "?? nucleo: 1 di 2 verificati: il risultato è parziale."),
        ("basic_goods", [ANOTHER], 11, "   nucleo: 2 di 2 verificati."),
        ("canteen", [ANOTHER], 10, "   nucleo: 2 di 2 verificati."),
        ("rent_deposit", [ANOTHER], 4, ""),
    ],
)
def test_exit_status_of_a_household(folder: Path, facet: str, others: list[str], status: int, said: str) -> None:
    done = ask_together(folder, facet, *others)
    assert done.returncode == status
    assert said in done.stdout
    assert ("Nessuna sovrapposizione" in done.stdout) is (status == 0)


def test_shape_of_a_household(folder: Path) -> None:
    alone = json.loads(ask(folder, "canteen", "--json").stdout)
    done = ask(folder, "canteen", "--with", THIRD, "--with", ANOTHER, "--json")
    together = json.loads(done.stdout)
    assert together.keys() - alone.keys() == {"household"}
    assert (together["schema"], together["verdict"], together["complete"]) == ("maglia.check/2", "similar", False)
    assert [one.pop("person") for one in together["findings"]] == [1, 3]
    assert together["findings"] == alone["findings"]
    assert together["household"] == {
        "persons": 3,
        "verified": 2,
        "asked_in_part": 0,
        "members": [
            {"person": 1, "verified": True, "missing": None, "check_id": "V-1", "verdict": "similar", "complete": True},
            {
                "person": 2,
                "verified": False,
                "missing": "consent.missing",
                "check_id": "V-1",
                "verdict": None,
                "complete": False,
            },
            {"person": 3, "verified": True, "missing": None, "check_id": "V-1", "verdict": "similar", "complete": True},
        ],
    }
    assert "XQ" not in done.stdout


@pytest.mark.parametrize(
    ("others", "code"),
    [
        ([ANYONE.lower()], "input.household_twice"),
        ([ANOTHER[:15]], "input.household_code"),
        ([f"NOME:{number}" for number in range(12)], "input.household_size"),
    ],
)
def test_a_household_that_cannot_be_is_refused_before_the_network(folder: Path, others: list[str], code: str) -> None:
    words = [word for other in others for word in ("--with", other)]
    done = maglia(
        "--profile",
        str(folder / "anna.toml"),
        "check",
        ANYONE,
        *words,
        "--facet",
        "canteen",
        "--purpose",
        "aid_overlap",
        "--json",
        MAGLIA_PASSWORD="wrong",
    )
    assert (done.returncode, json.loads(done.stdout)["code"]) == (2, code)
    assert "XQ" not in done.stdout + done.stderr


def test_the_codes_of_a_household_can_come_from_standard_input(folder: Path) -> None:
    command = ("--profile", str(folder / "anna.toml"), "check", "-", "--with", "-", "--with", "-")
    asked = ("--facet", "canteen", "--purpose", "aid_overlap", "--json")
    done = maglia(*command, *asked, stdin=f"{ANYONE}\n{THIRD}\n{ANOTHER}\n")
    assert [one["verified"] for one in json.loads(done.stdout)["household"]["members"]] == [True, False, True]


def test_nothing_known_is_never_said_while_someone_is_silent(folder: Path) -> None:
    out = ask(folder, "basic_goods").stdout
    assert "?? 3 enti su 12 non hanno risposto: il risultato è parziale." in out
    assert "Nessuna sovrapposizione" not in out
    whole = ask(folder, "food_voucher").stdout
    assert "Nessuna sovrapposizione condivisibile nota; hanno risposto tutti i 12 enti." in whole


def test_hostile_names_reach_no_terminal(folder: Path) -> None:
    for done in (ask(folder, "gas"), ask(folder, "gas", "--json"), ask(folder, "school")):
        text = done.stdout + done.stderr
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
        assert "[/bad]" in text


def test_the_code_can_come_from_standard_input(folder: Path) -> None:
    command = ("--profile", str(folder / "anna.toml"), "check", "-", "--facet", "canteen", "--purpose", "aid_overlap")
    assert maglia(*command, "--json", stdin=f"{ANYONE.lower()}\n").returncode == 10


def record(folder: Path, *arguments: str, user: str = "ugo") -> tuple[int, dict[str, Any]]:
    done = maglia("--profile", str(folder / f"{user}.toml"), *arguments, "--json")
    return done.returncode, json.loads(done.stdout)


def test_records_are_echoed_as_they_were_understood(folder: Path) -> None:
    given = ("aid", "add", ANYONE, "--facet", "food_parcel", "--date", "21/11/2026", "--amount", "1.234,50")
    assert record(folder, *given) == (
        0,
        {
            "schema": "maglia.aid/1",
            "record_id": "a7b3c9d1e5f70123456789abcdef0000",
            "facet": "food_parcel",
            "date": "2026-11-21",
            "amount": 123450,
            "status": "given",
            "undo_until_ms": 1_795_686_840_000,
        },
    )
    spoken = maglia("--profile", str(folder / "ugo.toml"), *given).stdout
    assert spoken.splitlines() == [
        "Registrato: Spesa, 1.234,50 €, 21/11/2026 (n. a7b3c9d1).",
        f"Si annulla fino alle {datetime.fromtimestamp(1_795_686_840):%H:%M}, poi si corregge; per annullare:",
        "  maglia aid undo a7b3c9d1",
    ]


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--amount", "1234.50", "input.amount"),
        ("--amount", "-3,00", "input.amount_negative"),
        ("--amount", "1,234", "input.amount"),
        ("--amount", "NaN", "input.amount"),
        ("--date", "31/02/2026", "input.date"),
        ("--date", "2026-11-21", "input.date"),
        ("--status", "cancelled", "input.field"),
        ("--facet", "bread", "input.facet"),
    ],
)
def test_bad_records_are_refused(folder: Path, option: str, value: str, code: str) -> None:
    fields = {"--facet": "food_parcel", "--date": "21/11/2026", "--amount": "40,00"} | {option: value}
    given = [part for pair in fields.items() for part in pair]
    status, document = record(folder, "aid", "add", ANYONE, *given)
    assert (status, document["code"]) == (2, code)


NAMED = ("--name", "Xqzar Wqzi", "--born", "01/02/1980")
HELP = ("--facet", "food_parcel", "--date", "21/11/2026", "--amount", "40,00")


def test_a_person_without_a_code_is_on_record_here_only(folder: Path) -> None:
    status, document = record(folder, "aid", "add", *NAMED, "--place", "Tlemcen", *HELP)
    assert (status, document["schema"], document["alias"]) == (0, "maglia.named_aid/1", "NOME:4")
    assert [each["alias"] for each in document["to_confirm"]] == ["NOME:3"]
    spoken = maglia("--profile", str(folder / "ugo.toml"), "aid", "add", "NOME:3", *HELP).stdout.splitlines()
    assert spoken[:3] == [
        "Registrato: Spesa, 40,00 €, 21/11/2026 (n. A-8), persona NOME:3: solo in questo",
        "  ente.",
        "Si annulla entro 10 minuti: maglia aid undo A-8",
    ]


def test_like_names_are_to_be_confirmed(folder: Path) -> None:
    done = maglia("--profile", str(folder / "anna.toml"), "aid", "names", *NAMED)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "DA CONFERMARE  NOME:3  Xqzar [31mWqzi, nascita 01/02/1980, Tlemcen",
        "    Spesa, dato, 02/11/2026, 40,00 €",
        "Nomi simili, forse persone diverse: chiedere. Se è la stessa, usare il suo",
        "  numero con «maglia aid add».",
    ]
    status, document = record(folder, "aid", "names", "--name", "Nessuno Wqzi", "--born", "01/02/1980")
    assert (status, document) == (0, {"schema": "maglia.names/1", "to_confirm": []})


_AID = ("--facet", "food_parcel", "--date", "01/11/2026", "--amount", "40")
_RECORDED_BY: dict[str, list[tuple[str, ...]]] = {
    "NOME:3": [],  # recorded by number
    "Xqzar Wqzi": [("aid", "add", "Xqzar Wqzi", *_AID)],
}


@pytest.mark.parametrize("typed", ["NOME:3", "Xqzar Wqzi"])
def test_a_name_is_asked_of_nobody(folder: Path, typed: str) -> None:
    for command in (
        ("check", typed, "--facet", "food_parcel", "--purpose", "aid_overlap"),
        ("consent", "add", typed, "--purpose", "aid_overlap"),
        *_RECORDED_BY[typed],
    ):
        done = maglia("--profile", str(folder / "anna.toml"), *command)
        assert (done.returncode, done.stdout) == (2, "")
        assert all(len(line) <= 80 for line in done.stderr.splitlines())
        assert " ".join(done.stderr.split()) == (
            "Questo è un nome, non un codice: per nome non si interroga la rete. "
            "Chiedere il codice fiscale, o un codice STP o ENI, e ripetere con quello; "
            "se non ne ha nessuno, registrare l'aiuto con «maglia aid add --name»."
        )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ((*NAMED, *HELP), "input.missing"),  # where born?
        ((*NAMED, "--place", "Tlemcen", *HELP, "--need", "PDR:99000012345678"), "input.field"),
        ((*NAMED, "--place", "Tlemcen", *HELP, "--to", "21/11/2026"), "input.field"),
        ((ANYONE, *NAMED, "--place", "Tlemcen", *HELP), "input.field"),
        (("NOME:3", "--place", "Tlemcen", *HELP), "input.field"),
        (("--name", "Xqzar Wqzi", "--born", "1980", "--place", "Tlemcen", *HELP), "input.date"),
        (HELP, "input.identifier_length"),
    ],
)
def test_bad_records_of_names_are_refused(folder: Path, given: tuple[str, ...], code: str) -> None:
    status, document = record(folder, "aid", "add", *given)
    assert (status, document["code"]) == (2, code)


def test_consent_and_case(folder: Path) -> None:
    status, document = record(folder, "consent", "add", ANYONE, "--purpose", "aid_overlap", "--date", "20/11/2026")
    assert (status, document["consent_id"], document["date"]) == (0, "C-3", "2026-11-20")
    assert document["notice_version"] == "2026-1"
    status, document = record(folder, "case", "add", ANYONE, "--purpose", "rent_subsidy", "--protocol", "2026/12")
    assert (status, document["case_id"]) == (0, "P-1")


def test_a_consent_names_a_notice_that_there_is(folder: Path) -> None:
    wanted = ("consent", "add", ANYONE, "--purpose", "aid_overlap")
    assert record(folder, *wanted, "--lang", "en")[1]["notice_version"] == "2026-1"
    for more in (("--notice", "2019-7"), ("--language", "fr")):
        status, document = record(folder, *wanted, *more)
        assert (status, document["code"]) == (2, "input.notice")
        assert "2026-1 (it)" in document["next_action"]


def test_papers_are_printed_for_the_body_as_the_directory_knows_it(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "modulo.pdf"
    status, document = record(folder, "consent", "print", "--lang", "en", "--out", str(out), user="anna")
    assert status == 0
    assert document == {
        "schema": "maglia.notice/1",
        "file": str(out),
        "notice_version": "2026-1",
        "language": "en",
        "basis": "consent",
        "form": True,
        "pages": 3,
    }
    said = "".join(page.extract_text() for page in PdfReader(out).pages)
    assert "Emporio Nord" in said
    assert CONTACT in said
    status, document = record(folder, "consent", "print", "--out", str(out))
    assert (status, document["code"]) == (2, "input.file_exists")
    again = ("--profile", str(folder / "ugo.toml"), "consent", "print", "--out", str(out), "--force")
    said = maglia(*again, MAGLIA_DPO="dpo@comune.example").stdout
    assert said == f"Scritto {out}: informativa, senza modulo di consenso, versione 2026-1 (it), pagine: 2.\n"
    assert "dpo@comune.example" in PdfReader(out).pages[0].extract_text()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--basis", "public_task"), "input.field"),  # of a food bank
        (("--purpose", "rent_subsidy"), "input.purpose"),
        (("--notice", "2019-7"), "input.notice"),
        (("--out", f"/tmp/{ANYONE}.pdf"), "input.file_name"),
        ((), "input.file_write"),
    ],
)
def test_papers_that_cannot_be_printed(folder: Path, more: tuple[str, ...], code: str) -> None:
    status, document = record(folder, "consent", "print", "--out", "/nowhere/a.pdf", *more, user="anna")
    assert (status, document["code"]) == (2, code)


def test_what_the_node_signalled_of_its_operators(folder: Path) -> None:
    told = maglia("--profile", str(folder / "anna.toml"), "log", "signals")
    assert (told.returncode, told.stderr) == (10, "")
    assert told.stdout.splitlines() == [
        "20/11/2026  [31mugo  FUORI ORARIO: 3 (si segnala da 1)",
        "",
        "Un segnale è un motivo per guardare, non un giudizio.",
    ]
    said = json.loads(maglia("--profile", str(folder / "anna.toml"), "log", "signals", "--json").stdout)
    assert (said["schema"], said["signals"][0]["title"]) == ("maglia.log.signals/1", "FUORI ORARIO")


def test_log_verify(folder: Path) -> None:
    assert record(folder, "log", "verify") == (
        0,
        {
            "schema": "maglia.log/1",
            "ok": True,
            "size": 41,
            "root": "01" * 32,
            "checkpoint_size": 40,
            "checkpoint_root": "02" * 32,
            "cosigned": True,
            "cosigned_size": 40,
            "first_bad": None,
            "first": 0,
            "bad_archive": "",
        },
    )


def test_an_archived_log_says_what_was_read_and_which_file_does_not_hold() -> None:
    report = LogReport(
        True, 534, "01" * 32, 534, "02" * 32, cosigned=True, cosigned_size=534, first_bad=None, first=256
    )
    assert "lette dalla 256 in poi" in log_lines(report, "it")[1]
    assert "read from entry 256 on" in log_lines(report, "en")[1]
    altered = replace(report, ok=False, bad_archive="000001.maglia-log")
    assert "000001.maglia-log è alterato" in log_lines(altered, "it")[0]
    assert "000001.maglia-log is altered" in log_lines(altered, "en")[0]
    assert "alla voce 7" in log_lines(replace(altered, first_bad=7), "it")[0]


def test_a_head_not_cosigned_yet_says_how_far_the_witness_saw() -> None:
    report = LogReport(True, 534, "01" * 32, 534, "02" * 32, cosigned=False, cosigned_size=509, first_bad=None)
    assert "non ancora controfirmata, lo sono le prime 509 voci" in log_lines(report, "it")[2]
    assert "not cosigned yet, the first 509 entries are" in log_lines(report, "en")[2]


def test_budgets_are_told_in_words_and_as_a_document(folder: Path) -> None:
    profile = ("--profile", str(folder / "ugo.toml"))
    lines = maglia(*profile, "budgets").stdout.splitlines()
    assert lines[:3] == [
        "Persone chieste oggi da altri enti, 21/11/2026:",
        "  comune-esempio            [################....] 412 su 500",
        "  [31monlus                 [#...................] 1 su 500",
    ]
    assert lines[3:] == [
        "Persone e bisogni verificati oggi dai nostri operatori, 21/11/2026:",
        "  ugo                       [####################] 300 su 300",
        "Procedure:",
        "  affitto-2026              comune-esempio            persone   [############........] 1.204 su 2.000, "
        "fino al 31/12/2026",
    ]
    document = json.loads(maglia(*profile, "budgets", "--json").stdout)
    assert (document["schema"], document["operators"][0]["limit"]) == ("maglia.budgets/1", 300)
    assert document["procedures"][0]["cap"] == 2000
