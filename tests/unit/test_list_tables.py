"""Each list of the console as a table: its rows fit their head in both languages, and what others wrote stays text."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from maglia.core.answering import Answering
from maglia.core.directory import Official
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import NetworkRole
from maglia.policy.changes import Change, Comparison, Outcome
from maglia.policy.edits import Edit
from tui.access_model import Access, Case, Part
from tui.access_model import Report as AccessReport
from tui.access_table import case_table, report_table
from tui.audit.anomalies import AUDITOR, NODE, Anomalies, Anomaly
from tui.audit.anomalies_text import anomaly_table
from tui.audit.archive import LogState
from tui.audit.findings import About, FindingType, Place, Report, Unread
from tui.audit.findings import Finding as Difference
from tui.audit.findings_text import finding_table
from tui.audit.pull_table import pull_table
from tui.audit.search import Found, FoundPage
from tui.audit.search_text import search_table
from tui.audit.verify import Verdict, Verified
from tui.audit.verify_text import verify_table
from tui.batch_columns import reading_table
from tui.batch_model import Batch, BatchRow, FileReading, ReadRow
from tui.batch_tables import batch_list_table, batch_table
from tui.budget_text import node_budget_table, office_budget_table
from tui.check_table import check_table
from tui.commands.status import log_table
from tui.consent_model import ConsentFile, Expiring, FiledConsent, Opposition
from tui.consent_text import consent_table, expiring_table
from tui.device_model import EnrolledDevice
from tui.device_text import device_table
from tui.history_text import history_table
from tui.inbox_model import Notice
from tui.inbox_text import notice_table
from tui.model import (
    Aid,
    CheckState,
    Consent,
    Finding,
    LogReport,
    NamedAid,
    OperatorSignal,
    PastAid,
    Person,
    Silent,
    Spending,
    SpentInProcedure,
    SpentLine,
    ToConfirm,
)
from tui.names_table import names_table
from tui.needs_model import FiledNeed
from tui.needs_text import need_table
from tui.network_model import NetworkRow, NetworkView
from tui.network_text import network_table
from tui.office_model import Budgets, History, HistoryLine, MemberRow, NodeRow
from tui.office_rows import board_table, epoch_table, member_table, procedure_table
from tui.officials_text import official_table
from tui.offline_model import Taken, ToCheck
from tui.offline_text import taken_table
from tui.person_table import person_table as whole_person_table
from tui.persons_model import BasisOnFile, FormerCode, Household, PersonCode, Side
from tui.persons_model import PersonFile as WholePerson
from tui.persons_model import Place as Living
from tui.persons_text import household_table
from tui.policy_text import comparison_table
from tui.recorders import recorded, recorder
from tui.records_model import FiledAid, Note, PersonFile
from tui.records_text import person_table
from tui.referral_model import Referral, ReferredPerson, Taker
from tui.referral_text import referral_table, taker_table
from tui.reservation_model import OtherHelp, Reservation
from tui.reservation_text import reservation_table
from tui.signal_text import signal_table
from tui.table import Table
from tui.table_file import write_table
from tui.waiting_model import KeptCheck
from tui.waiting_text import kept_table

CODE = "XQZXQW97D64A794S"
HOSTILE = "=Onlus [/bad]\x1b[31m"
AT = 1_795_000_000_000
NUMBER = "a7b3c9d1" + "0" * 24

STATE = CheckState(
    check_id="V-1042",
    asked=12,
    answered=9,
    silent=(Silent("croce", HOSTILE, "unreachable"),),
    refused=(Silent("mensa", "Mensa Est", "budget.answer"),),
    findings=(
        Finding("onlus", facet="food_voucher", when="2026-11", amount_band="under_50", status="given", person=1),
        Finding("comune", "c", "Comune", "gas", "2026-11-21", amount_cents=4050, status="reserved", same_need=True),
    ),
    nothing=7,
    day="2026-11-21",
    omitted=1,
    household=(Person(CODE), Person(CODE, "consent.missing")),
)
AID = FiledAid(
    NUMBER, 2, "b" * 32, "", "rent_arrears", "2026-11-21", 90_000, "given", "consent", "network", HOSTILE,
    "LEASE:T9X/2024/3T/1", "2026-01-01", "", "monthly", "PG/7", "isee", "anna", AT, AT, "2029-11-21", "A1.05", True, 0,
)  # fmt: skip
CONSENT = FiledConsent("3", ("aid_overlap",), (), ("comune",), "2026-1", "it", "2026-01-01", "oral", "2026-12-31",
                       "anna", "")  # fmt: skip
REFUSAL = Opposition("refusal", ("referral",), "2026-11-01", "anna", "", (), False)
ON_FILE = ConsentFile((CONSENT,), (REFUSAL,), 0, "2026-11-21")
KEPT = KeptCheck("V-1", "ended", "gas", "aid_overlap", AT, 1, "policy.stale")
NEED = FiledNeed("B-7", "gas", 90_000, "PDR:1", HOSTILE, "2026-01-01", "", "consent", "network", AT, "anna", 0, "",
                 10_000, 5_000, 0)  # fmt: skip
HELP = OtherHelp("parish", "", "food_parcel", "2026-11-21", "reserved", False, "", None, HOSTILE, AT, AT, True)
PROMISE = Reservation(NUMBER, CODE, "food_parcel", 4_000, HOSTILE, AT, AT, "anna", "to_confirm", True, True,
                      "2026-11-21", (HELP,))  # fmt: skip
REFERRAL = Referral(7, "sent", "c", HOSTILE, "", "gas", "declined", AT, AT, True, False, 0, "fondi esauriti", "",
                    "anna", ReferredPerson(CODE, "Rossi", "3", "", ""))  # fmt: skip
NOTICE = Notice(7, "check_found", "V-1", {"found": "2"}, AT, True, True)
ROW = NetworkRow("onlus", HOSTILE, "onlus", Answering(60, 30, 6, 3), AT, AT, "relay-nord")
MEMBER = MemberRow("onlus", HOSTILE, "onlus", "applied", ("p",), 2, AT // 1000, "4F-A1", "2027-12-31", "approve",
                   ("Paolo",), ("altra",))  # fmt: skip
BOARD = NodeRow("onlus", HOSTILE, "active", "silent", AT // 1000, True, AT // 1000, 8841, AT // 1000, (1,), True, "r",
                Answering(60, 30, 6, 3), 3, 20, 0)  # fmt: skip
SPENT = SpentInProcedure("affitto", HOSTILE, "person", 3, 500, "2026-12-31")
ENTRY = Found("onlus", 7, "question_asked", AT, HOSTILE, b"\1" * 16, "aid_overlap", "gas", "consent", "luca",
              "answered", "", 1, "V-1", "", "")  # fmt: skip
CASE = Case(7, "2026-11-01", "2026-12-01", 9, "ugo", "2026-11-20", HOSTILE, "", "",
            (Part("onlus", "Onlus", "", "silent", "unreachable", AT, None),), None, (1,), "2026-11-22")  # fmt: skip
ACCESS = Access(AT, "onlus", HOSTILE, "aid_overlap", "gas", "answered", ("facet",), "luca", ("onlus",))
BATCH = Batch("B-0a1b", "affitto", "rent_current", 12, HOSTILE, "ugo", AT, "2027-01-01", 3, 1, "done", "", 1, 1, 1)
BATCH_ROW = BatchRow(17, "match", CODE, "N1", "p", None, 11, 12, STATE.findings, STATE.silent)
BROKEN = Difference(About(FindingType.BROKEN, ("onlus",), "mensa"), 2, [Place("onlus", 7)])
REPORT = Report(7, 8, True, [Unread("x", "network.unreachable")], [BROKEN])
SIGNAL: Any = SimpleNamespace(code="after_hours", count=9, threshold=5)
ANOMALY = Anomaly("mensa", "luca", date(2026, 11, 20), datetime(2026, 11, 20, 23, 12, tzinfo=UTC), ("aid_overlap",),
                  SIGNAL, (1, 2), (NODE, AUDITOR))  # fmt: skip
ANOMALIES = Anomalies(date(2026, 11, 1), date(2026, 11, 21), SimpleNamespace(data={}), 7, 8,  # type: ignore[arg-type]
                      {"onlus": "network.unreachable"}, [ANOMALY])  # fmt: skip
HEARD = OperatorSignal("2026-11-20", HOSTILE, "x", 9, 5)
OFFICIAL = Official("sara", HOSTILE, NetworkRole.AUDITOR, b"\1" * 32, b"cert", "PG/7", "2027-12-31")
IN_FORCE: Any = SimpleNamespace(suspensions=frozenset({"sara"}), directory=None)
PLACE = Living(CODE, "adult", "2026-01-01", "", "maglia-node", HOSTILE)
HOUSEHOLD = Household("registry", (PLACE,), (replace(PLACE, age="minor", until="2026-02-01"),), "2026-11-21")
SIDE = Side(True, {"consent": 2, "aid_record": 0, "case_file": 1}, 0, HOSTILE)
WHOLE = WholePerson(
    PersonCode(CODE, "cf", False), (FormerCode(PersonCode("STP1", "stp", True), AT, "anna", "2027-01-01"),), SIDE,
    (BasisOnFile("consent", ("aid_overlap",), "2027-01-01", ""), BasisOnFile("case", ("rent_subsidy",), "", HOSTILE)),
    "2026-01-01", True, HOUSEHOLD, "2026-11-21",
)  # fmt: skip
GIVEN = Aid(CODE, "food_parcel", "2026-11-21", 4_050)
AGREED = Consent(CODE, ("aid_overlap",), "2026-1", "it", "2026-11-21", "signed")
TAKEN = [
    Taken(1, "k", AT, GIVEN, ToCheck("food_parcel", "aid_overlap"), "consent.missing"),
    Taken(2, "k", AT, AGREED),
    Taken(3, "k", AT, NamedAid("clothing", "2026-11-21", 0, name=HOSTILE)),
]
ALIKE = ToConfirm(CODE, HOSTILE, "1980-01-01", HOSTILE, (PastAid("clothing", "2026-11-21", None, "reserved", ""),))
READING = FileReading(
    ("Cod",), {"codice": "Cod"}, 2, 1,
    (ReadRow(2, {"codice": "", "nucleo": HOSTILE}), ReadRow(3, column=HOSTILE, code="input.composite_short")),
)  # fmt: skip
COMPARED = Comparison(
    3, (Change("retention", {"by": HOSTILE}, None, Outcome(True), Outcome(False, ("policy.role",))),),
    (Edit("levels/data.json", HOSTILE, "changed", "1", "2"), Edit("a.rego", "b", "added")),
)  # fmt: skip

TABLES: dict[str, Callable[[str], Table]] = {
    "check": lambda lang: check_table(STATE, lang),
    "kept checks": lambda lang: kept_table(
        [KeptCheck("V-1", "ended", "gas", "aid_overlap", AT, 1, "policy.stale")], lang
    ),
    "aid": lambda lang: person_table(PersonFile((AID,), (Note(CODE, "a", 1),), "2026-11-21"), lang),
    "consents": lambda lang: consent_table(ON_FILE, lang),
    "expiring": lambda lang: expiring_table([Expiring(CODE, ("aid_overlap",), "2026-12-01")], "2026-11-21", lang),
    "needs": lambda lang: need_table([NEED], lang),
    "reservations": lambda lang: reservation_table([PROMISE], lang),
    "referrals": lambda lang: referral_table([REFERRAL], lang),
    "inbox": lambda lang: notice_table([NOTICE], lang),
    "network": lambda lang: network_table(NetworkView((ROW,), AT, 30, 0, checks=Answering(9, 8, 0, 0)), lang),
    "devices": lambda lang: device_table([EnrolledDevice("6f", "anna", HOSTILE, AT, 0, True)], lang),
    "office budgets": lambda lang: office_budget_table(
        Budgets("2026-11-22", (SpentLine("onlus", 3, 9, "person", "check"),), (SPENT,)), lang
    ),
    "budgets": lambda lang: node_budget_table(
        Spending("2026-11-22", (SpentLine(HOSTILE, 3, 9),), (SpentLine("anna", 1, 30),), (SPENT,)), lang
    ),
    "members": lambda lang: member_table([MEMBER], lang),
    "board": lambda lang: board_table([BOARD], lang),
    "history": lambda lang: history_table(
        History([HistoryLine(3, AT / 1000, "registry", "revoke", HOSTILE, False)], 9, "ab"), lang
    ),
    "officials": lambda lang: official_table([OFFICIAL], IN_FORCE, lang),
    "search": lambda lang: search_table(FoundPage([ENTRY]), lang),
    "reconcile": lambda lang: finding_table(REPORT, lang),
    "anomalies": lambda lang: anomaly_table(ANOMALIES, lang),
    "batches": lambda lang: batch_list_table([BATCH], lang),
    "batch": lambda lang: batch_table(BATCH, [BATCH_ROW], lang),
    "signals": lambda lang: signal_table([HEARD], {"x": "FUORI ORARIO"}, lang),
    "takers": lambda lang: taker_table([Taker("onlus", HOSTILE, "onlus", "", ("gas", "water"))], lang),
    "procedures": lambda lang: procedure_table([Procedure("affitto", HOSTILE, 500, "2026-12-31", ("c",))], lang),
    "logs": lambda lang: verify_table([Verified("onlus", Verdict.UNREAD, 0, 0, "", 0, 0, (), "log.fork")], lang),
    "accesses": lambda lang: report_table(AccessReport(CASE, (ACCESS,)), lang),
    "requests": lambda lang: case_table([CASE], lang),
    "household": lambda lang: household_table(HOUSEHOLD, lang),
    "person": lambda lang: whole_person_table(WHOLE, lang),
    "taken": lambda lang: taken_table(TAKEN, lang),
    "names": lambda lang: names_table([ALIKE, replace(ALIKE, aids=())], lang),
    "own log": lambda lang: log_table(LogReport(False, 9, "ab", 9, "cd", False, 7, 3, 1, HOSTILE), lang),
    "pulled": lambda lang: pull_table(
        [LogState("onlus", size=9, first=2), LogState("mensa", problem="log.fork", at_entry=3)], lang
    ),
    "file of applicants": lambda lang: reading_table(READING, lang),
    "epochs": lambda lang: epoch_table(2, [BOARD], lang),
    "rules": lambda lang: comparison_table(COMPARED, lang),
}
HOLD_CODES = {"expiring", "reservations", "household", "person", "taken", "names"}


@pytest.mark.parametrize("name", TABLES)
def test_rows_fit_their_head_and_each_language_says_it_its_way(tmp_path: Path, name: str) -> None:
    italian, english = (TABLES[name](lang) for lang in ("it", "en"))
    assert (italian.title, italian.head) != (english.title, english.head)
    assert len(italian.rows) == len(english.rows) >= 1
    for table in (italian, english):
        assert {len(row) for row in table.rows} == {len(table.head)}
        assert len(set(table.head)) == len(table.head)
    path = write_table(tmp_path / "t.csv", italian)
    written = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(written) == 1 + len(italian.rows)
    assert all(char.isprintable() for row in written for cell in row for char in cell)
    assert not any(cell.startswith("=") for row in written for cell in row)


@pytest.mark.parametrize("name", TABLES)
def test_a_code_is_in_a_table_only_where_its_reader_is_told(name: str) -> None:
    table = TABLES[name]("it")
    holds = any(CODE in str(cell) for row in table.rows for cell in row)
    assert holds is table.has_codes is (name in HOLD_CODES)
    assert CODE not in table.title
    assert CODE not in repr(table)


def test_a_check_tells_who_is_silent_before_what_was_found_and_never_says_today() -> None:
    rows = check_table(STATE, "it").rows
    assert rows[0][1:3] == ("RISPOSTE", "9 su 12")
    assert rows[0][6] == "PARZIALE, almeno"
    assert [row[1] for row in rows] == ["RISPOSTE", "MANCA", "MUTO", "RIFIUTO", "IMPEGNO", "TROVATO", "nulla"]
    assert rows[4][4:6] == (date(2026, 11, 21), Decimal("40.5"))
    assert rows[5][0] == 1
    assert rows[5][4:6] == ("11/2026", "sotto 50 €")


def test_what_was_not_read_stands_above_what_was_found() -> None:
    assert finding_table(REPORT, "it").rows[0][0] == "NON CONFRONTATO"
    assert anomaly_table(ANOMALIES, "en").rows[0][0] == "NOT READ"


LISTS = (
    "check ask", "check show", "check list", "aid show", "consent show", "consent expiring", "need show",
    "reserve list", "refer list", "inbox", "status", "status network", "office list", "office board",
    "office officials",
    "office budgets", "office history", "budgets", "audit search", "audit reconcile", "audit anomalies", "bando show",
    "bando list", "device list", "log signals", "access-report list",
    "access-report show", "audit verify", "refer bodies", "office procedure list",
    "household show", "person show", "offline list", "aid names", "log verify", "audit pull", "bando read",
    "bando rejects", "office epoch show", "policy diff",
)  # fmt: skip
SCRIPT = """
import sys
from typer.main import get_command
from tui.__main__ import app
root = get_command(app)
for path in sys.argv[1:]:
    command = root
    for word in path.split():
        command = command.commands[word]
    helps = [one.help for one in command.params if "--out" in one.opts]
    assert len(helps) == 1, path
    print(helps[0])
"""


def test_every_list_offers_its_table_with_the_same_words() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, *LISTS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Scrive la tabella anche in questo file, .csv o .xlsx."] * len(LISTS)


def test_a_file_of_entries_says_first_that_not_every_log_was_read() -> None:
    table = search_table(FoundPage([ENTRY]), "it", partial="letti 8 registri su 9")
    assert len(table.rows) == 2
    assert {len(row) for row in table.rows} == {len(table.head)}
    assert table.rows[0][1:4] == ("PARZIALE", None, "letti 8 registri su 9")


def test_what_came_with_a_file_is_of_no_person() -> None:
    assert [recorder(user, "it") for user in ("maglia-node", "anna")] == ["da file", "anna"]
    said = [recorded(user, "it") for user in ("maglia-node", "anna")]
    assert said == ["importato da un file", "registrato da anna"]
    for name in ("household", "person"):
        assert not [cell for row in TABLES[name]("it").rows for cell in row if "maglia-node" in str(cell)]
