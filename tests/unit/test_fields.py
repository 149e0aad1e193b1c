"""Encrypted fields: whatever a value's length, its size tells nothing, and what was sealed otherwise does not open."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maglia.core.errors import Code
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import AidStatus, Basis
from node.domain.names import CompositeName, NamedAid
from node.domain.needs import NewNeed
from node.store.fields import PADDED_BYTES, Fields
from tests.clerk import FIELD_KEY, TODAY, fictional_code, open_store, record
from tests.peer_world import refused
from tests.security.thief import rows

CREDITORS = (
    "A2A",
    "ALER Milano",
    "Enel Servizio Elettrico Nazionale",
    "Condominio Via delle Rose 12, Sesto San Giovanni",
)
PERSONS = (fictional_code(1), "12345670009", "STP0000001234567", "DOC:P/UTO/L898902C3")
NEEDS = ("POD:IT999E12345678", "PDR:99000012345678", "LEASE:XQZ/2024/3T/1234", "LEASE:XQZ/2024/3/7")
NAMES = ("LI WU", "MARIA TERESA DELLE GRAZIE BUONAVENTURA", "ABEL KI", "NOOR AL-HASSAN IBN YUSUF")
SEALED = {("aid_record", "creditor"), ("aid_record", "source_key"), ("person", "code"), ("need", "code")} | {
    ("named_person", "who"),
    ("named_aid", "creditor"),
    ("filed_need", "content"),
}


def test_all_sealed_values_of_a_stolen_column_have_one_size(tmp_path: Path) -> None:
    store = open_store(tmp_path / "node.db")
    for number, (code, need, creditor, name) in enumerate(zip(PERSONS, NEEDS, CREDITORS, NAMES, strict=True)):
        made = record(parse_identifier(code), need=parse_need(need), creditor=creditor, source_key="k" * (number + 1))
        store.add_record(made, "anna")
        store.open_filed_need(
            NewNeed(parse_identifier(code), "gas", 10**number, Basis.CONSENT, need=parse_need(need), creditor=creditor),
            "anna",
        )
        who = CompositeName(name, date(1980, 1, 1), "ROMA"[: number + 1])
        aid = NamedAid("food_parcel", TODAY, 4_000, AidStatus.GIVEN, Basis.CONSENT, creditor)
        store.add_named_person(who, aid, "anna")
    store.close()
    sizes: dict[tuple[str, str], list[int]] = {}
    for table, column, _, value in rows(tmp_path / "node.db"):
        if (table, column) in SEALED:
            assert isinstance(value, bytes)
            sizes.setdefault((table, column), []).append(len(value))
    assert set(sizes) == SEALED
    assert all(len(found) == 4 and len(set(found)) == 1 for found in sizes.values()), sizes


@pytest.mark.parametrize("size", [0, 1, 16, PADDED_BYTES - 1, PADDED_BYTES, PADDED_BYTES + 1, 1_000])
@pytest.mark.parametrize("last", [b"\x80", b"\0", b"x"])
def test_a_value_of_any_length_comes_back(size: int, last: bytes) -> None:
    fields, value = Fields(FIELD_KEY), (b"\x80" * size + last)[-size or len(last) :]
    sealed = fields.seal("creditor", b"1", value)
    assert fields.open("creditor", b"1", sealed) == value
    assert (len(sealed) - 28) % PADDED_BYTES == 0


@pytest.mark.parametrize("bound", [b"", b"maglia/2 field\0"], ids=["in the former form", "without its padding"])
@pytest.mark.parametrize(
    "plain", [b"", b"ALER Milano", bytes(128), b"x" * 128, b"x\x80" + bytes(128), b"x" * 130 + b"\x80" + bytes(253)]
)
def test_what_is_not_padded_does_not_open(bound: bytes, plain: bytes) -> None:
    derived = HKDF(hashes.SHA256(), 64, salt=None, info=b"maglia/1 fields").derive(FIELD_KEY)
    nonce = os.urandom(12)
    sealed = nonce + AESGCM(derived[:32]).encrypt(nonce, plain, bound + b"creditor\0" + b"1")
    with refused(Code.STORAGE_UNAVAILABLE):
        Fields(FIELD_KEY).open("creditor", b"1", sealed)


def test_what_is_cut_short_does_not_open() -> None:
    sealed = Fields(FIELD_KEY).seal("creditor", b"1", b"ALER Milano")
    for length in (0, 3, 12, 20, len(sealed) - 1):
        with refused(Code.STORAGE_UNAVAILABLE):
            Fields(FIELD_KEY).open("creditor", b"1", sealed[:length])
