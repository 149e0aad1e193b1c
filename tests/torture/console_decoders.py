"""Readers of the console's own files and of what a log holds for its auditor."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from maglia.core.identity import REGISTRY_ID
from maglia.wire.certificates import make_certificate
from tests.contract.test_wire_fixtures import MADE
from tests.torture.decoders import Decoder
from tests.torture.file_decoders import PASSPHRASE
from tests.unit.test_offline_store import AID, CONSENT, taken
from tui.audit.index import ACT_SCHEMA, EVALUATION_SCHEMA, rows_of
from tui.audit.thresholds import DEFAULT, load_thresholds
from tui.batch_templates import remember, remembered
from tui.drafts import open_drafts
from tui.offline_model import read_taken
from tui.papers.notice import read_notice
from tui.profile import load_profile
from tui.settings import load_settings

_NOTICE = "2026-1.it.toml"
_TITLES = ("codice", "importo", "data")
_ACT = {"schema": ACT_SCHEMA, "at": 1_780_000_000.5, "actor": "anna", "action": "suspend", "member": "x", "detail": ""}
_EVALUATION = {
    "schema": EVALUATION_SCHEMA,
    "at": 1_780_000_000,
    "member": "parrocchia",
    "class": "person",
    "use": "check",
    "epoch": 1,
    "elements": 4,
    "evaluation": "00" * 16,
}
_PROFILE = b"""endpoint = "127.0.0.1:7001"
server_name = "emporio-nord.distretto.maglia.internal"
ca_file = "front.pem"
user = "anna"
dpo = "dpo@ente.example"
"""


def decoders(folder: Path) -> tuple[Decoder, ...]:
    """Return them; files are written below `folder`."""
    front = make_certificate("emporio-nord", "distretto", 86_400, time.time()).certificate
    folder.joinpath("front.pem").write_bytes(front)
    notice = Path(__file__).parents[2].joinpath("tui/papers/texts", _NOTICE).read_bytes()
    own = [MADE["entry"], MADE["question"]]
    office = [json.dumps(_ACT).encode(), json.dumps(_EVALUATION).encode()]
    return (
        Decoder("profile", [_PROFILE], _in_file(folder / "anna.toml", load_profile), share=500),
        Decoder("settings", [b'theme = "dark"\ncolumns = 42\n'], _in_file(folder / "a.settings", load_settings)),
        Decoder("drafts", [_drafts(folder)], _in_file(folder / "a.drafts", _open_drafts), share=8),
        Decoder("remembered columns", [_columns(folder)], _in_file(folder / "columns.json", _remembered)),
        Decoder("thresholds", [DEFAULT.read_bytes()], _in_file(folder / "thresholds.toml", load_thresholds), share=200),
        Decoder("notice", [notice], partial(read_notice, _NOTICE), share=20, refusals=(ValueError,)),
        Decoder(
            "what waits at a counter",
            [taken(AID).content(), taken(CONSENT).content()],
            partial(read_taken, 1),
            refusals=(ValueError, KeyError, TypeError, RecursionError),
        ),
        Decoder("entry, for an auditor", own, lambda leaf: rows_of("parrocchia", 0, [leaf])),
        Decoder("office's entry, for an auditor", office, lambda leaf: rows_of(REGISTRY_ID, 0, [leaf])),
    )


def _in_file(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Return what hands the bytes in as a file."""

    def read_file(content: bytes) -> object:
        path.write_bytes(content)
        return read(path)

    return read_file


def _drafts(folder: Path) -> bytes:
    path = folder / "made.drafts"
    open_drafts(path, PASSPHRASE).keep("check", {"person": "XQZXQW97D64A794S"})
    return path.read_bytes()


def _open_drafts(path: Path) -> None:
    open_drafts(path, PASSPHRASE).of("check")


def _columns(folder: Path) -> bytes:
    path = folder / "made-columns.json"
    remember(path, _TITLES, {"codice": "codice"})
    return path.read_bytes()


def _remembered(path: Path) -> None:
    remembered(path, _TITLES)
