"""What a counter keeps while its node is out of reach: encrypted, whole after a kill, read as at the node."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maglia.core.errors import Code, MagliaError
from tests.support.fake_node import PYTHONPATH
from tui import offline_store
from tui.model import Aid, Consent
from tui.offline_model import Taken, ToCheck
from tui.offline_read import read_aid, read_check, read_consent
from tui.offline_store import OfflineStore, new_key
from tui.papers.notices import find_notice

CODE = "XQZXQW97D64A794S"
PASSWORD = "prova-prova"
NOTHING = ToCheck()
TODAY = date(2026, 11, 22)
AID = Aid(CODE, "food_parcel", "2026-11-22", 40_00, status="given", creditor="Bottega Xqz")
CONSENT = Consent(CODE, ("aid_overlap",), "2026-1", "it", "2026-11-22", "oral", ("comune",), "2027-01-31")


def taken(what: Aid | Consent = AID, check: ToCheck = NOTHING) -> Taken:
    return Taken(0, new_key(), 1_795_000_000_000, what, check)


def test_what_is_kept_comes_back_whole_and_in_order(tmp_path: Path) -> None:
    store = OfflineStore(tmp_path / "a.offline", PASSWORD)
    first = store.add(taken(CONSENT, ToCheck("food_parcel", "aid_overlap")))
    second = store.add(taken())
    assert (first.number, second.number) == (1, 2)
    assert OfflineStore(tmp_path / "a.offline", PASSWORD).taken() == [first, second]
    store.remove(first.key)
    assert store.taken() == [second]
    store.remove(second.key)
    assert (store.taken(), (tmp_path / "a.offline").exists()) == ([], False)


def test_the_file_says_nothing_and_opens_with_its_password_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.offline"
    OfflineStore(path, PASSWORD).add(taken())
    kept = path.read_bytes()
    assert not any(word in kept for word in (CODE.encode(), b"food_parcel", b"Xqz"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    closed = OfflineStore(path, "another password")
    changes: list[Callable[[], object]] = [closed.taken, lambda: closed.add(taken()), lambda: closed.remove("x")]
    for change in changes:
        with pytest.raises(MagliaError) as refused:
            change()
        assert refused.value.code is Code.SESSION_OFFLINE_CLOSED
    assert path.read_bytes() == kept


def test_no_more_is_kept_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline_store, "MOST", 1)
    store = OfflineStore(tmp_path / "a.offline", PASSWORD)
    store.add(taken())
    with pytest.raises(MagliaError) as refused:
        store.add(taken())
    assert refused.value.code is Code.STORAGE_OFFLINE_FULL


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MagliaError) as refused:
        OfflineStore(tmp_path / "none" / "a.offline", PASSWORD).add(taken())
    assert refused.value.code is Code.STORAGE_FOLDER


def test_two_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.offline"
    with ThreadPoolExecutor(4) as several:
        added = list(several.map(lambda _: OfflineStore(path, PASSWORD).add(taken()), range(4)))
    assert sorted(one.number for one in added) == list(range(1, 5))
    assert sorted(one.key for one in OfflineStore(path, PASSWORD).taken()) == sorted(one.key for one in added)


ENDLESS = """
import sys
from pathlib import Path
from tests.unit.test_offline_store import PASSWORD, taken
from tui.offline_store import OfflineStore
store = OfflineStore(Path(sys.argv[1]), PASSWORD)
for _ in range(400):
    print(store.add(taken()).key, flush=True)
"""


def test_what_was_said_to_be_kept_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "a.offline"
    environment = os.environ | {"PYTHONPATH": PYTHONPATH}
    with subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)], stdout=subprocess.PIPE, env=environment) as busy:
        assert busy.stdout is not None
        said = [busy.stdout.readline().decode().strip() for _ in range(3)]
        busy.send_signal(signal.SIGKILL)
        said += [line.decode().strip() for line in busy.stdout]
    kept = [one.key for one in OfflineStore(path, PASSWORD).taken()]
    assert kept[: len(said)] == said
    assert len(kept) - len(said) in {0, 1}  # kept, and killed before it was said


USUAL: dict[str, Any] = {
    "identifier": CODE,
    "facet": "food_parcel",
    "day": "",
    "amount": "",
    "basis": "",
    "visibility": "network",
    "creditor": "",
    "need": "",
    "period_from": "",
    "period_to": "",
    "monthly": False,
    "protocol": "",
    "means_test": "none",
}


def test_help_is_of_today_and_goods_need_no_amount() -> None:
    aid = read_aid(TODAY, **USUAL)
    assert (aid.identifier, aid.date, aid.amount_cents, aid.status) == (CODE, "2026-11-22", 0, "given")
    paid = read_aid(TODAY, **USUAL | {"facet": "rent_arrears", "amount": "1.234,50", "day": "01/11/2026"})
    assert (paid.amount_cents, paid.date) == (1_234_50, "2026-11-01")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("identifier", "XQZXQW97D64A794T", Code.INPUT_IDENTIFIER_CHECK),
        ("facet", "spesa", Code.INPUT_FACET),
        ("facet", "rent_arrears", Code.INPUT_FIELD),
        ("day", "23/11/2026", Code.INPUT_DATE_FUTURE),
        ("day", "31/12/1989", Code.INPUT_DATE_EARLY),
        ("day", "2026-11-22", Code.INPUT_DATE),
        ("amount", "1234.50", Code.INPUT_AMOUNT),
        ("amount", "0", Code.INPUT_AMOUNT_NEGATIVE),
        ("amount", "1.000.000,01", Code.INPUT_AMOUNT_LIMIT),
        ("basis", "none", Code.INPUT_FIELD),
        ("visibility", "everybody", Code.INPUT_FIELD),
        ("creditor", "Bottega \x1b[31m", Code.INPUT_TEXT_CONTROL),
        ("creditor", "x" * 201, Code.INPUT_TEXT_LONG),
        ("monthly", True, Code.INPUT_MISSING),
        ("means_test", "some", Code.INPUT_FIELD),
    ],
)
def test_what_the_node_would_refuse_is_refused_at_the_counter(field: str, value: object, code: Code) -> None:
    with pytest.raises(MagliaError) as refused:
        read_aid(TODAY, **USUAL | {field: value})
    assert refused.value.code is code


SAID: dict[str, Any] = {
    "identifier": CODE,
    "purposes": ["aid_overlap"],
    "day": "",
    "method": "oral",
    "audience": (),
    "expires": "",
}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("purposes", [], Code.INPUT_FIELD),
        ("purposes", ["audit"], Code.INPUT_PURPOSE),
        ("day", "23/11/2026", Code.INPUT_DATE_FUTURE),
        ("day", "01/11/2024", Code.CONSENT_EXPIRED),
        ("method", "telepathy", Code.INPUT_FIELD),
        ("audience", ["bank"], Code.INPUT_FIELD),
        ("expires", "21/11/2026", Code.INPUT_FIELD),
        ("expires", "01/12/2027", Code.INPUT_FIELD),
    ],
)
def test_a_consent_that_the_node_would_refuse_is_refused_at_the_counter(field: str, value: object, code: Code) -> None:
    notice = find_notice("", "it")
    assert read_consent(TODAY, notice, **SAID).date == "2026-11-22"
    with pytest.raises(MagliaError) as refused:
        read_consent(TODAY, notice, **SAID | {field: value})
    assert refused.value.code is code


def test_nothing_of_a_special_category_is_ever_asked() -> None:
    assert read_check("health_visit", "aid_overlap", "") == ToCheck()
    assert read_check("food_parcel", "aid_overlap", "") == ToCheck("food_parcel", "aid_overlap")
