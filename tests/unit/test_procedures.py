"""Procedures: what two officers may sign, how it reads back, and who may name one on which day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import (
    Procedure,
    check_procedure,
    decode_procedures,
    encode_procedures,
    may_run,
    open_procedure,
)
from maglia.core.vocabulary import PROCEDURE_PURPOSES, Kind, Purpose
from tests.peer_world import COMUNE, OTHER, PARISH

POLICIES = Path(__file__).parents[2] / "policies"
CALL = Procedure("affitto-2026", "PG/2026/9", 500, "2026-12-31", ("ambito", "comune"))
LAST, AFTER = date(2026, 12, 31), date(2027, 1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"members": ()},
        {"members": ("comune", "ambito")},
        {"members": ("comune", "comune")},
        {"members": ("Comune",)},
        {"members": ("registry",)},
        {"members": tuple(f"ente-{number:03d}" for number in range(201))},
        {"id": "x"},
        {"act": " "},
        {"act": "a\nb"},
        {"cap": 0},
        {"cap": 1_000_001},
        {"expires": "31/12/2026"},
        {"expires": "20261231"},
    ],
)
def test_what_is_not_a_procedure_is_not_declared(changes: dict[str, Any]) -> None:
    assert check_procedure(CALL) == CALL
    with pytest.raises(MagliaError) as refused:
        check_procedure(replace(CALL, **changes))
    assert refused.value.code is Code.INPUT_FIELD


def test_what_officers_sign_reads_back() -> None:
    other = replace(CALL, id="bollette-2026", members=("comune",))
    assert decode_procedures(encode_procedures("prova", [CALL, other]), "prova") == {
        one.id: one for one in (CALL, other)
    }


def test_a_procedure_of_the_first_version_is_nobodys() -> None:
    document = json.loads(encode_procedures("prova", [CALL]))
    document["schema"] = "maglia.procedures/1"
    del document["procedures"][0]["members"]
    read = decode_procedures(json.dumps(document).encode(), "prova")
    assert read == {CALL.id: replace(CALL, members=())}
    assert decode_procedures(encode_procedures("prova", read.values()), "prova") == read
    with pytest.raises(MagliaError) as refused:
        open_procedure(read, CALL.id, COMUNE.member, LAST)
    assert refused.value.code is Code.POLICY_PROCEDURE_MEMBER


@pytest.mark.parametrize("members", ["comune", None, ["comune", "ambito"], [7], ["comune", "comune"]])
def test_other_lists_of_bodies_are_not_trusted(members: object) -> None:
    document = json.loads(encode_procedures("prova", [CALL]))
    document["procedures"][0]["members"] = members
    with pytest.raises(MagliaError) as refused:
        decode_procedures(json.dumps(document).encode(), "prova")
    assert refused.value.code is Code.DIRECTORY_UNTRUSTED


def test_who_may_name_a_procedure_and_when() -> None:
    procedures = {CALL.id: CALL}
    assert open_procedure(procedures, CALL.id, COMUNE.member, LAST) is CALL
    for name, asker, day, code in (
        ("affitto-2027", COMUNE, LAST, Code.INPUT_PROCEDURE),
        ("", COMUNE, LAST, Code.INPUT_PROCEDURE),
        (CALL.id, OTHER, LAST, Code.POLICY_PROCEDURE_MEMBER),
        (CALL.id, COMUNE, AFTER, Code.POLICY_PROCEDURE_EXPIRED),
        (CALL.id, replace(PARISH, id="comune"), LAST, Code.MEMBER_NOT_ENTITLED),
        (CALL.id, replace(COMUNE, purposes=frozenset({Purpose.REFERRAL})), LAST, Code.MEMBER_NOT_ENTITLED),
    ):
        with pytest.raises(MagliaError) as refused:
            open_procedure(procedures, name, asker.member, day)
        assert refused.value.code is code


def test_the_purposes_of_procedures_are_those_of_the_policies() -> None:
    purposes = json.loads((POLICIES / "maglia" / "purposes" / "data.json").read_text())
    resting = {
        name
        for name, purpose in purposes.items()
        if "procedure" in purpose["bases"].get("public", {}).get("public_task", [])
    }
    assert resting == PROCEDURE_PURPOSES
    for purpose in purposes.values():
        assert not any("procedure" in proofs for proofs in purpose["bases"].get("third_sector", {}).values())
    assert {kind for kind in Kind if may_run(replace(COMUNE, kind=kind).member)} == {
        "comune",
        "social_district",
        "health_agency",
    }
