"""The import a body has, while its node serves: nothing twice, nothing lost, each bad row told."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from demo.records import HEADER
from maglia.core.identifiers import tax_code_check_letter
from tests.e2e.live import Ended, LiveNetwork

pytestmark = pytest.mark.xdist_group("network")

FIRST_15 = "XQZXQZ70A01H501"
CODE = FIRST_15 + tax_code_check_letter(FIRST_15)
GOOD = {
    "chiave": "prova-1",
    "codice": CODE,
    "aiuto": "food_parcel",
    "data": "20/11/2026",
    "importo": "25,00",
    "stato": "dato",
    "base": "consenso",
    "consenso": "20/11/2026",
    "informativa": "2026-1",
    "lingua": "it",
    "visibilita": "rete",
}
BAD_ROWS = {
    "importo": "-5,00",
    "data": "31/02/2026",
    "codice": CODE[:-1],
    "aiuto": "caviar",
}


def _write(path: Path, rows: list[dict[str, str]], *, delimiter: str = ";", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, HEADER, delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _import(network: LiveNetwork, path: Path) -> Ended:
    return network.on_node("dispensa-fiume", "import", str(path), "--json")


def _counts(ended: Ended) -> tuple[int, int, int]:
    return ended.document["added"], ended.document["unchanged"], ended.document["rejected"]


def test_the_same_import_twice_adds_nothing(network: LiveNetwork, tmp_path: Path) -> None:
    path = _write(tmp_path / "aiuti.csv", [{**GOOD, "chiave": f"due-volte-{n}"} for n in range(3)])
    first, second = _import(network, path), _import(network, path)
    assert (first.status, _counts(first)) == (0, (3, 0, 0)), first
    assert (second.status, _counts(second)) == (0, (0, 3, 0)), second


def test_bad_rows_are_told_and_good_rows_are_kept(network: LiveNetwork, tmp_path: Path) -> None:
    bad = [{**GOOD, "chiave": f"sbagliata-{column}", column: value} for column, value in BAD_ROWS.items()]
    path = _write(tmp_path / "aiuti.csv", [{**GOOD, "chiave": "buona"}, *bad])
    ended = _import(network, path)
    assert (ended.status, _counts(ended)) == (12, (1, 0, len(bad))), ended
    with Path(ended.document["rejects_file"]).open(encoding="utf-8-sig", newline="") as file:
        rejected = list(csv.DictReader(file, delimiter=";"))
    assert [(row["riga"], row["colonna"]) for row in rejected] == [
        (str(number), column) for number, column in enumerate(BAD_ROWS, start=3)
    ]
    assert all(row["motivo"].endswith(".") and row["prossimo passo"].endswith(".") for row in rejected)
    assert CODE not in ended.out + ended.err


def test_an_imported_aid_is_found_by_the_others(network: LiveNetwork, tmp_path: Path) -> None:
    asker = network.case("overlap")["asker"]
    first_15 = "XQWXQW71A01H501"
    code = first_15 + tax_code_check_letter(first_15)
    assert _import(network, _write(tmp_path / "uno.csv", [{**GOOD, "chiave": "trovato", "codice": code}])).status == 0
    consent = (
        "consent",
        "add",
        code,
        "--purpose",
        "aid_overlap",
        "--notice",
        "2026-1",
        "--date",
        "20/11/2026",
        "--json",
    )
    assert network.console(asker, *consent).status == 0
    question = ("check", code, "--facet", "food_parcel", "--purpose", "aid_overlap", "--json")
    for _ in range(15):
        ended = network.console(asker, *question)
        if ended.document.get("complete"):
            break
    assert (ended.status, len(ended.document["findings"])) == (10, 1), ended


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"chiave;codice\n\xff\xfe\x00bad;x\n", "input."),
        (b"one column only\nx\n", "input."),
        (";".join(HEADER[1:3]).encode() + b"\na;b\n", "input.column"),
        (b"", "input."),
    ],
)
def test_an_unreadable_file_is_one_sentence(network: LiveNetwork, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "aiuti.csv"
    path.write_bytes(content)
    ended = _import(network, path)
    assert ended.status == 2, ended
    assert ended.document["code"].startswith(code)
    assert ended.document["next_action"].endswith(".")
