"""The registry's settings: where its database is, told to nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from registry.config import load_settings, write_settings

URL = "postgresql://maglia:segreta@db.example/registro"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A registry's folder with its first settings."""
    write_settings(tmp_path, "prova", "10.0.0.1:7000,10.0.0.2:7000", "10.0.0.1:7001,10.0.0.2:7001", None)
    return tmp_path


def test_the_database_comes_from_the_environment_or_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(folder).database == ""
    monkeypatch.setenv("MAGLIA_REGISTRY_DATABASE_URL", URL)
    settings = load_settings(folder)
    assert settings.database == URL
    assert "segreta" not in f"{settings!r}{settings}"
    monkeypatch.delenv("MAGLIA_REGISTRY_DATABASE_URL")
    with folder.joinpath("registry.toml").open("a") as file:
        file.write(f'database_url = "{URL}"\n')
    assert load_settings(folder).database == URL


@pytest.mark.parametrize(
    "address", ["mysql://maglia:segreta@db/x", "registro.db", "postgresql://maglia:segreta@db/a b"]
)
def test_another_kind_of_database_is_refused_unseen(
    folder: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("MAGLIA_REGISTRY_DATABASE_URL", address)
    with pytest.raises(MagliaError) as refused:
        load_settings(folder)
    assert refused.value.code is Code.INPUT_SETTING_VALUE
    assert refused.value.params["allowed"] == "postgresql://HOST/NAME"
    assert address not in f"{refused.value}{refused.value.__cause__}"
