"""The receipt: what it tells the person, what it keeps from whoever finds it, and that every printer can print it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from maglia.core.errors import Code, MagliaError
from tui.handout import hand_out_receipt
from tui.papers.forms import Form, form_of
from tui.papers.receipt import Followed, Receipt, masked, receipt_stem, receipt_text, write_receipt
from tui.papers.roll import in_ascii

CODE = "XQZXQW97D64A794S"
GIVEN = Receipt(
    record_id="a7b3c9d1" + "0" * 24,
    body="Emporio Nord",
    contact="sportello@emporio-nord.example",
    facet="food_parcel",
    day="2026-11-21",
    amount_cents=4_000,
    made=date(2026, 11, 22),
    code=CODE,
    followed=Followed("V-0a1b2c3d4e", 9, 12, complete=False),
    dpo="dpo@emporio-nord.example",
)
PROMISED = replace(GIVEN, status="reserved", until_ms=1_795_430_000_000, day="2026-11-23")
LONG = replace(
    GIVEN,
    body="Società di San Vincenzo de’ Paoli – Conferenza di Santa Maria delle Grazie in Borgo Nuovo [/bad] \x1b[31m"
    * 2,
    contact="https://sportello-con-un-nome-molto-lungo-che-non-si-spezza.emporio-nord.example/contatti?da=ricevuta",
)
IT = (
    "Ricevuta n. a7b3c9d1", "Aiuto dato", "Emporio Nord", "sportello@emporio-nord.example", "Spesa", "21/11/2026",
    "************794S", "V-0a1b2c3d4e", "hanno risposto 9 enti su 12", "parziale", "dpo@emporio-nord.example",
    "22/11/2026",
)  # fmt: skip
EN = (
    "Receipt no. a7b3c9d1", "Help given", "Emporio Nord", "Food parcel", "answered by 9 bodies of 12", "partial result",
    "dpo@emporio-nord.example",
)  # fmt: skip


def words(text: str) -> str:
    return " ".join(text.split()).casefold()


def pdf_text(path: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(path).pages)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize(("language", "said"), [("it", IT), ("en", EN)])
def test_it_says_what_was_given_by_whom_and_whom_to_ask(
    tmp_path: Path, form: Form, language: str, said: tuple[str, ...]
) -> None:
    path = write_receipt(replace(GIVEN, language=language), tmp_path / f"r{form.suffix}", form)
    text = words(pdf_text(path) if form is Form.PDF else path.read_text("utf-8"))
    for part in said:
        assert words(part) in text, part
    assert ("40,00 eur" if form is Form.ROLL else "40,00 €") in text
    assert CODE.casefold() not in text
    assert path.stat().st_mode & 0o777 == 0o600


def test_nobody_is_named_by_the_file_nor_by_what_the_file_says_of_itself(tmp_path: Path) -> None:
    assert receipt_stem(GIVEN) == "ricevuta-a7b3c9d1"
    path = write_receipt(GIVEN, tmp_path / f"{receipt_stem(GIVEN)}.pdf", Form.PDF)
    paper = PdfReader(path)
    assert paper.metadata is not None
    assert paper.metadata.title == "Ricevuta n. a7b3c9d1"
    assert CODE not in str(paper.metadata)
    for name in (f"{CODE}.pdf", path.name):
        with pytest.raises(MagliaError) as refused:
            write_receipt(GIVEN, tmp_path / name, Form.PDF)
        assert refused.value.code in {Code.INPUT_FILE_NAME, Code.INPUT_FILE_EXISTS}


def test_a_promise_says_until_when_and_that_nothing_was_given_yet() -> None:
    text = words(receipt_text(PROMISED))
    assert words("Aiuto promesso, non ancora dato") in text
    assert words("Promesso il: 23/11/2026") in text
    assert "fino al: " in text
    assert "dato il" not in text


@pytest.mark.parametrize("facet", ["violence_shelter", "health_visits", "addiction_service"])
def test_help_of_a_special_category_is_not_named(facet: str) -> None:
    text = words(receipt_text(replace(GIVEN, facet=facet)))
    assert words("Aiuto di questo ente") in text
    for word in ("violen", "salute", "dipenden", *facet.split("_")):
        assert word not in text


def test_without_an_officer_for_data_the_body_itself_is_asked() -> None:
    alone = receipt_text(replace(GIVEN, dpo=""))
    assert words("Si chiede a: sportello@emporio-nord.example") in words(alone)
    assert words("Si chiede a: questo sportello") in words(receipt_text(replace(GIVEN, dpo="", contact="")))


@pytest.mark.parametrize("status", ["cancelled", "corrected", ""])
def test_what_was_neither_given_nor_promised_gets_no_receipt(tmp_path: Path, status: str) -> None:
    with pytest.raises(MagliaError) as refused:
        write_receipt(replace(GIVEN, status=status), tmp_path / "r.txt", Form.TEXT)
    assert refused.value.code is Code.INPUT_RECORD_NO_RECEIPT
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("code", "shown"),
    [(CODE, "************794S"), ("12345678901", "********901"), ("NOME:7", "NOME:7"), ("AB12", "***2"), ("", "")],
)
def test_of_a_code_only_the_end_is_shown(code: str, shown: str) -> None:
    assert masked(code) == shown


@pytest.mark.parametrize("columns", range(32, 49))
@pytest.mark.parametrize("receipt", [GIVEN, PROMISED, LONG, replace(LONG, language="en")], ids=range(4))
def test_a_roll_is_narrow_ascii_without_orders_and_ends_with_a_line_to_cut(receipt: Receipt, columns: int) -> None:
    text = receipt_text(receipt, Form.ROLL, columns)
    assert max(map(len, text.split("\n"))) <= columns
    assert all(char == "\n" or " " <= char <= "~" for char in text)
    last = text.rstrip("\n").split("\n")[-1]
    assert last.startswith("- - - ")
    assert last.endswith("8<")
    assert words(receipt.number) in words(text)


def test_plain_text_has_no_line_beyond_eighty_and_no_orders() -> None:
    text = receipt_text(LONG)
    assert max(map(len, text.split("\n"))) <= 80
    assert "\x1b" not in text
    assert "Società di San Vincenzo" in text


@pytest.mark.parametrize("columns", [31, 49, 0, 80])
def test_a_width_that_no_roll_has_is_refused(columns: int) -> None:
    with pytest.raises(MagliaError) as refused:
        receipt_text(GIVEN, Form.ROLL, columns)
    assert refused.value.code is Code.INPUT_CHOICE


@pytest.mark.parametrize(
    ("text", "ascii_text"),
    [
        ("È così: perché la città è più bella", "E' cosi': perche' la citta' e' piu' bella"),
        ("«40,00 €» – “sì”… Société", '"40,00 EUR" - "si\'"... Societe\''),
        ("Nuñez, Łódź, Straße, piéton", "Nunez, Lodz, Strasse, pieton"),
        ("Допомога", "????????"),
    ],
)
def test_letters_are_written_as_italian_receipts_write_them(text: str, ascii_text: str) -> None:
    assert in_ascii(text) == ascii_text


@pytest.mark.parametrize(
    ("name", "roll", "form"),
    [("r.pdf", False, Form.PDF), ("R.TXT", False, Form.TEXT), ("r.txt", True, Form.ROLL), ("", True, Form.ROLL)],
)
def test_the_name_of_the_file_says_its_form(name: str, roll: bool, form: Form) -> None:
    assert form_of(Path(name) if name else None, roll=roll) is form


@pytest.mark.parametrize(("name", "roll"), [("r.pdf", True), ("r.doc", False), ("r", False)])
def test_another_name_is_refused(name: str, roll: bool) -> None:
    with pytest.raises(MagliaError) as refused:
        form_of(Path(name), roll=roll)
    assert refused.value.code is Code.INPUT_PAPER_NAME


def test_screens_hand_it_out_under_a_name_that_nothing_has(tmp_path: Path) -> None:
    names = [hand_out_receipt(GIVEN, tmp_path, form).name for form in (Form.PDF, Form.PDF, Form.ROLL)]
    assert names == ["ricevuta-a7b3c9d1.pdf", "ricevuta-a7b3c9d1-2.pdf", "ricevuta-a7b3c9d1.txt"]
