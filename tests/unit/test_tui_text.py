"""Words, dates, amounts and remote text."""

from __future__ import annotations

import shlex

import pytest

from maglia.core.errors import Code, MagliaError, Sentence
from maglia.core.folding import fold, fold_sentence
from maglia.core.vocabulary import (
    SPECIAL_PREFIXES,
    AidStatus,
    AmountBand,
    Facet,
    Kind,
    MemberState,
    Purpose,
    Role,
    Silence,
)
from node.answer import ANSWERED_REFUSALS
from tui import labels
from tui.office_sentences import AT_THE_OFFICE, MESSAGES
from tui.text import code_sentence, command_lines, parse_amount, parse_day, plain, sentence_of, show_amount, show_when


def test_plain_text_keeps_names_and_drops_what_drives_a_terminal() -> None:
    assert plain("Caritas di Sant'Àngelo [/bad] 💚") == "Caritas di Sant'Àngelo [/bad] 💚"
    assert plain("a\x1b[31mb\x9b2J\x07\r\nc\u202ed\u200be\u2028f\ud800g") == "a [31mb 2J c d e f g"
    assert len(plain("x" * 10_000)) == 160


@pytest.mark.parametrize(("text", "cents"), [("40,00", 4000), ("1.234,50", 123450), ("7", 700), (" 12,5 € ", 1250)])
def test_amounts_are_read_strictly_and_shown_back(text: str, cents: int) -> None:
    assert parse_amount(text) == cents


@pytest.mark.parametrize("text", ["1234.50", "1,234.50", "", "abc", "1e3", "0,001", "Infinity", "12.34", "١٢"])
def test_doubtful_amounts_are_refused(text: str) -> None:
    with pytest.raises(MagliaError) as refused:
        parse_amount(text)
    assert refused.value.code is Code.INPUT_AMOUNT


@pytest.mark.parametrize("text", ["-1,00", "0,00"])
def test_amounts_are_above_zero(text: str) -> None:
    with pytest.raises(MagliaError) as refused:
        parse_amount(text)
    assert refused.value.code is Code.INPUT_AMOUNT_NEGATIVE


def test_amounts_shown() -> None:
    assert [show_amount(cents) for cents in (5, 4000, 123450, 123456789)] == [
        "0,05 €",
        "40,00 €",
        "1.234,50 €",
        "1.234.567,89 €",
    ]


@pytest.mark.parametrize("text", ["31/02/2026", "1/2/2026", "2026-02-01", "01/02/26", "", "01/13/2026"])
def test_impossible_dates_are_refused(text: str) -> None:
    with pytest.raises(MagliaError) as refused:
        parse_day(text)
    assert refused.value.code is Code.INPUT_DATE


def test_dates() -> None:
    assert parse_day("29/02/2024").isoformat() == "2024-02-29"
    assert show_when("2026-11", "2026-11-21", "it") == "11/2026"
    assert show_when("2026-11-21", "2026-11-21", "it") == "oggi"
    assert show_when("2026-11-03", "2026-11-21", "en") == "03/11/2026"
    assert show_when("", "2026-11-21", "it") == "riservato"
    assert show_when("2026-99-99", "2026-11-21", "it") == "2026-99-99"


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (labels.FACETS, Facet),
        (labels.KINDS, Kind),
        (labels.PURPOSES, Purpose),
        (labels.BANDS, AmountBand),
        (labels.SILENCES, Silence),
        (labels.STATUSES, AidStatus),
        (labels.ROLES, Role),
        (labels.STATES, MemberState),
    ],
)
def test_every_code_has_a_label(table: labels.Labels, codes: type) -> None:
    assert set(table) == set(codes)  # type: ignore[call-overload]  # an enumeration is iterable
    assert all(table.values())


def test_every_refusal_that_is_an_answer_has_words() -> None:
    assert ANSWERED_REFUSALS - {Code.POLICY_BASIS} <= set(labels.REFUSALS)
    for code in ANSWERED_REFUSALS:
        assert code.value not in {labels.refusal(code, "it"), labels.refusal(code, "en")}


def test_a_code_of_a_later_version_is_shown_as_it_is() -> None:
    assert labels.label(labels.FACETS, "new\x1b_facet", "it") == "new _facet"


def test_a_facet_of_a_special_category_is_named_by_its_category() -> None:
    assert labels.label(labels.FACETS, "violence_shelter", "it") == "Violenza (shelter)"
    assert labels.label(labels.FACETS, "health_home_care", "en") == "Health (home care)"
    for prefix in SPECIAL_PREFIXES:
        assert labels.label(labels.FACETS, f"{prefix}x", "it").endswith(" (x)")


