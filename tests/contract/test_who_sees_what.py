"""The page that says who sees what is what the rules decide, and follows them."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"


@pytest.fixture(scope="module")
def writer() -> Any:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return importlib.import_module("who_sees_what")
    finally:
        sys.path.remove(str(ROOT / "docs"))


def edited(tmp_path: Path, name: str, change: Any) -> Path:
    """Return a copy of the policies with one document of the data changed."""
    folder = tmp_path / "policies"
    shutil.copytree(POLICIES, folder)
    path = folder / "maglia" / name / "data.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    return folder


def row(section: str, *cells: str) -> list[str]:
    """Return the cells of the table row that begins with these."""
    [found] = [line for line in section.splitlines() if line.startswith(f"| {' | '.join(cells)} |")]
    return [cell.strip() for cell in found.strip("|").split("|")]


@pytest.mark.long  # `make check` holds the page against the rules each time
def test_the_page_is_fresh_and_speaks_of_everybody(writer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = writer.page(POLICIES)
    assert writer.PAGE.read_text() == fresh
    for heading in ("Il volontario di una parrocchia", "Il funzionario di un comune", "Gli aiuti che non escono mai"):
        assert f"## {heading}\n" in fresh
    assert row(fresh, "la persona, riconosciuta, presso qualunque ente della rete")[2].endswith("nome dell'operatore")
    assert row(fresh, "registro degli accessi")[1] == "24 mesi"
    assert "**Nessuno dei due vede dati di persone**" in fresh
    monkeypatch.setattr(writer, "page", lambda _policies: fresh.replace("presenza", "dettaglio"))
    monkeypatch.setattr(sys, "argv", ["who_sees_what.py", "--check"])
    with pytest.raises(SystemExit, match="stale"):
        writer.main()


def test_a_level_changed_in_the_data_changes_its_row(writer: Any, tmp_path: Path) -> None:
    def closed(levels: Any) -> Any:
        levels["third_sector"]["aid_overlap"]["public"] = {"*": "nothing"}
        return levels

    rules = writer.Rules(edited(tmp_path, "levels", closed))
    said = writer._asker(rules, writer.ASKERS[0])
    basis = "consenso della persona"
    assert row(said, "Aiuti già dati", basis, "qualunque ente pubblico")[-1] == "**niente**, di ogni tipo di aiuto"
    assert row(said, "Aiuti già dati", basis, "qualunque ente del terzo settore")[-1].startswith("**presenza**")


def test_a_call_closed_in_the_data_is_closed_in_its_row(writer: Any, tmp_path: Path) -> None:
    def closed(doors: Any) -> Any:
        doors["node_front"]["OperatorService/AddAid"] = ["manager"]
        return doors

    said = writer._operations(writer.Rules(edited(tmp_path, "doors", closed)))
    assert row(said, "registrare un aiuto")[1:] == ["-", "-", "-", "sì", "-"]


def test_no_page_is_written_for_rules_that_open_a_special_category(writer: Any, tmp_path: Path) -> None:
    folder = edited(tmp_path, "special", lambda _: {"prefixes": ["violence_"]})
    facets = folder / "maglia" / "facets" / "data.json"
    opened = {f"{prefix}x": {"family": "food", "shareable": True} for prefix in writer.SPECIAL_PREFIXES}
    facets.write_text(json.dumps({**json.loads(facets.read_text()), **opened}))
    with pytest.raises(SystemExit, match="special category"):
        writer._special(writer.Rules(folder))
