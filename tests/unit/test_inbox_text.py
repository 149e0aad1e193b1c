"""What a counter reads of its notices: whole at 80 columns, with what changed and what to do next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maglia.core.codes import Code
from maglia.core.notices import NoticeKind
from tui.inbox_model import Notice
from tui.inbox_text import list_lines, notice_lines, sentence, sign_of, waiting_line

ASKED_AT = 1_780_000_000_000
ONE = Notice(
    number=7,
    kind=NoticeKind.CHECK_COMPLETE,
    check_id="V-1A2B3C4D",
    params={"asked_at": str(ASKED_AT), "asked": "12", "answered": "12", "found": "0", "more": "0", "complete": "1"},
    created_ms=ASKED_AT + 60_000,
    unread=True,
    for_all=False,
)


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_is_a_sentence_with_a_next_action_in_80_columns(kind: NoticeKind, lang: str) -> None:
    one = replace(ONE, kind=kind, params={**ONE.params, "code": Code.CONSENT_MISSING.value})
    text = sentence(one, lang)
    assert not any(unknown in text for unknown in ("non conosce", "does not know"))
    assert text.endswith((".", "!")) or "maglia " in text.rpartition(":")[2]
    assert all(len(line) <= 80 for line in notice_lines(one, lang))


def test_a_complete_check_says_what_changed() -> None:
    nothing = sentence(ONE, "it")
    assert "è ora completa: hanno risposto tutti i 12 enti. Nessuna sovrapposizione condivisibile nota." in nothing
    assert "maglia check show V-1A2B3C4D" in nothing
    more = sentence(replace(ONE, params={**ONE.params, "found": "2", "more": "1"}), "it")
    assert "POSSIBILE SOVRAPPOSIZIONE: 1 aiuto o impegno in più." in more
    only = sentence(replace(ONE, params={**ONE.params, "asked": "1", "answered": "1"}), "it")
    assert "è ora completa: ha risposto l'unico ente interrogato. Nessuna" in only
    same = sentence(replace(ONE, params={**ONE.params, "found": "2"}), "it")
    assert "Niente in più di quanto già mostrato." in same


@pytest.mark.parametrize("kind", [NoticeKind.CHECK_FOUND, NoticeKind.CHECK_ENDED, NoticeKind.DEFERRED_DONE])
@pytest.mark.parametrize(
    ("asked", "answered", "said"),
    [
        (12, 0, "nessun ente ha risposto"),
        (12, 1, "ha risposto 1 ente su 12"),
        (12, 11, "hanno risposto 11 enti su 12"),
        (12, 12, "non si è potuto chiedere"),
        (0, 0, "non si è potuto chiedere"),
    ],
)
def test_a_check_that_is_still_partial_never_reads_as_nothing_known(
    kind: NoticeKind, asked: int, answered: int, said: str
) -> None:
    """Of a household all bodies may have answered about some, and nobody was asked about the others."""
    partial = {**ONE.params, "asked": str(asked), "answered": str(answered), "complete": "0"}
    text = sentence(replace(ONE, kind=kind, params=partial), "it")
    assert said in text
    assert "Nessuna sovrapposizione" not in text


def test_a_deferred_check_that_all_answered_says_that_nothing_is_known() -> None:
    text = sentence(replace(ONE, kind=NoticeKind.DEFERRED_DONE), "it")
    assert "è stata fatta: hanno risposto tutti i 12 enti. Nessuna sovrapposizione condivisibile nota." in text


def test_no_command_is_parted_in_two_lines() -> None:
    params = {**ONE.params, "record": "1a2b3c4d"}
    for kind in NoticeKind:
        for number in range(12):
            lines = notice_lines(replace(ONE, kind=kind, params=params, check_id="V-" + "9" * (7 + number)), "it")
            assert not any(line.endswith((" maglia", "check", "reserve", " show")) for line in lines)


def test_a_kind_of_a_newer_node_is_still_a_line() -> None:
    assert "(later)" in sentence(replace(ONE, kind="later"), "it")


def test_lists_and_logins_count() -> None:
    assert waiting_line(1, "it") == "1 avviso da leggere: maglia inbox"
    assert waiting_line(3, "en") == "3 notices to read: maglia inbox"
    assert list_lines([], "it") == ["Nessun avviso da leggere."]
    assert list_lines([ONE], "it")[0].startswith("*  A-0007 ")
    assert waiting_line(2, "it", on_screen=True) == "2 avvisi da leggere: F10, AVVISI"


def test_only_what_may_go_wrong_is_shouted() -> None:
    more = replace(ONE, params={**ONE.params, "more": "1"})
    assert [sign_of(one) for one in (ONE, more, replace(ONE, unread=False))] == ["* ", "!!", "  "]
    ended = replace(ONE, kind=NoticeKind.CHECK_ENDED, params={"asked": "12", "answered": "11"})
    assert sign_of(ended) == "??"
    assert sign_of(replace(ended, kind=NoticeKind.PROMISE_COMPLETE)) == "* "
    assert sign_of(replace(ended, kind=NoticeKind.PROMISE_ASKED)) == "!!"
    assert list_lines([replace(ONE, unread=False)], "it")[0].startswith("   A-0007 ")
