"""The papers that a person is given: what they say, that they never vary, and where they are written."""

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import CONSENT_DAYS, LOG_MONTHS, LONG_RETENTION_MONTHS, RETENTION_MONTHS, Basis, Purpose
from tui.papers.consent_paper import Controller, notice_text, print_notice
from tui.papers.forms import Form
from tui.papers.notices import all_notices, find_notice
from tui.papers.roll import in_ascii
from tui.papers.writing import check_name, write_paper

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "tui" / "papers" / "texts"
EMPORIO = Controller("Emporio Nord", "sportello@emporio-nord.example", "distretto-prova", "dpo@emporio-nord.example")
LANGUAGES = ("it", "en")
BASES = (Basis.CONSENT, Basis.PUBLIC_TASK)
CODE = "XQZXQW97D64A794S"


@cache
def printed(language: str, basis: Basis, who: Controller = EMPORIO, *purposes: Purpose) -> PdfReader:
    return PdfReader(io.BytesIO(print_notice(find_notice("", language), basis, who, purposes)[0]))


def text_of(paper: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in paper.pages).split())


PUBLISHED = {
    ("2026-1", "it", "consent"): "a2002dc94484dace",
    ("2026-1", "it", "public_task"): "d3e6493258bc223a",
    ("2026-1", "en", "consent"): "f69b976d6f39ceb2",
    ("2026-1", "en", "public_task"): "eda20477d3a662a1",
}
"""SHA-256, shortened, of each paper's text, with its numbers: a consent on record names a version, so that a
text that changes gets a new one."""


def test_what_was_published_under_a_version_stays_as_it_was() -> None:
    assert {(notice.version, notice.language) for notice in all_notices()} == {name[:2] for name in PUBLISHED}
    found = {name: text_of(printed(name[1], Basis(name[2]))) for name in PUBLISHED}
    assert {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in found.items()} == PUBLISHED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("basis", BASES)
