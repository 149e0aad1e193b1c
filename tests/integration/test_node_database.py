"""Where a body's node keeps its records: a file in its folder, or the PostgreSQL that its settings name."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from maglia.core.errors import Code, MagliaError
from maglia.core.log import Log
from node.config import load_settings
from node.folder import SystemClock, open_store
from node.keys import make_keys
from tests.clerk import person, record

SETTINGS = 'member = "comune-prova"\npeer = "127.0.0.1:1"\nfront = "127.0.0.1:2"\n'


def test_records_and_log_are_where_the_settings_say(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("node.toml").write_text(SETTINGS, "utf-8")
    if database_url:
        monkeypatch.setenv("MAGLIA_NODE_DATABASE_URL", database_url)
    settings, keys = load_settings(tmp_path), make_keys("comune-prova", "prova", 86_400)
    for size in (1, 2):
        store, backend = open_store(tmp_path, keys, SystemClock(), settings.database)
        store.add_record(record(person(size)), "anna")
        log = Log(backend, "maglia/prova/comune-prova", keys.log.private)
        log.append(b"entry").result(20)
        log.close()
        assert (store.record_count(), log.size) == (size, size)
        store.close()
    assert (tmp_path / "node.db").exists() is not bool(database_url)
    if database_url:
        assert "aid_record" in inspect(create_engine(database_url)).get_table_names()


def test_another_kind_of_database_is_refused_unseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath("node.toml").write_text(SETTINGS, "utf-8")
    monkeypatch.setenv("MAGLIA_NODE_DATABASE_URL", "mysql://maglia:segreta@db/x")
    with pytest.raises(MagliaError) as refused:
        load_settings(tmp_path)
    assert refused.value.code is Code.INPUT_SETTING_VALUE
    assert "segreta" not in f"{refused.value}{refused.value.__cause__}"
