"""What an auditor keeps of the officers' word, and what is said when a part of it is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from maglia.core.directory import Directory, encode_directory
from maglia.core.errors import Code, MagliaError
from tui.audit.known import read_known


def test_procedures_that_are_gone_are_named_with_what_brings_them_back(tmp_path: Path) -> None:
    directory = Directory(network="prova", version=1, epoch=1, witness_key=bytes(32))
    (tmp_path / "directory-1.json").write_bytes(encode_directory(directory))
    with pytest.raises(MagliaError) as refused:
        read_known(tmp_path)
    assert refused.value.code is Code.STORAGE_MISSING
    assert refused.value.params["path"] == f"{tmp_path.name}/procedures.json"
    assert "maglia audit pull" in refused.value.sentence().next_action
