"""`maglia access-report` against a served front port: what is said, who is missing, what the person takes home."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from demo.forks import Ran
from tests.integration.test_console_commands import ENVIRONMENT
from tests.support import fake_reports
from tests.support.commands import run
from tests.support.fake_node import in_own_process
from tests.support.scenarios import ANYONE
from tui.access_document import report_document
from tui.access_model import Access, Case, NamesApproved, Part, Reading, Report
from tui.access_text import list_lines, moment, report_lines
from tui.papers.access_paper import print_report
from tui.papers.consent_paper import Controller


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("console")) as place:
        yield place


def access_report(folder: Path, *arguments: str, stdin: str = "", lang: str = "it") -> Ran:
    profile = str(folder / "anna.toml")
    before = ("--profile", profile, "--lang", lang, "access-report")
    return run("tui", *before, *arguments, environment=ENVIRONMENT, stdin=stdin)


FIRST, SECOND = fake_reports.FOUND[:2]
FOUND = f"""\
RICHIESTA C-0007  ricevuta il 19/11/2026, rispondere entro il 19/12/2026:
    restano 28 giorni
Registri letti: 2 su 4.
MANCA  Mensa Est (mensa-est): non risponde
MANCA  Onlus Ponte (onlus-ponte): troppe richieste di accesso per oggi
?? Comune [31m di Esempio: degli accessi prima del 01/01/2025 nessuno può più
    dire di chi erano, il termine è passato.
{moment(FIRST.time_ms, "it")}  Caritas fittizia ha chiesto a Comune [31m di Esempio: Aiuti
    già dati, Spesa
    comunicati: tipo di aiuto, genere di ente che ha aiutato, se dato o
    promesso, mese, fascia d'importo
{moment(SECOND.time_ms, "it")}  Comune [31m di Esempio ha chiesto a Mensa Est: Contributo
    affitto, Affitto arretrato
    non si sa ancora che cosa sia stato risposto
Richieste di resoconto già fatte a nome della persona, nuovi tentativi compresi:
    1, presso ente-uscito.
?? RESOCONTO PARZIALE. Per chiedere di nuovo a chi manca:
   maglia access-report retry C-0007
Per la persona, e poi per chiudere:
   maglia access-report show C-0007 --pdf FILE
   maglia access-report close C-0007
"""


def test_a_request_says_its_number_first_and_ends_partial_while_bodies_are_missing(folder: Path) -> None:
    asked = access_report(folder, "request", "-", "--identified", "CI finta 1", stdin=f"{ANYONE}\n")
    assert (asked.status, asked.out) == (11, FOUND)
    assert asked.err.startswith("Richiesta C-0007 registrata")
    assert ANYONE not in asked.out + asked.err
    for command in ("show", "retry"):
        assert access_report(folder, command, "C-0007").out == FOUND


def test_in_json_everything_is_there_but_the_person(folder: Path) -> None:
    document = json.loads(access_report(folder, "show", "7", "--json").out)
    assert (document["schema"], document["case"], document["complete"]) == ("maglia.access-report/1", "C-0007", False)
    assert (document["bodies_told"], document["bodies_total"], document["all_keys_searched"]) == (2, 4, True)
    assert {(body["member"], body["state"], body["code"]) for body in document["bodies"]} == {
        ("caritas-fittizia", "told", ""),
        ("comune-esempio", "told", ""),
        ("mensa-est", "silent", "unreachable"),
        ("onlus-ponte", "refused", "budget.report"),
    }
    first = document["accesses"][0]
    assert (first["time"], first["asker"], first["answerer_name"]) == (
        "2026-11-18T12:00:00+00:00",
        "caritas-fittizia",
        "Comune [31m di Esempio",
    )
    assert [one["asker"] for one in document["earlier_reports"]] == ["ente-uscito"]


def test_the_list_marks_what_is_late_and_what_soon_will_be(folder: Path) -> None:
    listed = access_report(folder, "list")
    assert listed.out.splitlines() == [
        "C-0003  ricevuta il 11/10/2026, rispondere entro il 11/11/2026:",
        "    !! TERMINE SCADUTO da 10 giorni",
        "C-0005  ricevuta il 24/10/2026, rispondere entro il 24/11/2026:",
        "    !! restano 3 giorni",
        "C-0007  ricevuta il 19/11/2026, rispondere entro il 19/12/2026:",
        "    restano 28 giorni",
        "C-0001  ricevuta il 01/09/2026, chiusa il 20/09/2026 da ugo",
    ]
    reports = json.loads(access_report(folder, "list", "--json").out)["reports"]
    assert [one["days_left"] for one in reports] == [-10, 3, 28, None]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "it",
            (
                "Resoconto degli accessi",
                "RESOCONTO PARZIALE",
                "Mensa Est: MANCA, non risponde",
                "mensa@e.it",
                "Garante",
                "dal 01/01/2025 al",
            ),
        ),
        (
            "en",
            (
                "Who accessed your data",
                "PARTIAL REPORT",
                "Mensa Est: MISSING, does not answer",
                "18/11/2026",
                "Garante",
            ),
        ),
    ],
)
def test_the_paper_for_the_person_names_who_is_missing_and_nobody_else(
    folder: Path, tmp_path: Path, lang: str, words: tuple[str, ...]
) -> None:
    paper = tmp_path / "resoconto.pdf"
    written = access_report(folder, "show", "C-0007", "--pdf", str(paper), "--lang", lang)
    assert (written.status, written.out.splitlines()[-1]) == (11, "Scritto resoconto.pdf, pagine: 2.")
    reader = PdfReader(paper)
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert all(word in text for word in words), text
    assert all(person not in text + str(reader.metadata) for person in (ANYONE, "anna", "CI finta"))
    assert access_report(folder, "show", "7", "--pdf", str(paper)).status == 2  # it is there already
    assert access_report(folder, "show", "7", "--pdf", str(tmp_path / f"{ANYONE}.pdf")).status == 2


def test_the_time_is_extended_with_a_reason_and_closed_only_when_confirmed(folder: Path) -> None:
    longer = access_report(folder, "extend", "C-0007", "--reason", "due enti chiusi")
    assert longer.out.startswith("C-0007  ricevuta il 19/11/2026, rispondere entro il 19/02/2027, prorogata")
    assert access_report(folder, "close", "C-0007").status == 4
    closed = access_report(folder, "close", "C-0007", "--yes").out
    assert "chiusa il 21/11/2026 da anna" in closed
    assert "Chiusa con un resoconto PARZIALE:\nMANCA  Mensa Est (mensa-est): non risponde\n" in closed
    document = json.loads(access_report(folder, "close", "C-0007", "--yes", "--json").out)
    assert (document["missing"], document["unnamed"]) == (["mensa-est", "onlus-ponte"], [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "C-x"),
        ("show", "C-12345678901"),
        ("request", "XQZ", "--identified", "CI finta 1"),
        ("request", ANYONE, "--identified", "CI finta 1", "--received", "2026-11-19"),
        ("request", ANYONE),
        ("request", ANYONE, "--identified", "  "),
        ("show", "C-0007", "--pdf", "x.pdf", "--lang", "de"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_leaves(folder: Path, arguments: tuple[str, ...]) -> None:
    refused = access_report(folder, *arguments)
    assert refused.status == 2, refused
    assert ANYONE not in refused.err
    if arguments[0] == "request" and "CI finta 1" not in arguments:
        assert "Il campo «documento visto, --identified» manca." in refused.err


READ = Reading(1, 1, 2, (), 0, 0, "r1", named=False)


def whole(**changes: object) -> Case:
    fields = {
        "number": 1,
        "received": "2026-11-21",
        "due": "2026-12-21",
        "days_left": 1,
        "opened_by": "anna",
        "extended": "",
        "extension_reason": "",
        "closed": "",
        "closed_by": "",
        "parts": (Part("a", "A", "", "told", "", 1, READ),),
        "names": None,
        "epochs": (1,),
        "day": "2026-11-21",
    }
    return Case(**{**fields, **changes})  # type: ignore[arg-type]  # fields, by name


def test_nothing_found_is_said_alone_only_when_everything_was_searched() -> None:
    assert "Nessun accesso ai dati della persona." in report_lines(Report(whole(), ()), "it")
    assert list_lines([whole()], "it")[1] == "    !! resta 1 giorno"
    rotated, told = whole(epochs=(3, 4)), report_lines(Report(whole(epochs=(3, 4)), ()), "it")
    assert not rotated.is_complete
    assert "Nessun accesso trovato finora: la ricerca non è completa." in told
    assert "?? Non compresi: gli accessi fatti prima che entrassero in uso le chiavi del" in told
    unread = whole(parts=(Part("a", "A", "", "told", "", 1, Reading(1, 1, 2, (), 3, 0, "r1", named=False)),))
    assert "MANCA  A (a): 3 voci del suo registro non si leggono" in report_lines(Report(unread, ()), "it")
    assert list_lines([], "it") == ["Nessuna richiesta di accesso agli atti."]


def printed(report: Report) -> str:
    content, _ = print_report(report, Controller("A", "a@e.it", "Rete", "d@e.it"), "it", date(2026, 11, 21))
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


APPROVED = NamesApproved("dora", "Dora Fittizia", "2026-12-21", "chiesto")
NAMED = Reading(1, 1, 2, (), 0, 0, "r1", named=True)


def test_names_that_were_approved_and_not_told_are_never_passed_over() -> None:
    before = Part("parrocchia", "Parrocchia", "p@e.it", "told", "unreachable", 1, READ)
    case = whole(parts=(Part("a", "A", "", "told", "", 1, NAMED), before), names=APPROVED)
    assert not case.is_complete
    said = "\n".join(report_lines(Report(case, ()), "it"))
    assert "NOMI   Parrocchia (parrocchia): i nomi approvati non sono ancora detti, non" in said
    assert "   maglia access-report retry C-0001" in said
    assert "Nessun accesso ai dati della persona." in said  # every log was searched
    document = report_document(Report(case, ()))
    assert (document["complete"], document["unnamed"]) == (False, ["parrocchia"])
    paper = printed(Report(case, ()))
    assert "Mancano quelli di: Parrocchia" in paper
    assert "sono comunicati con l'approvazione" not in paper
    told = Report(whole(parts=(Part("a", "A", "", "told", "", 1, NAMED),), names=APPROVED), ())
    assert told.case.is_complete
    assert "sono comunicati con l'approvazione di Dora Fittizia" in printed(told)
    assert whole(parts=(before,)).unnamed == ()  # nobody approved any


@pytest.mark.parametrize("months", [("2024-13",), ("9999-12",), ("ieri",), ("0000-01",), ("2024-01\n",)])
@pytest.mark.parametrize("time_ms", [2**62, -1, 253_402_300_800_000])
def test_times_and_months_that_there_are_not_are_named_so(months: tuple[str, ...], time_ms: int) -> None:
    for reading in (
        Reading(1, 1, 2, months, 0, 0, "r1", named=False),
        Reading(1, time_ms, 2, (), 0, 0, "r1", named=False),
    ):
        case = whole(parts=(Part("a", "A", "", "told", "", time_ms, reading),))
        report = Report(case, (Access(time_ms, "a", "a", "aid_overlap", "", "nothing", (), "", ("a",)),))
        assert "MANCA  A (a): ha risposto con date che non esistono" in report_lines(report, "it")
        assert "A: MANCA, ha risposto con date che non esistono" in printed(report)
        document = report_document(report)
        assert (document["complete"], json.loads(json.dumps(document))["accesses"][0]["time"]) == (False, "")


def test_a_log_whose_first_day_is_not_known_covers_no_day_of_1970() -> None:
    report = Report(
        whole(parts=(Part("a", "A", "", "told", "", 1, Reading(3, 0, 0, (), 0, 0, "r1", named=False)),)), ()
    )
    assert "A: dal giorno non noto al giorno non noto." in printed(report)


def test_no_line_is_longer_than_a_screen_and_requests_of_one_moment_count_once() -> None:
    day = 86_400_000
    asked = [
        Access(day * at + late, "a" * 30, "b" * 30, "access_report", "", "reported", (), "", ("b",))
        for at in (1, 3)
        for late in (59_999, 60_000, 200_000)
    ]
    lines = report_lines(Report(whole(days_left=-10, extended="2026-11-21"), tuple(asked)), "it")
    assert max(map(len, lines)) <= 80
    assert "nuovi tentativi compresi: 2, presso" in " ".join(" ".join(lines).split())
