"""ACCESSO DEL CITTADINO as it is painted: empty, full, one open and partial, while bodies are asked, refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_node import in_own_process
from tests.support.shots import SMALL, console, going_to, in_looks, unmoved

__all__ = ["unmoved"]
pytestmark = pytest.mark.usefixtures("unmoved")
OPEN = ("down", "C-0007"), ("down", "C-0007"), ("enter", "C-0007  ")
STATES: dict[str, tuple[tuple[str, str], list[tuple[str, str]], tuple[str, str]]] = {
    "empty": (("Nessuna richiesta", "No request"), [], ("", "")),
    "full": (("C-0007", "C-0007"), [], ("", "")),
    "open": (("C-0007", "C-0007"), [*OPEN], ("RESOCONTO PARZIALE", "PARTIAL REPORT")),
    "slow": (("C-0007", "C-0007"), [*OPEN, ("f6", "####")], ("Mancano:", "Missing:")),
    "refused": (("!!", "!!"), [], ("", "")),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("reports")) as place:
        yield place


@pytest.mark.parametrize(("state", "lang", "size"), in_looks(STATES, "full"))
def test_states(folder: Path, state: str, lang: str, size: tuple[int, int], snap_compare: Any) -> None:
    (folder / "reports-state").write_text(state)
    until, steps, last = STATES[state]
    keys = [(key, last[lang == "en"] if at == len(steps) - 1 else text) for at, (key, text) in enumerate(steps)]
    run = going_to("reports", until[lang == "en"], *keys)
    assert snap_compare(console(folder, lang, "ugo"), terminal_size=size, run_before=run)


@pytest.mark.parametrize(
    "steps",
    [[("f2", "NUOVA RICHIESTA")], [*OPEN, ("f4", "Proroga"), ("2", "per sempre.")]],
    ids=["new_request", "close"],
)
def test_windows(folder: Path, steps: list[tuple[str, str]], snap_compare: Any) -> None:
    (folder / "reports-state").write_text("full")
    run = going_to("reports", "C-0007", *steps)
    assert snap_compare(console(folder, "it", "ugo"), terminal_size=SMALL, run_before=run)
