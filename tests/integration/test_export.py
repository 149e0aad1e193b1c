"""All that a body keeps, taken out: every table, opened, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from maglia.core.bundle import build_bundle, open_bundle
from maglia.core.identifiers import parse_identifier, parse_need, tax_code_check_letter
from maglia.core.vocabulary import AidStatus, Basis, Frequency, Kind, MeansTest, Role
from maglia.policy.engine import merged_data
from node.domain.export import ExportedTable, Type
from node.domain.model import Operator
from node.domain.names import NamedAid, read_name
from node.domain.national_flow import problems
from node.exporting import export_all
from node.household_file import set_household
from node.store import tables
from node.store.exports import EXPORTED, NOT_EXPORTED
from node.store.sql import SqlStore
from tests.clerk import CONSENT, TODAY, StoppedClock, fictional_code, open_store, person, record

ANNA = Operator("anna", "Anna", Role.OFFICER)
POLICIES = Path(__file__).parents[2] / "policies"
STP = parse_identifier("STP0309990000001")
NEED = parse_need("POD:IT001E12345678")
FULL = replace(
    record(person(1), creditor="Immobiliare Àrgine", need=NEED, source_key="k1"),
    protocol="PG/12",
    means_test=MeansTest.ISEE,
)


@pytest.fixture
def store(tmp_path: Path, node_database: str) -> Iterator[SqlStore]:
    store = open_store(node_database or tmp_path / "node.db")
    yield store
    store.close()


def taken_out(store: SqlStore, kind: Kind = Kind.COMUNE) -> dict[str, ExportedTable]:
    bundle, revision = build_bundle(POLICIES)
    rules = merged_data(open_bundle(bundle, revision))["maglia"]
    return {one.name: one for one in export_all(store, rules, kind, "Comune di Prova", revision)}


def rows(table: ExportedTable) -> list[dict[str, str]]:
    titles = [column.title for column in table.columns]
    return [dict(zip(titles, row, strict=True)) for row in table.rows]


def test_every_table_is_taken_out_or_is_said_not_to_be() -> None:
    assert EXPORTED.isdisjoint(NOT_EXPORTED)
    assert EXPORTED | NOT_EXPORTED.keys() == set(tables.metadata.tables)


def test_what_is_sealed_is_opened_for_the_body_itself(store: SqlStore) -> None:
    number = store.add_record(FULL, "anna")
    store.add_consent(person(2), CONSENT, "anna")
    store.add_note(person(1), "chiamare dopo le 18", "anna")
    who = read_name("Xqzar Wqzidi", "1970-01-02", "Prova", TODAY)
    named = NamedAid("food_parcel", TODAY, 10_00, AidStatus.GIVEN, Basis.CONSENT, "Emporio")
    store.add_named_person(who, named, "anna")
    set_household(store, StoppedClock(), ANNA, adults=[fictional_code(1)], minors=[fictional_code(3)], since="")
    store.add_record(record(STP, source_key="k2"), "anna")
    store.link(STP, person(2), "anna")
    out = taken_out(store)
    assert [(row["codice"], row["codice precedente"]) for row in rows(out["Codici precedenti"])] == [
        (fictional_code(2), STP.text)
    ]
    [aid] = [row for row in rows(out["Aiuti"]) if row["chiave"] == "k1"]
    assert (aid["registrazione"], aid["chiave"], aid["codice"]) == (number, "k1", fictional_code(1))
    assert (aid["creditore"], aid["fornitura"], aid["protocollo"]) == ("Immobiliare Àrgine", NEED.text, "PG/12")
    assert (aid["data"], aid["importo"], aid["consenso ritirato"]) == ("2025-05-01", "90000", "no")
    assert [row["codice"] for row in rows(out["Persone"])] == [fictional_code(1), fictional_code(2), STP.text]
    assert [row["codice"] for row in rows(out["Consensi"])] == [fictional_code(2)]
    assert [row["nota"] for row in rows(out["Note"])] == ["chiamare dopo le 18"]
    assert [(row["nome"], row["nascita"]) for row in rows(out["Persone senza codice"])] == [(who.name, "1970-01-02")]
    assert [row["creditore"] for row in rows(out["Aiuti senza codice"])] == ["Emporio"]
    assert {(row["persona"], row["età"]) for row in rows(out["Nuclei"])} == {
        (fictional_code(1), "adult"),
        (fictional_code(3), "minor"),
    }
    assert "record.added" in {row["che cosa"] for row in rows(out["Registro delle modifiche"])}
    assert out["Aiuti"].columns[5].type is Type.CENTS


def test_long_tables_are_read_whole(store: SqlStore) -> None:
    store.import_records([record(person(n % 7), source_key=f"k{n}") for n in range(1_101)], "anna")
    out = taken_out(store)
    assert len({row["registrazione"] for row in rows(out["Aiuti"])}) == 1_101
    assert len(rows(out["Flusso nazionale"])) == 1_101


def test_taking_everything_out_is_put_on_file(store: SqlStore) -> None:
    store.note_export("ugo")
    events = rows(taken_out(store)["Registro delle modifiche"])
    assert [(row["chi"], row["che cosa"]) for row in events] == [("ugo", "body.exported")]


def test_the_register_says_purposes_bases_categories_terms_and_recipients(store: SqlStore) -> None:
    of_comune = rows(taken_out(store)["Registro dei trattamenti"])
    of_odv = rows(taken_out(store, Kind.ODV)["Registro dei trattamenti"])
    for lines in (of_comune, of_odv):
        assert {row["parte"] for row in lines} >= {"finalità", "categorie di dati", "destinatari", "conservazione"}
        assert ("aiuti", "food_parcel", "24 mesi") in {
            (r["voce"], r["riguarda"], r["a chi, o per quanto"]) for r in lines
        }
    assert any("compito di interesse pubblico" in row["base"] for row in of_comune)
    assert not any("compito di interesse pubblico" in row["base"] for row in of_odv)
    assert "Flusso nazionale" not in taken_out(store, Kind.ODV)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"identifier": parse_identifier("STP1234567890123")}, "STP"),
        ({"amount_cents": None}, "importo"),
        ({"protocol": ""}, "protocollo"),
        ({"facet": "health_therapy"}, "codice nazionale"),
        ({"frequency": Frequency.MONTHLY, "period_from": date(2025, 1, 1)}, "inizio e fine"),
        (
            {"frequency": Frequency.MONTHLY, "period_from": date(2025, 1, 1), "period_to": date(2026, 1, 1)},
            "stesso anno",
        ),
    ],
)
def test_what_the_national_flow_refuses_is_told_in_words(changes: dict[str, object], said: str) -> None:
    found = list(problems(replace(FULL, **changes)))  # type: ignore[arg-type]  # one table for all fields
    assert all(said in one for one in found)
    assert bool(found) == bool(said)
    assert all(one.endswith(".") for one in found)


def test_a_valid_code_with_four_substitutions_is_told_and_not_sent() -> None:
    first_15 = "XQZXQWSMATLHLLM"
    whole = first_15 + tax_code_check_letter(first_15)
    [why] = problems(replace(FULL, identifier=parse_identifier(whole)))
    assert "giusto" in why
