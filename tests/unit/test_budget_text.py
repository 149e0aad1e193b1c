"""Budgets in words: a bar that tells no more and no less, figures, and whose they are."""

from __future__ import annotations

import pytest

from tui.budget_text import bar, node_lines, office_lines
from tui.model import Spending, SpentInProcedure, SpentLine
from tui.office_model import Budgets

CALL = SpentInProcedure("affitto-2026", "comune-esempio", "person", 1204, 2000, "2026-12-31")


@pytest.mark.parametrize(
    ("spent", "limit", "full"),
    [(0, 500, 0), (1, 500, 1), (250, 500, 10), (499, 500, 19), (500, 500, 20), (700, 500, 20), (0, 0, 20), (3, 0, 20)],
)
def test_a_bar_is_empty_only_for_nothing_and_full_only_at_the_limit(spent: int, limit: int, full: int) -> None:
    assert bar(spent, limit) == f"[{'#' * full}{'.' * (20 - full)}]"


def test_what_the_office_counted() -> None:
    today = (
        SpentLine("comune-esempio", 812, 2000, "person", "check"),
        SpentLine("mensa", 5000, 5000, "need", "enrolment"),
    )
    found = Budgets("2026-11-21", today, (CALL,))
    assert office_lines(found, "it") == [
        "Codici valutati oggi, 21/11/2026:",
        "  comune-esempio            persone, verifiche    [########............] 812 su 2.000",
        "  mensa                     bisogni, iscrizioni   [####################] 5.000 su 5.000",
        "Procedure:",
        "  affitto-2026              comune-esempio            persone   [############........] 1.204 su 2.000, "
        "fino al 31/12/2026",
    ]
    assert office_lines(found, "en")[1].endswith("812 of 2,000")
    assert office_lines(Budgets("2026-11-21", (), ()), "it") == [
        "Nessun codice valutato oggi, 21/11/2026.",
        "Nessuna procedura.",
    ]


def test_what_a_node_counted() -> None:
    found = Spending("2026-11-21", (SpentLine("comune-esempio", 412, 500),), (), (CALL,))
    assert node_lines(found, "it")[:3] == [
        "Persone chieste oggi da altri enti, 21/11/2026:",
        "  comune-esempio            [################....] 412 su 500",
        "Persone e bisogni verificati oggi dai nostri operatori, 21/11/2026: nessuna",
    ]
