"""RINVII and AVVISI as they are painted, in each of their states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_node import in_own_process
from tests.support.shots import SMALL, console, going_to, in_looks, unmoved

__all__ = ["unmoved"]
pytestmark = pytest.mark.usefixtures("unmoved")
FULL = {"referrals": "I-0006", "inbox": "A-0003"}
EMPTY = {"referrals": ("Nessun invio.", "No referrals."), "inbox": ("Nessun avviso", "No notices")}


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with in_own_process(tmp_path_factory.mktemp(request.param), state=request.param) as folder:
        yield request.param, folder


@pytest.mark.parametrize("place", ["referrals", "inbox"])
@pytest.mark.parametrize(
    ("served", "lang", "size"),
    in_looks(["full", "empty", "refused"], "full", "{state}-{look}"),
    indirect=["served"],
    scope="module",
)
def test_states(served: tuple[str, Path], place: str, lang: str, size: tuple[int, int], snap_compare: Any) -> None:
    state, folder = served
    until = {"full": FULL[place], "empty": EMPTY[place][lang == "en"], "refused": "!!"}[state]
    assert snap_compare(console(folder, lang), terminal_size=size, run_before=going_to(place, until))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("windows")) as folder:
        yield folder


@pytest.mark.parametrize(
    ("place", "steps"),
    [
        ("referrals", [("enter", "Xqzar Wqzi")]),
        ("referrals", [("f2", "NUOVO INVIO")]),
        ("inbox", [("f5", "V-1a1b2c3d4e")]),
        ("inbox", [("f5", "V-1a1b2c3d4e"), ("enter", "POSSIBILE SOVRAPPOSIZIONE")]),
    ],
    ids=["one_referral", "new_referral", "checks", "one_check"],
)
def test_windows(full: Path, place: str, steps: list[tuple[str, str]], snap_compare: Any) -> None:
    run = going_to(place, FULL[place], *steps)
    assert snap_compare(console(full, "it"), terminal_size=SMALL, run_before=run)