def test_the_same_paper_is_the_same_bytes_whenever_it_is_printed(language: str, basis: Basis) -> None:
    notice = find_notice("", language)
    with time_machine.travel("2026-03-01"):
        first = print_notice(notice, basis, EMPORIO)
    with time_machine.travel("2031-07-09 12:00"):
        assert print_notice(notice, basis, EMPORIO) == first


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("basis", "pages"), [(Basis.CONSENT, 3), (Basis.PUBLIC_TASK, 2)])
def test_a_paper_is_a4_tagged_and_names_its_language_version_and_page(language: str, basis: Basis, pages: int) -> None:
    notice, paper = find_notice("", language), printed(language, basis)
    assert len(paper.pages) == pages
    root: Any = paper.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)
    kinds = [kid.get_object()["/S"] for kid in root["/StructTreeRoot"]["/K"][0]["/K"]]
    assert kinds[0] == "/H1"
    assert {"/H1", "/H2", "/P"} == set(kinds)
    assert paper.metadata is not None
    assert paper.metadata.title == notice.title
    for number, page in enumerate(paper.pages, 1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        foot = page.extract_text()
        assert f"{notice.version}" in foot
        assert f"{notice.page} {number}/{pages}" in foot
        assert all("/FontFile2" in font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts_of(page))


def fonts_of(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


SAID = {
    ("it", Basis.CONSENT): (
        "viene quindi a sapere che abbiamo chiesto di lei",
        "Il suo nome e il suo codice non escono",
        "Se dice di no, non perde l'aiuto",
        "Nessun rifiuto è automatico",
        "a qualunque nostro sportello",
        "Garante per la protezione dei dati personali",
        "contributi per l'affitto, contributi per le bollette e bandi",
        "letti ad alta voce",
        "Firma della persona",
    ),
    ("en", Basis.CONSENT): (
        "so it learns that we asked about you",
        "Your name and your code do not leave",
        "If you say no, you do not lose the help",
        "No refusal is automatic",
        "at any of our counters",
        "the Garante",
        "contributions for rent, contributions for bills and calls for applicants",
        "read aloud",
        "Signature of the person",
    ),
    ("it", Basis.PUBLIC_TASK): (
        "viene quindi a sapere",
        "compito di interesse pubblico",
        "Opporsi",
        "Non perde l'aiuto",
    ),
    ("en", Basis.PUBLIC_TASK): ("so it learns", "task in the public interest", "To object", "You do not lose the help"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("basis", BASES)
def test_a_notice_says_what_a_person_must_know(language: str, basis: Basis) -> None:
    said = text_of(printed(language, basis))
    for sentence in (*SAID[language, basis], EMPORIO.name, EMPORIO.contact, EMPORIO.dpo, EMPORIO.network):
        assert sentence in said
    for months in (RETENTION_MONTHS, LONG_RETENTION_MONTHS, LOG_MONTHS):
        assert re.search(rf"{months} (mesi|months)", said)
    if basis is Basis.CONSENT:
        assert re.search(rf"{CONSENT_DAYS} (giorni|days)", said)


def test_a_public_body_s_notice_has_nothing_to_sign() -> None:
    assert "Firma" not in text_of(printed("it", Basis.PUBLIC_TASK))


def test_each_notice_has_words_for_each_purpose_that_the_rules_open_on_its_basis() -> None:
    rules = json.loads((ROOT / "policies" / "maglia" / "purposes" / "data.json").read_text())
    for notice in all_notices():
        for basis in BASES:
            opened = {
                purpose
                for purpose, rule in rules.items()
                if basis.value in {one for named in rule["bases"].values() for one in named}
            }
            assert set(notice.purposes[basis]) == opened


def test_only_the_purposes_named_are_on_the_form() -> None:
    words = find_notice("", "it").purposes[Basis.CONSENT]
    said = text_of(printed("it", Basis.CONSENT, EMPORIO, Purpose.REFERRAL))
    assert said.count(words[Purpose.REFERRAL]) == 2
    assert words[Purpose.AID_OVERLAP] not in said
    with pytest.raises(MagliaError) as refused:
        printed("it", Basis.CONSENT, EMPORIO, Purpose.RENT_SUBSIDY)
    assert refused.value.code is Code.INPUT_PURPOSE
    assert refused.value.params["allowed"] == "aid_overlap, referral"


def test_what_is_not_known_of_a_body_is_left_to_fill_in_and_no_name_breaks_the_page() -> None:
    said = text_of(printed("it", Basis.CONSENT, Controller("Onlus [/b] **x** $dpo \x1b[31m 援助 €", "", "rete")))
    assert "Onlus [/b] **x** $dpo [31m ?? €" in said
    assert "Responsabile della protezione dei dati: ____" in said
    assert len(printed("it", Basis.CONSENT, Controller("Ente " * 40, "x" * 300, "r" * 60)).pages) in {3, 4}


def own(folder: Path, name: str = "2026-2.it.toml", **changes: str) -> Path:
    """Write a body's own notice: the program's, with lines changed."""
    text = (TEXTS / "2026-1.it.toml").read_text()
    text = text.replace('version = "2026-1"', 'version = "2026-2"').replace("date = 2026-01-01", "date = 2026-05-01")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / name).write_text(text)
    return folder


def test_a_body_s_own_newer_text_is_the_one_that_is_read(tmp_path: Path) -> None:
    own(tmp_path, Garante="Garante privacy")
    notice = find_notice("", "it", tmp_path)
    assert (notice.version, notice.date) == ("2026-2", date(2026, 5, 1))
    assert "Garante privacy" in text_of(PdfReader(io.BytesIO(print_notice(notice, Basis.CONSENT, EMPORIO)[0])))
    assert find_notice("", "en", tmp_path).version == "2026-1"
    assert find_notice("2026-1", "it", tmp_path).version == "2026-1"


@pytest.mark.parametrize(("version", "language"), [("2025-9", "it"), ("", "fr"), ("2026-1", "fr")])
def test_a_notice_that_is_not_there_is_refused_with_those_that_are(version: str, language: str) -> None:
    with pytest.raises(MagliaError) as refused:
        find_notice(version, language)
    assert refused.value.code is Code.INPUT_NOTICE
    assert "2026-1 (it)" in refused.value.sentence("it").next_action
    assert "2026-1 (en)" in refused.value.sentence("en").next_action


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("2026-1.it.toml", {'version = "2026-2"': 'version = "2026-1"'}),  # one version is one text
        ("2026-3.it.toml", {}),
        ("2026-2.it.toml", {"$rent_months": "$rent_moths"}),
        ("2026-2.it.toml", {"$network": "$"}),
        ("2026-2.it.toml", {"[form.kinds]": "[form.sorts]"}),
        ("2026-2.it.toml", {'parish = "': 'parrocchia = "'}),
        ("2026-2.it.toml", {'subtitle = "': 'sottotitolo = "'}),
        ("2026-2.it.toml", {'reader = "': 'lettore = "'}),
        ("2026-2.it.toml", {'basis = "consent"': 'basis = "consenso"'}),
        ("2026-2.it.toml", {"boxed = true": "riquadro = true"}),
        ("2026-2.it.toml", {"2026-05-01": '"oggi"'}),
        ("2026-2.it.toml", {'language = "it"': "language = 3"}),
        ("2026-2.it.toml", {"Prima di aiutarla": "Prima " * 500}),
        ("2026-2.it.toml", {"[[section]]": "[[section"}),
    ],
)
def test_a_text_with_a_mistake_is_refused_by_its_file_s_name(
    tmp_path: Path, name: str, changes: dict[str, str]
) -> None:
    with pytest.raises(MagliaError) as refused:
        all_notices(own(tmp_path, name, **changes))
    assert (refused.value.code, refused.value.params["file"]) == (Code.INPUT_FILE_CONTENT, name)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MagliaError) as refused:
        all_notices(tmp_path / "informative")
    assert (refused.value.code, refused.value.params["file"]) == (Code.INPUT_FILE, "informative")


