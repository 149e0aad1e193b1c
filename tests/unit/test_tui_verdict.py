"""The sentences of a check, and the status a script reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.v1 import operator_pb2 as pb
from tui.check_messages import household_state
from tui.exits import Exit, exit_of_check, exit_of_error, strongest
from tui.model import CheckState, Finding, Person, Silent
from tui.verdict import body_of, rows, verdict_lines

TODAY = "2026-11-21"
GIVEN = Finding(member_kind="onlus", facet="food_voucher", when="2026-11", amount_band="under_50", status="given")
RESERVED = Finding(member_kind="parish", facet="food_parcel", when=TODAY, status="reserved")
MUTE = Silent("croce-verde", "Croce Verde", "unreachable")
REFUSING = Silent("mensa-est", "Mensa Est", "policy.denied")
WHOLE = CheckState(verdict="none_known", complete=True, asked=12, answered=12, nothing=12, day=TODAY)
PARTIAL = replace(WHOLE, complete=False, answered=11, nothing=11, silent=(MUTE,))
OVERLAP = replace(WHOLE, verdict="similar", nothing=10, findings=(GIVEN, RESERVED))


def said(state: CheckState, lang: str = "it") -> list[str]:
    return [f"{line.indent}{line.text}" for line in verdict_lines(state, lang)]


def test_complete_and_nothing() -> None:
    assert said(WHOLE)[0] == "Nessuna sovrapposizione condivisibile nota; hanno risposto tutti i 12 enti."
    assert said(WHOLE, "en")[0] == "No shareable overlap known; all 12 bodies have answered."
    assert said(replace(WHOLE, asked=2, answered=2))[0].endswith("; hanno risposto entrambi gli enti.")
    assert "l'unico ente" in said(replace(WHOLE, asked=1, answered=1))[0]


def test_partial_is_never_nothing() -> None:
    assert said(PARTIAL)[0] == "?? 1 ente su 12 non ha risposto: il risultato è parziale."
    assert "Nessuna" not in "".join(said(PARTIAL))
    assert "known" not in "".join(said(PARTIAL, "en"))


def test_incomplete_for_any_reason_is_partial() -> None:
    """A body that answered for a part of its records leaves the verdict incomplete though all have answered."""
    in_part = replace(WHOLE, complete=False, silent=(Silent("x", "Mensa Est", "coverage_partial"),))
    assert said(in_part)[0].startswith("?? 1 ente su 12")


def test_whom_consents_leave_out_is_said() -> None:
    out = "?? 2 enti non interrogati: il consenso non li comprende."
    assert said(replace(WHOLE, left_out=2))[1] == out
    assert said(replace(OVERLAP, left_out=2))[1] == out
    assert said(replace(WHOLE, left_out=1))[1] == "?? 1 ente non interrogato: il consenso non lo comprende."
    assert said(replace(WHOLE, left_out=1), "en")[1] == "?? 1 body was not asked: the consent does not reach it."


def test_who_was_not_asked_about_everybody_makes_the_result_partial() -> None:
    both = (Person("A", complete=True), Person("B", complete=True))
    state = replace(WHOLE, complete=False, answered=10, nothing=10, asked_in_part=2, household=both)
    assert said(state)[:3] == [
        "   nucleo: 2 di 2 verificati.",
        "?? 2 enti su 12 senza il consenso di tutti: il risultato è parziale.",
        "   Chi ha risposto non segnala aiuti: non basta per escluderli.",
    ]
    assert said(state, "en")[1] == "?? 2 of 12 bodies without the consent of all: the result is partial."
    silent = replace(state, answered=9, silent=(MUTE,))
    assert said(silent)[1].startswith("?? 1 ente su 12 non ha risposto, 2 senza il consenso di tutti:")
    waiting = replace(silent, waiting=True, provisional=True)
    assert said(waiting)[1] == "?? RISULTATO PROVVISORIO: 1 ente su 12 non ha ancora risposto."
    assert exit_of_check(state) is Exit.PARTIAL


def test_nobody_asked_is_not_nothing_known() -> None:
    for complete in (True, False):
        nobody = said(replace(WHOLE, complete=complete, asked=0, answered=0, nothing=0))
        assert nobody[0] == "?? Nessun ente della rete dà questo aiuto: nessuno è stato interrogato."


@pytest.mark.parametrize(
    ("silent", "refused", "it", "en"),
    [
        (0, 1, "1 ente su 12 ha rifiutato", "1 of 12 bodies refused"),
        (0, 2, "2 enti su 12 hanno rifiutato", "2 of 12 bodies refused"),
        (1, 1, "1 ente su 12 non ha risposto, 1 ha rifiutato", "1 of 12 bodies did not answer, 1 refused"),
        (2, 3, "2 enti su 12 non hanno risposto, 3 hanno rifiutato", "2 of 12 bodies did not answer, 3 refused"),
    ],
)
def test_who_refused_is_told_from_the_silent(silent: int, refused: int, it: str, en: str) -> None:
    answered = 12 - silent - refused
    state = replace(WHOLE, complete=False, answered=answered, silent=(MUTE,) * silent, refused=(REFUSING,) * refused)
    assert said(state)[0] == f"?? {it}: il risultato è parziale."
    assert said(state, "en")[0] == f"?? {en}: the result is partial."
    found = replace(state, findings=(GIVEN,), verdict="similar")
    assert said(found)[1] == f"?? RISULTATO PARZIALE: {it}."


def test_who_refused_is_not_awaited() -> None:
    waiting = replace(WHOLE, complete=False, answered=9, refused=(REFUSING,), waiting=True, provisional=True)
    assert said(waiting)[0] == "?? RISULTATO PROVVISORIO: 2 enti su 12 non hanno ancora risposto."


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("budget.answer", "troppe domande per oggi"),
        ("member.not_entitled", "domanda non ammessa a questo ente"),
        ("policy.basis", "le regole non lo permettono"),
        ("policy.unavailable", "regole non disponibili"),
        ("later.code", "per un motivo che questo programma non conosce"),
    ],
)
def test_who_refused_is_named_with_the_reason(code: str, why: str) -> None:
    row = rows(replace(PARTIAL, refused=(replace(REFUSING, reason=code),)), "it")[-1]
    assert (row.status, row.body, row.note) == ("RIFIUTO", "Mensa Est", why)


def test_findings_that_did_not_fit_are_at_least_said() -> None:
    assert said(replace(OVERLAP, omitted=2))[0] == "!! POSSIBILE SOVRAPPOSIZIONE: almeno 1 aiuto, 1 impegno di oggi."
    assert said(replace(OVERLAP, omitted=2), "en")[0].startswith("!! POSSIBLE OVERLAP: at least 1 aid")


def test_overlap_and_partial() -> None:
    both = replace(OVERLAP, complete=False, answered=9, nothing=7, silent=(MUTE, MUTE, MUTE))
    assert said(both) == [
        "!! POSSIBILE SOVRAPPOSIZIONE: 1 aiuto, 1 impegno di oggi.",
        "?? RISULTATO PARZIALE: 3 enti su 12 non hanno risposto.",
        "   La decisione resta all'operatore: il sistema informa, non nega.",
    ]


def test_same_need_counts_its_own_and_names_the_similar() -> None:
    same = replace(OVERLAP, verdict="same_need", findings=(GIVEN, replace(GIVEN, same_need=True), RESERVED))
    assert said(same)[0] == "!! STESSO BISOGNO (=): 1 aiuto, 2 altri simili."
    assert [row.status for row in rows(same, "it")] == ["TROVATO =", "TROVATO", "IMPEGNO", "nulla"]


def test_nothing_is_read_before_the_provisional_verdict() -> None:
    waiting = replace(WHOLE, complete=False, answered=2, nothing=2, waiting=True)
    assert said(waiting) == []
    provisional = said(replace(waiting, provisional=True))
    assert provisional[0] == "?? RISULTATO PROVVISORIO: 10 enti su 12 non hanno ancora risposto."
    assert said(replace(OVERLAP, complete=False, waiting=True, answered=11))[:2] == [
        "!! POSSIBILE SOVRAPPOSIZIONE: 1 aiuto, 1 impegno di oggi.",
        "?? RISULTATO PROVVISORIO: 1 ente su 12 non ha ancora risposto.",
    ]


def test_what_did_not_fit_reads_at_least() -> None:
    assert said(replace(OVERLAP, omitted=3))[0] == "!! POSSIBILE SOVRAPPOSIZIONE: almeno 1 aiuto, 1 impegno di oggi."
    assert "at least 1 aid" in said(replace(OVERLAP, omitted=3), "en")[0]


def test_late_answers_say_so() -> None:
    assert "   Aggiornato: 1 risposta è arrivata in ritardo." in said(replace(OVERLAP, late=1))


def test_bodies_with_nothing_are_counted_and_the_silent_named() -> None:
    table = rows(PARTIAL, "it")
    assert [(row.status, row.body, row.note) for row in table] == [
        ("nulla", "(altri 11 enti)", ""),
        ("MUTO", "Croce Verde", "non risponde"),
    ]


def test_who_gave_is_named_only_as_policy_shows() -> None:
    assert body_of(GIVEN, "it") == "un ente caritativo"
    assert body_of(replace(GIVEN, kind_hidden=True), "it") == "un ente del territorio"
    assert body_of(replace(GIVEN, member_name="Onlus Ponte"), "it") == "Onlus Ponte"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (Code.INPUT_IDENTIFIER_CHECK, 2),
        (Code.INPUT_SETTING, 2),
        (Code.SESSION_EXPIRED, 4),
        (Code.CONSENT_MISSING, 4),
        (Code.BUDGET_OPERATOR, 4),
        (Code.POLICY_DENIED, 4),
        (Code.MEMBER_NOT_ENTITLED, 4),
        (Code.NETWORK_UNREACHABLE, 3),
        (Code.NETWORK_DEADLINE, 3),
        (Code.DIRECTORY_EXPIRED, 1),
        (Code.LOG_BROKEN, 1),
        (Code.STORAGE_EXISTS, 1),
    ],
)
def test_exit_of_errors(code: Code, status: int) -> None:
    assert exit_of_error(MagliaError(code)) == status


def test_exit_of_checks() -> None:
    assert [exit_of_check(state) for state in (WHOLE, PARTIAL, OVERLAP, replace(OVERLAP, complete=False))] == [
        0,
        11,
        10,
        10,
    ]


def test_precedence() -> None:
    order = [Exit(status) for status in (130, 2, 4, 3, 1, 12, 10, 11, 0)]
    assert [strongest(*order[at:]) for at in range(len(order))] == order
    assert strongest(*reversed(order)) is Exit.INTERRUPTED


FOUND_ALL = (Person("A"), Person("B"))
ONE_MISSING = (Person("A"), Person("B", "consent.case_missing"))


def test_a_household_is_nothing_known_only_with_everybody_verified() -> None:
    assert said(replace(WHOLE, household=FOUND_ALL))[:2] == [
        "   nucleo: 2 di 2 verificati.",
        "Nessuna sovrapposizione condivisibile nota; hanno risposto tutti i 12 enti.",
    ]
    part = replace(WHOLE, household=ONE_MISSING, complete=False)
    assert said(part)[:2] == [
        "?? nucleo: 1 di 2 verificati: il risultato è parziale.",
        "   Chi ha risposto non segnala aiuti: non basta per escluderli.",
    ]
    assert said(part, "en")[0] == "?? household: 1 of 2 verified: the result is partial."
    both = replace(PARTIAL, household=ONE_MISSING)
    assert said(both)[:2] == [said(part)[0], said(PARTIAL)[0]]
    assert said(replace(WHOLE, household=ONE_MISSING, complete=False, waiting=True)) == [said(part)[0]]


def test_a_household_of_which_nobody_was_asked_about_is_refused() -> None:
    nobody = CheckState(verdict="none_known", household=(Person("A", "consent.missing"),) * 2, day=TODAY)
    assert said(nobody)[0] == "?? nucleo: 0 di 2 verificati: la rete non è stata interrogata."
    assert "Nessun ente" not in "".join(said(nobody))
    assert exit_of_check(nobody) is Exit.NOT_ALLOWED


def test_what_is_missing_for_another_is_not_the_first_persons_case() -> None:
    [row] = [row for row in rows(replace(WHOLE, household=ONE_MISSING), "it") if row.status == "MANCA"]
    assert (row.person, row.body) == (2, "B")
    assert row.note.endswith("registrarlo con «maglia case add» e ripetere.")
    other = replace(WHOLE, household=(Person("A", "budget.member"), Person("B", "later.code")), complete=False)
    assert [row.note[:21] for row in rows(other, "it") if row.person] == [
        "L'ente ha raggiunto i",
        "Per un motivo che que",
    ]


def test_a_nodes_word_is_not_taken_for_a_whole_household() -> None:
    """Someone unverified makes the whole partial, and it must speak of exactly those entered."""
    persons = [pb.HouseholdPerson(complete=True), pb.HouseholdPerson(unverified="consent.missing")]
    answered = pb.CheckHouseholdResponse(whole=pb.CheckResponse(complete=True, asked=1, answered=1), persons=persons)
    state = household_state(answered, ["A", "B"])
    assert (state.complete, [(one.code, one.unverified) for one in state.household]) == (
        False,
        [("A", ""), ("B", "consent.missing")],
    )
    for others in (["A"], ["A", "B", "C"]):
        with pytest.raises(MagliaError) as failure:
            household_state(answered, others)
        assert failure.value.code is Code.NETWORK_ANSWER
