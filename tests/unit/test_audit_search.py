"""Searching entries that were read: by what they say, page by page, without persons."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maglia.core.entry import AWAITING, Entry, EntryKind, Erased
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.operator_day import REPORT_ASKED
from maglia.core.vocabulary import EndState, PseudonymClass, Silence
from maglia.wire.entries import encode_entry
from node.evaluations import CHECK, ENROLMENT, REPORT
from tui.audit.archive import Archive
from tui.audit.entry_words import ENTRY_KINDS
from tui.audit.index import LAST_MS
from tui.audit.model import UNREADABLE
from tui.audit.search import Query, midnight_ms, read_question, search
from tui.audit.search_text import search_document, search_lines, search_table
from tui.audit.search_words import OUTCOMES, code_in_words, outcome_in_words
from tui.labels import REFUSALS

QUESTION = bytes(range(16))
ENTRIES = {
    "mensa": [
        Entry(EntryKind.ASKED, 5_000, peer="caritas", purpose="aid_overlap", facet="food_parcel", operator="luca",
              question_id=QUESTION, check_id="c1", count=3, sealed=b"PSEUDONYMS", evidence=b"SIGNED"),
        Entry(EntryKind.END_STATE, 6_000, peer="caritas", outcome="answered", question_id=QUESTION, check_id="c1"),
        Entry(EntryKind.REFUSALS, 9_000, peer="onlus [/bad]\x1b[31m", code="budget.answer", count=40),
    ],
    "caritas": [
        Entry(EntryKind.ANSWERED, 5_500, peer="mensa", purpose="aid_overlap", question_id=QUESTION, procedure="bando-1",
              signals=("after_hours",)),
    ],
}  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive.open(tmp_path / "audit")
    for member, entries in ENTRIES.items():
        archive.add(member, 0, [encode_entry(entry) for entry in entries])
    yield archive
    archive.close()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), ["mensa 2", "mensa 1", "caritas 0", "mensa 0"]),
        (Query(member="mensa"), ["mensa 2", "mensa 1", "mensa 0"]),
        (Query(peer="mensa"), ["caritas 0"]),
        (Query(operator="luca"), ["mensa 0"]),
        (Query(purpose="aid_overlap", facet="food_parcel"), ["mensa 0"]),
        (Query(kind="refusals"), ["mensa 2"]),
        (Query(outcome="answered"), ["mensa 1"]),
        (Query(code="budget.answer"), ["mensa 2"]),
        (Query(procedure="bando-1"), ["caritas 0"]),
        (Query(check_id="c1"), ["mensa 1", "mensa 0"]),
        (Query(question=QUESTION), ["mensa 1", "caritas 0", "mensa 0"]),
        (Query(since_ms=5_500, until_ms=9_000), ["mensa 1", "caritas 0"]),
        (Query(member="mensa", peer="nobody"), []),
    ],
)
def test_every_word_narrows_the_search(archive: Archive, query: Query, expected: list[str]) -> None:
    assert [f"{found.member} {found.idx}" for found in search(archive, query).entries] == expected


def test_pages_follow_one_another_without_gap_or_repetition(archive: Archive) -> None:
    archive.add("ente", 0, [encode_entry(Entry(EntryKind.ASKED, 5_000)) for _ in range(10)])
    seen, page = [], ""
    while True:
        found = search(archive, Query(), limit=3, page=page)
        seen += [(one.time_ms, one.member, one.idx) for one in found.entries]
        if not (page := found.next_page):
            break
    assert len(seen) == 14
    assert seen == sorted(set(seen), reverse=True)


PAGES = ["x", "1.mensa", "1..2", "a.mensa.1", "1.mensa.-1", "9" * 200, f"{2**63}.mensa.1", "1.mensa.²"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_is_none_is_refused(archive: Archive, page: str) -> None:
    with pytest.raises(MagliaError) as refused:
        search(archive, Query(), page=page)
    assert refused.value.code is Code.INPUT_FIELD


@pytest.mark.parametrize("text", ["zz", "00", "0" * 31])
def test_the_number_of_a_question_is_read_strictly(text: str) -> None:
    with pytest.raises(MagliaError):
        read_question(text)
    assert read_question(QUESTION.hex()) == QUESTION


def test_neither_persons_nor_signatures_are_shown_and_foreign_text_is_plain(archive: Archive) -> None:
    found = search(archive, Query())
    said = str(search_document(found)) + "\n".join(search_lines(found, "it"))
    assert "PSEUDONYMS" not in said
    assert "SIGNED" not in said
    assert "\x1b" not in "\n".join(search_lines(found, "it"))
    assert all(len(line) <= 80 for line in search_lines(found, "en"))


def test_every_kind_has_words() -> None:
    assert set(ENTRY_KINDS) == {*EntryKind, UNREADABLE}


def test_every_outcome_and_every_reason_has_words_and_a_later_versions_is_shown_plain() -> None:
    assert set(OUTCOMES) >= {*EndState, *PseudonymClass, *Erased, REPORT_ASKED, CHECK, ENROLMENT, REPORT}
    for code in (*Silence, *REFUSALS, AWAITING, Code.POLICY_DENIED, Code.STORAGE_UNAVAILABLE, Code.MEMBER_SIGNATURE):
        assert code_in_words(code, "it") not in {"", code}
        for lang in ("it", "en"):
            assert not re.search(r"[{}]|-$|^$", code_in_words(code, lang))
    assert code_in_words("later.code\x1b[31m", "it") == "later.code [31m"
    assert outcome_in_words("signal", "bulk_day", {"bulk_day": {"it": "MOLTE", "en": "MANY"}}, "en") == "MANY"
    assert outcome_in_words("end_state", "later\x1b", {}, "it") == "later"


@pytest.mark.parametrize("time_ms", [2**63 - 1, -1, -(2**63), 253_402_300_800_000])
def test_an_entry_of_an_absurd_time_is_unreadable_and_stops_no_search(archive: Archive, time_ms: int) -> None:
    archive.add("furba", 0, [encode_entry(Entry(EntryKind.ASKED, time_ms, peer="mensa"))])
    page = search(archive, Query(member="furba"))
    assert [(found.kind, found.time_ms, found.peer) for found in page.entries] == [("unreadable", 0, "")]
    assert search_document(page)["entries"]
    assert search_lines(page, "it")


def test_the_latest_time_has_a_date_in_every_time_zone(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XYZ-14")
    time.tzset()
    archive.add("tarda", 0, [encode_entry(Entry(EntryKind.ASKED, LAST_MS - 1))])
    try:
        assert "31/12/9999" in search_lines(search(archive, Query(member="tarda")), "it")[0]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_entries_are_told_by_the_clock_in_italy_as_their_signals_are(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a computer elsewhere too: the rules say by that clock which questions were out of hours."""
    at_ms = int(datetime(2026, 11, 22, 23, 30, tzinfo=UTC).timestamp() * 1000)
    archive.add("notturna", 0, [encode_entry(Entry(EntryKind.ASKED, at_ms))])
    monkeypatch.setenv("TZ", "XYZ+9")
    time.tzset()
    try:
        of_day = Query(
            member="notturna", since_ms=midnight_ms("23/11/2026"), until_ms=midnight_ms("23/11/2026", days=1)
        )
        page = search(archive, of_day)
        assert search_lines(page, "it")[0].startswith("23/11/2026 00:30")
        assert datetime(2026, 11, 23, 0, 30) in search_table(page, "it").rows[0]
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "changes",
    ['"epoch":1e999', f'"epoch":{10**22}', '"at":NaN', '"at":1e300', '"at":-1', f'"at":{10**400}',
     f'"elements":{2**63}',
     '"member":"\\ud800"'],
)  # fmt: skip
def test_a_registrys_entry_with_an_absurd_number_is_unreadable(archive: Archive, changes: str) -> None:
    said = '"schema":"maglia.evaluation/1","at":1,"epoch":1,"elements":1,"evaluation":""'
    archive.add(REGISTRY_ID, 0, [f"{{{said},{changes}}}".encode(), f"{{{said}}}".encode()])
    found = search(archive, Query(member=REGISTRY_ID)).entries
    assert [(one.idx, one.kind) for one in found] == [(0, "unreadable")]


def test_an_act_at_no_moment_is_unreadable(archive: Archive) -> None:
    act = '{"schema":"maglia.office-event/1","actor":"anna","action":"admit","member":"m","detail":"","at":Infinity}'
    archive.add(REGISTRY_ID, 0, [act.encode()])
    assert search(archive, Query(member=REGISTRY_ID)).entries[0].kind == "unreadable"
