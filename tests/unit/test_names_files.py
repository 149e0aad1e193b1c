"""The files in which an approval of operators' names travels: what goes in comes out, and nothing else is taken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from maglia.core.errors import Code
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.access import open_approval
from tests.peer_world import NETWORK, OTHER, PARISH, MemoryTrust, refused
from tests.report_world import DPO, DPO_KEY, asked_of
from tui.access_model import NamesWanted
from tui.names_files import (
    NamesRequest,
    encode_names_approval,
    encode_names_request,
    read_names_approval,
    read_names_request,
    sign_approval,
)

ASKED = asked_of(1)
WANTED = NamesWanted(PARISH.id, ASKED.request_id, ASKED.commitment)
REQUEST = NamesRequest(NETWORK, OTHER.id, "C-0007", "2026-12-19", (WANTED,))


def test_what_the_officer_signs_holds_for_this_request_and_no_other(tmp_path: Path) -> None:
    asked, answered = tmp_path / "nomi.json", tmp_path / "approvati.json"
    asked.write_bytes(encode_names_request(REQUEST))
    read = read_names_request(asked)
    assert read == REQUEST
    signed = sign_approval(read, DPO.id, DPO_KEY, date(2025, 7, 1), "querela")
    answered.write_bytes(encode_names_approval(read, signed))
    assert read_names_approval(answered) == signed
    directory = MemoryTrust(appointed=[DPO]).directory()
    approval = open_approval(Envelope.FromString(signed[0]), NETWORK, directory, date(2025, 6, 1))
    assert (approval.is_of(ASKED), approval.reason) == (True, "querela")
    assert not approval.is_of(asked_of(2))
    assert not approval.is_of(replace(ASKED, salt=bytes(32)))


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "maglia.names-request/2"},
        {"network": "UN ALTRO"},
        {"due": "domani"},
        {"wanted": [{"addressee": "parrocchia", "request_id": "00", "commitment": "00" * 32}]},
        {"wanted": [{"addressee": "../x", "request_id": "00" * 16, "commitment": "00" * 32}]},
        {"wanted": [{"addressee": "a", "request_id": "00" * 16, "commitment": "00" * 32}] * 2},
        {"wanted": 7},
    ],
    ids=str,
)
def test_another_file_is_refused_by_its_name(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "nomi.json"
    path.write_text(json.dumps(json.loads(encode_names_request(REQUEST)) | change))
    with refused(Code.INPUT_FILE_CONTENT):
        read_names_request(path)
    with refused(Code.INPUT_FILE_CONTENT):
        read_names_approval(path)
    path.write_bytes(b"[" * 2_000_000)
    with refused(Code.INPUT_FILE_CONTENT):
        read_names_approval(path)
    with refused(Code.INPUT_FILE):
        read_names_request(tmp_path / "manca.json")