def test_an_unknown_facet_is_answered_with_every_code_and_its_word() -> None:
    error = MagliaError(Code.INPUT_FACET, value="bread", allowed=", ".join(Facet))
    for lang in ("it", "en"):
        said = sentence_of(error, lang).next_action
        for facet in Facet:
            assert f"{facet} ({labels.label(labels.FACETS, facet, lang).lower()})" in said
        assert max(map(len, fold_sentence(said).splitlines())) <= 80


def test_a_sentence_is_folded_between_commands() -> None:
    said = fold_sentence(
        f"{'parola ' * 10}Elencare con maglia bando list, o con «maglia bando show B-0001» e ripetere."
    )
    assert said.count("\n") == 1
    assert "maglia bando list," in said
    assert "«maglia bando show B-0001»" in said


def test_long_lines_go_on_below_their_beginning() -> None:
    said = "  aiuti: " + ", ".join(["Sostegno reddito"] * 12)
    first, *rest = fold([said, "breve"])
    assert max(map(len, (first, *rest))) <= 80
    assert first.startswith("  aiuti: Sostegno")
    assert all(line.startswith("    Sostegno") or line.startswith("    reddito") for line in rest[:-1])
    assert " ".join(" ".join((first, *rest)).split()) == f"{said.strip()} breve"
    assert fold(["colonna   larga\n  sotto"]) == ["colonna   larga", "  sotto"]


def test_a_long_command_can_be_copied_into_a_shell() -> None:
    assert command_lines("Poi", "maglia audit verify") == ["Poi: maglia audit verify"]
    words = ["maglia", "office", "revoke", "onlus-ponte", "--reason", "due parole", *["--member", "comune-esempio"] * 6]
    said, *rows = command_lines("Per continuarla", shlex.join(words), "  ")
    assert said == "  Per continuarla:"
    assert max(map(len, rows)) <= 80
    assert all(row.endswith(" \\") for row in rows[:-1])
    assert shlex.split("\n".join(rows).replace("\\\n", "")) == words  # as a shell joins them
    cut = "maglia office revoke x --reason 'troppo lunga " + "e ancora " * 20
    assert " ".join(" ".join(command_lines("Poi", cut)).split()) == f"Poi: {cut.strip()}"


def test_parameters_of_remote_errors_are_plain() -> None:
    error = MagliaError(Code.MEMBER_UNKNOWN, member="\x1b[31m[/bad]\u202e")
    assert sentence_of(error, "it").message == "L'ente «[31m[/bad]» non è nella rete."


def test_problem_codes_read_as_sentences() -> None:
    assert code_sentence("network.deadline", "it").endswith("Guardare se è avvenuta; se no, riprovare tra poco.")
    assert code_sentence("new\x1b.code", "it") == (
        "Per un motivo che questo programma non conosce (new .code): aggiornarlo, o chiedere al responsabile."
    )


def test_an_officer_is_sent_to_nobody_elses_office() -> None:
    unknown = MagliaError(Code.MEMBER_UNKNOWN, member="onlus-x")
    assert sentence_of(unknown, "it", at_office=True) == Sentence(
        "L'ente «onlus-x» non è nella rete.", "Ricopiare il nome breve da «maglia office list» e ripetere."
    )
    assert "ufficio" in sentence_of(unknown, "it").next_action
    for code in (*AT_THE_OFFICE, *MESSAGES):
        for lang in ("it", "en"):
            said = sentence_of(MagliaError(code), lang, at_office=True)
            assert said != sentence_of(MagliaError(code), lang)
            for nobody in ("amministratore del nodo", "dell'ente", "con l'ufficio", "maglia-node"):
                assert nobody not in said.next_action


def test_one_of_something_is_in_the_singular() -> None:
    def told(seconds: int, lang: str) -> str:
        return sentence_of(MagliaError(Code.SESSION_THROTTLED, seconds=seconds), lang).next_action

    assert told(1, "it") == "Attendere 1 secondo e riprovare."
    assert told(1, "en") == "Wait 1 second and retry."
    assert (told(11, "it"), told(2, "it")) == ("Attendere 11 secondi e riprovare.", "Attendere 2 secondi e riprovare.")


def test_whose_signatures_lack_is_said_in_words() -> None:
    said = MagliaError(Code.DIRECTORY_ROOT_SIGNATURES, signed=1, threshold=2, whose="new root").sentence("it").message
    assert said == "Alla radice mancano firme: 1 di 2 (custodi nuovi)."
