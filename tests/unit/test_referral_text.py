"""What a counter reads of persons sent and received, and what the person reads of it in their report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maglia.core.access import Access, AccessEvent
from maglia.core.disclosed import FIELDS, TOLD_FIELDS, mark_of_told, told_fields_of
from maglia.core.referral import CONSENT_WITHDRAWN, ReferralStep, ReferredPerson
from maglia.core.vocabulary import ReferralState
from maglia.wire.access_limits import check_access
from tui.access_model import Access as Shown
from tui.access_text import CATEGORIES, access_lines
from tui.referral_model import Referral, Taker
from tui.referral_model import ReferredPerson as Who
from tui.referral_text import list_lines, state_lines, taker_lines, unread_line, whole_lines

WHO = Who("XQZXQW60A02H000M", "Nome Fittizio", "333 000000", "due mesi", "x" * 30, "2026-1", "it", "2026-11-20")
ONE = Referral(
    number=7,
    direction="sent",
    member="comune",
    member_name="Comune di Esempio",
    member_contact="sociale@example.org",
    facet="rent_arrears",
    state="sent",
    created_ms=1_763_800_000_000,
    changed_ms=1_763_800_000_000,
    unread=False,
    untold=False,
    untold_until_ms=0,
    reason="",
    code="",
    operator="anna",
)


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize("state", list(ReferralState))
@pytest.mark.parametrize("direction", ["sent", "received"])
def test_every_state_is_a_word_and_every_line_fits(direction: str, state: ReferralState, lang: str) -> None:
    one = replace(ONE, direction=direction, state=state, untold=True, code="unreachable", person=WHO, unread=True)
    lines = whole_lines(one, lang)
    assert state.value.upper() not in " ".join(lines) or lang == "en"
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("!! I-0007 ")
    assert any(WHO.identifier in line for line in lines)


def test_why_nothing_got_through_is_a_sentence_with_its_next_action() -> None:
    over = replace(ONE, state="undelivered", code="policy.taker")
    said = " ".join(line.strip() for line in state_lines(over, "it"))
    assert "NON CONSEGNATO: Quell'ente non riceve invii" in said
    assert said.endswith("maglia refer bodies")
    away = " ".join(state_lines(replace(ONE, state="undelivered", code="unreachable"), "it"))
    assert "NON CONSEGNATO: non risponde" in away


@pytest.mark.parametrize(("lang", "word"), [("it", "ha ritirato il consenso"), ("en", "took their consent back")])
def test_a_consent_taken_back_is_said_at_both_bodies(lang: str, word: str) -> None:
    for direction in ("sent", "received"):
        over = replace(ONE, direction=direction, state="withdrawn", reason=CONSENT_WITHDRAWN)
        assert word in " ".join(whole_lines(over, lang))
        assert CONSENT_WITHDRAWN not in " ".join(whole_lines(over, lang))


def test_a_list_names_no_person_and_an_empty_one_says_so() -> None:
    assert WHO.identifier not in " ".join(list_lines([replace(ONE, person=WHO)], "it"))
    assert list_lines([], "it") == ["Nessun invio."]
    assert taker_lines([], "it") == ["Nessun ente riceve invii per questo tipo di aiuto."]
    assert taker_lines([Taker("comune", "Comune", "comune", "", ("gas",))], "it")[1] == "   gas (Gas)"


def test_one_and_many_are_counted_in_words() -> None:
    assert unread_line(1, "it") == "1 invio da leggere: maglia refer list"
    assert unread_line(2, "it") == "2 invii da leggere: maglia refer list"
    assert unread_line(2, "en") == "2 referrals to read: maglia refer list"


def test_the_person_reads_what_was_told_of_them() -> None:
    told = told_fields_of(mark_of_told(ReferredPerson("C", b"", name="N", note="n")))
    assert told == ("identity", "name", "note")
    assert told_fields_of(mark_of_told(ReferralStep(ReferralState.DONE))) == ("outcome",)
    assert CATEGORIES.keys() >= FIELDS | TOLD_FIELDS
    access = Shown(0, "parrocchia", "comune", "referral", "rent_arrears", "shown", told, "", ())
    first, second = access_lines(access, {}, "it")
    assert "parrocchia ha scritto a comune: " in first
    assert second.strip() == "comunicati: il suo codice, il suo nome, una nota"


@pytest.mark.parametrize(
    ("categories", "is_known"),
    [(("identity", "note"), True), (("facet", "month"), True), (("identity", "month"), False), (("health",), False)],
)
def test_what_no_log_could_tell_is_refused(categories: tuple[str, ...], is_known: bool) -> None:
    access = Access(bytes(16), AccessEvent.ANSWERED, 1, "comune", "referral", "gas", categories)
    if is_known:
        check_access(access)
    else:
        with pytest.raises(ValueError, match="category"):
            check_access(access)
