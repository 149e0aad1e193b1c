"""Monthly keys: one file each, and a destroyed one forgets its month."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from maglia.core.entry import open_pseudonyms, seal_pseudonyms
from maglia.core.errors import Code, MagliaError
from node.store.monthly import MonthlyKeyFiles
from tests.peer_world import refused

WRAPPING = bytes([3]) * 32


def test_a_month_keeps_its_key_and_has_it_alone(tmp_path: Path) -> None:
    keys = MonthlyKeyFiles(tmp_path / "keys", WRAPPING)
    may, june = keys.key("2025-05"), keys.key("2025-06")
    assert len({may, june}) == 2
    assert len(may) == 32
    assert MonthlyKeyFiles(tmp_path / "keys", WRAPPING).key("2025-05") == may


def test_a_month_has_one_key_though_several_threads_begin_it(tmp_path: Path) -> None:
    together, threads = Barrier(8), ThreadPoolExecutor(8)
    for number in range(1, 13):
        keys, month = MonthlyKeyFiles(tmp_path, WRAPPING), f"2025-{number:02}"

        def begin(keys: MonthlyKeyFiles = keys, month: str = month) -> bytes:
            together.wait()
            return keys.key(month)

        assert {each.result() for each in [threads.submit(begin) for _ in range(8)]} == {keys.stored(month)}
    threads.shutdown()


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


def test_a_destroyed_month_stays_unreadable_and_reading_makes_no_key(tmp_path: Path) -> None:
    keys = MonthlyKeyFiles(tmp_path, WRAPPING)
    sealed = {month: seal_pseudonyms(keys.key(month), [bytes(16)]) for month in ("2025-05", "2025-06", "2025-07")}
    assert keys.destroy_before("2025-07") == ["2025-05", "2025-06"]
    for reader in (keys, MonthlyKeyFiles(tmp_path, WRAPPING)):
        assert [reader.find("2025-05"), reader.find("2025-06")] == [None, None]
        july = reader.find("2025-07")
        assert july is not None
        assert open_pseudonyms(july, sealed["2025-07"]) == [bytes(16)]
        assert reader.months() == ["2025-07"]
    with refused(Code.LOG_BROKEN):
        open_pseudonyms(keys.key("2025-05"), sealed["2025-05"])  # a clock put back makes a new key, of no use for it
    assert keys.destroy_before("2025-07") == ["2025-05"]
    assert keys.destroy_before("2025-01") == []
    assert keys.find("2025-06") is None, "what was destroyed is remembered"


def test_a_key_that_nobody_destroyed_is_missed(tmp_path: Path) -> None:
    keys = MonthlyKeyFiles(tmp_path, WRAPPING)
    keys.key("2025-05")
    (tmp_path / "2025-05.key").unlink()
    again = MonthlyKeyFiles(tmp_path, WRAPPING)
    with refused(Code.STORAGE_KEYSTORE):
        again.find("2025-05")
    again.destroy_before("2025-06")
    assert again.find("2025-05") is None


@pytest.mark.parametrize("byte", [0, 20, 59])
def test_a_flipped_bit_of_a_key_file_is_found_and_its_month_named(tmp_path: Path, byte: int) -> None:
    keys = MonthlyKeyFiles(tmp_path, WRAPPING)
    for month in ("2025-04", "2025-05"):
        keys.key(month)
    assert keys.stored("2025-05") == keys.key("2025-05")
    path = tmp_path / "2025-05.key"
    flipped = bytearray(path.read_bytes())
    flipped[byte] ^= 1
    path.write_bytes(flipped)
    with pytest.raises(MagliaError) as raised:
        keys.stored("2025-05")  # though it is remembered
    assert (raised.value.code, str(raised.value)) == (Code.STORAGE_KEYSTORE, "storage.keystore: log key of 2025-05")


@pytest.mark.parametrize("month", ["", "2025", "../2025-05", "2025-05/..", "2025-5"])
def test_only_a_month_names_a_file(tmp_path: Path, month: str) -> None:
    with refused(Code.INPUT_FIELD):
        MonthlyKeyFiles(tmp_path, WRAPPING).key(month)
    with refused(Code.INPUT_FIELD):
        MonthlyKeyFiles(tmp_path, WRAPPING).find(month)
    assert list(tmp_path.iterdir()) == []