def test_a_text_that_the_font_cannot_write_is_refused(tmp_path: Path) -> None:
    notice = find_notice("2026-2", "it", own(tmp_path, Garante="監察機関"))
    with pytest.raises(MagliaError) as refused:
        print_notice(notice, Basis.CONSENT, EMPORIO)
    assert (refused.value.code, refused.value.params["file"]) == (Code.INPUT_FILE_CONTENT, "2026-2.it.toml")


def test_a_paper_never_takes_another_file_s_place_unasked(tmp_path: Path) -> None:
    path = tmp_path / "informativa.pdf"
    check_name(path, force=False)
    write_paper(path, b"one")
    with pytest.raises(MagliaError) as refused:
        check_name(path, force=False)
    assert refused.value.code is Code.INPUT_FILE_EXISTS
    check_name(path, force=True)
    write_paper(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", [f"{CODE}.pdf", f"consenso-{CODE.lower()}.pdf", f"{CODE}_2026"])
def test_a_file_is_never_named_after_a_person_s_code(tmp_path: Path, name: str) -> None:
    with pytest.raises(MagliaError) as refused:
        check_name(tmp_path / name, force=True)
    assert refused.value.code is Code.INPUT_FILE_NAME
    assert CODE.lower() not in str(refused.value.sentence("it")).lower()


@pytest.mark.parametrize("place", ["nowhere/informativa.pdf", "a-file/informativa.pdf", "a-folder"])
def test_a_paper_that_cannot_be_written_leaves_nothing(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").write_bytes(b"")
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(MagliaError) as refused:
        write_paper(tmp_path / place, b"paper")
    assert refused.value.code is Code.INPUT_FILE_WRITE
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "a-file", tmp_path / "a-folder"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_notice_fits_a_roll_and_says_what_the_pdf_says(language: str, basis: Basis, columns: int) -> None:
    text = notice_text(find_notice("", language), basis, EMPORIO, form=Form.ROLL, columns=columns)
    assert text.isascii()
    assert not set("\f\x1b\r\t") & set(text)
    assert max(map(len, text.split("\n"))) <= columns
    assert text.rstrip().endswith("8<")
    whole = "".join(text.replace("e'", "è").split()).casefold()
    for sentence in SAID[language, basis]:
        assert "".join(in_ascii(sentence).replace("e'", "è").split()).casefold() in whole


def test_plain_text_keeps_every_letter_within_eighty_columns() -> None:
    text = notice_text(find_notice("", "it"), Basis.CONSENT, EMPORIO)
    assert max(map(len, text.split("\n"))) <= 80
    assert "viene quindi a sapere che abbiamo chiesto di lei" in " ".join(text.split())
    assert "più" in text


def test_a_notice_in_another_script_is_not_printed_on_a_roll_as_question_marks(tmp_path: Path) -> None:
    content = (TEXTS / "2026-1.it.toml").read_text("utf-8")
    changed = content.replace('language = "it"', 'language = "uk"').replace("In breve", "Коротко")
    (tmp_path / "2026-1.uk.toml").write_text(changed, "utf-8")
    notice = find_notice("", "uk", tmp_path)
    assert "Коротко" in notice_text(notice, Basis.CONSENT, EMPORIO)
    with pytest.raises(MagliaError) as refused:
        notice_text(notice, Basis.CONSENT, EMPORIO, form=Form.ROLL)
    assert refused.value.code is Code.INPUT_FILE_CONTENT
