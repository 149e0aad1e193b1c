"""`maglia consent` against a served front port: what is said, what is asked first, what never leaves the screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.forks import Ran
from maglia.core.folding import fold
from maglia.v1 import operator_pb2 as pb
from tests.integration.test_console_commands import ENVIRONMENT
from tests.support.commands import run
from tests.support.fake_node import ON_FILE, in_own_process
from tests.support.scenarios import ANOTHER, ANYONE
from tui.consent_messages import consent_file
from tui.consent_model import ConsentFile
from tui.consent_text import expiring_lines, file_lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("console")) as place:
        yield place


def consent(folder: Path, *arguments: str, stdin: str = "") -> Ran:
    profile = str(folder / "anna.toml")
    return run("tui", "--profile", profile, "consent", *arguments, environment=ENVIRONMENT, stdin=stdin)


SAID = """\
RITIRO del 21/11/2026: Invio a un altro ente, registrato da anna.
  DA AVVISARE  Comune [31m di Esempio (comune-esempio), sociali@example.org: ha ricevuto una risposta il 20/11/2026
  mensa-est (mensa-est): avvisato il 21/11/2026 da ugo
  ?? L'elenco degli enti da avvisare può non essere completo: ripetere maglia consent show più tardi.
RIFIUTO del 04/03/2026, registrato da ugo; superato dal consenso del 01/11/2026.
OPPOSIZIONE del 02/02/2026, registrato da ugo.
VALIDO  Consenso n. 3: Aiuti già dati, Invio a un altro ente, 01/11/2026 fino al 01/11/2027
  solo per un comune, una parrocchia; informativa 2026-1 (it), dato a voce, registrato da anna
  resta per: Aiuti già dati
RITIRATO il 04/03/2026  Consenso n. 1: Aiuti già dati, 10/01/2026 fino al 10/01/2027
  per tutti gli enti accreditati; informativa 2026-1 (ar), firmato, registrato da ugo
2 aiuti su compito pubblico restano agli atti.
!! Resta 1 ente da avvisare. Dopo ogni avviso: maglia consent told CODICE ENTE.
"""


def test_everything_on_file_is_told_in_words(folder: Path) -> None:
    shown = consent(folder, "show", ANYONE)
    assert (shown.status, shown.out.split(), shown.err) == (0, SAID.split(), "")
    assert max(map(len, shown.out.splitlines())) <= 80
    assert ANYONE not in shown.out


def test_a_consent_that_stands_in_a_file_alone_is_told_with_how_to_withdraw_it() -> None:
    alone = ConsentFile((), (), 0, "2026-11-21", imported=2)
    assert file_lines(alone, "it") == [
        "VALIDO  2 aiuti importati si mostrano alla rete sul consenso scritto nel file.",
        "  Per ritirarlo: maglia consent withdraw CODICE.",
    ]
    assert file_lines(replace(alone, imported=1), "en")[0] == "IN FORCE  1 imported aid is shown on the file's consent."
    assert consent_file(pb.ConsentFile(day="2026-11-21", imported=2)) == alone


def test_persons_sent_that_a_withdrawal_took_along_are_named_with_what_to_look_at() -> None:
    ended = [
        pb.EndedReferral(number=7, member="comune-esempio", name="Comune\x1b[31m di Esempio", untold=True),
        pb.EndedReferral(number=8, member="mensa-est"),
    ]
    file = consent_file(pb.ConsentFile(oppositions=ON_FILE.oppositions[:1], day="2026-11-21", ended=ended))
    lines = fold(file_lines(file, "it"))
    assert "RITIRATO  Invio I-0007 a Comune" in " ".join(lines)
    assert "Controllare: maglia refer show I-0007" in " ".join(" ".join(lines).split())
    assert "RITIRATO  Invio I-0008 a mensa-est. Non era partito." in lines
    assert max(map(len, lines)) <= 80
    assert "WITHDRAWN  Referral I-0008 to mensa-est. It had not left." in file_lines(file, "en")
    assert "\x1b" not in "".join(lines)


def test_the_document_says_the_same(folder: Path) -> None:
    document = json.loads(consent(folder, "show", "-", "--json", stdin=f"{ANYONE}\n").out)
    assert (document["schema"], document["day"], document["statutory"]) == ("maglia.consents/1", "2026-11-21", 2)
    assert document["still_to_tell"] == ["comune-esempio"]
    assert document["consents"][0]["audience"] == ["comune", "parish"]
    assert document["oppositions"][0]["to_tell"][1]["told"] == "2026-11-21"
    assert ANYONE not in json.dumps(document)


@pytest.mark.parametrize("act", ["withdraw", "refuse", "object"])
def test_an_act_is_confirmed_first(folder: Path, act: str) -> None:
    """Where nobody can answer, nothing is done without --yes."""
    unsaid = consent(folder, act, ANYONE, "--json")
    assert (unsaid.status, json.loads(unsaid.out)["code"]) == (4, "session.unconfirmed")
    done = consent(folder, act, ANYONE, "--yes")
    assert (done.status, done.out.split()) == (0, SAID.split())


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("withdraw", ANYONE, "--purpose", "curiosity", "--yes"), 2, "input.purpose"),
        (("withdraw", "XQZ", "--yes"), 2, "input.identifier_length"),
        (("show", "XQZ"), 2, "input.identifier_length"),
        (("told", "XQZ", "comune-esempio"), 2, "input.identifier_length"),
        (("add", ANYONE, "--purpose", "aid_overlap", "--audience", "bank"), 2, "input.field"),
        (("add", ANYONE, "--purpose", "aid_overlap", "--expires", "domani"), 2, "input.date"),
    ],
)
def test_bad_input_is_refused(folder: Path, arguments: tuple[str, ...], status: int, code: str) -> None:
    done = consent(folder, *arguments, "--json")
    assert (done.status, json.loads(done.out)["code"]) == (status, code)


@pytest.mark.parametrize("days", ["-1", "367", "molti"])
def test_days_that_are_none_are_refused(folder: Path, days: str) -> None:
    assert consent(folder, "expiring", "--days", days).status == 2


def test_a_body_is_marked_as_told(folder: Path) -> None:
    assert consent(folder, "told", ANYONE, "comune-esempio").status == 0


def test_a_consent_may_be_narrower(folder: Path) -> None:
    narrow = ("--audience", "comune", "--audience", "parish", "--expires", "31/12/2026")
    done = consent(folder, "add", ANYONE, "--purpose", "aid_overlap", *narrow, "--json")
    document = json.loads(done.out)
    assert (document["audience"], document["expires"]) == (["comune", "parish"], "2026-12-31")


def test_who_is_to_renew_is_listed_by_code_for_the_counter(folder: Path) -> None:
    assert consent(folder, "expiring").out == (
        f"SCADUTO il 20/11/2026  {ANYONE}  Aiuti già dati\n"
        f"SCADE il   01/12/2026  {ANOTHER}  Aiuti già dati, Invio a un altro ente\n"
    )
    document = json.loads(consent(folder, "expiring", "--days", "60", "--json").out)
    assert (document["schema"], document["days"]) == ("maglia.consents_expiring/1", 60)
    assert document["consents"][0] == {"identifier": ANYONE, "purposes": ["aid_overlap"], "expires": "2026-11-20"}


def test_nothing_is_said_as_such_in_both_languages() -> None:
    nothing = consent_file(pb.ConsentFile(day="2026-11-21"))
    assert file_lines(nothing, "it")[0].startswith("Nessun consenso")
    assert file_lines(nothing, "en")[0].startswith("No consent")
    assert expiring_lines([], "2026-11-21", 30, "it") == ["Nessun consenso scaduto o in scadenza entro 30 giorni."]
    assert expiring_lines([], "2026-11-21", 30, "en") == ["No consent that has ended or ends within 30 days."]


def test_the_english_lines_have_no_italian_left() -> None:
    spoken = "\n".join(file_lines(consent_file(ON_FILE), "en"))
    for word in ("RITIR", "RIFIUTO", "OPPOSIZIONE", "AVVISARE", "registrato", "informativa", "Consenso", "agli atti"):
        assert word not in spoken
