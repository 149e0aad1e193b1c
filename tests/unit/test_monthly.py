"""Monthly keys: one file each, and a destroyed one forgets its month."""

from __future__ import annotations

from pathlib import Path

import pytest

from maglia.core.entry import open_pseudonyms, seal_pseudonyms
from maglia.core.errors import Code
from node.store.monthly import MonthlyKeyFiles
from tests.peer_world import refused

WRAPPING = bytes([3]) * 32


def test_a_month_keeps_its_key_and_has_it_alone(tmp_path: Path) -> None:
    keys = MonthlyKeyFiles(tmp_path / "keys", WRAPPING)
    may, june = keys.key("2025-05"), keys.key("2025-06")
    assert len({may, june}) == 2
    assert len(may) == 32
    assert MonthlyKeyFiles(tmp_path / "keys", WRAPPING).key("2025-05") == may


def test_the_files_are_wrapped_and_private(tmp_path: Path) -> None:
    key = MonthlyKeyFiles(tmp_path / "keys", WRAPPING).key("2025-05")
    [path] = (tmp_path / "keys").iterdir()
    assert key not in path.read_bytes()
    assert (path.stat().st_mode & 0o777, (tmp_path / "keys").stat().st_mode & 0o777) == (0o600, 0o700)
    with refused(Code.STORAGE_KEYSTORE):
        MonthlyKeyFiles(tmp_path / "keys", bytes(32)).key("2025-05")


def test_a_file_of_another_month_is_not_this_ones(tmp_path: Path) -> None:
    keys = MonthlyKeyFiles(tmp_path, WRAPPING)
    keys.key("2025-05")
    [path] = tmp_path.iterdir()
    path.rename(path.with_name(path.name.replace("05", "06")))
    with refused(Code.STORAGE_KEYSTORE):
        MonthlyKeyFiles(tmp_path, WRAPPING).key("2025-06")


def test_a_destroyed_month_stays_unreadable(tmp_path: Path) -> None:
    keys = MonthlyKeyFiles(tmp_path, WRAPPING)
    sealed = seal_pseudonyms(keys.key("2025-05"), [bytes(16)])
    keys.destroy("2025-05")
    assert list(tmp_path.iterdir()) == []
    with refused(Code.LOG_BROKEN):
        open_pseudonyms(keys.key("2025-05"), sealed)


@pytest.mark.parametrize("month", ["", "2025", "../2025-05", "2025-05/..", "2025-5"])
def test_only_a_month_names_a_file(tmp_path: Path, month: str) -> None:
    with refused(Code.INPUT_FIELD):
        MonthlyKeyFiles(tmp_path, WRAPPING).key(month)
    assert list(tmp_path.iterdir()) == []
