"""How bodies answer, as an operator reads it: no share of few questions, nothing rounded up, every silence named."""

from __future__ import annotations

import pytest

from maglia.core.answering import Answering
from tui.network_model import NetworkRow, NetworkView
from tui.network_text import network_lines, share_text, span_text

HOUR = 3_600_000
NOW = 1_748_779_200_000


def row(name: str, counts: Answering, answered: int = 0, missed: int = 0) -> NetworkRow:
    return NetworkRow(name.lower(), name, "odv", counts, answered, missed)


@pytest.mark.parametrize(
    ("part", "asked", "said"),
    [
        (0, 0, "-"),
        (3, 4, "3 su 4"),
        (19, 19, "19 su 19"),
        (0, 20, "0 %"),
        (20, 20, "100 %"),
        (999, 1000, "99 %"),
        (1, 1000, "1 %"),
        (1, 3_000_000, "1 %"),
    ],
)
def test_shares_are_told_in_hundredths_only_of_many(part: int, asked: int, said: str) -> None:
    assert share_text(part, asked, "it") == said


def test_lengths_of_time() -> None:
    assert [span_text(ms, "it") for ms in (10, 90 * 60_000, 25 * HOUR, 384 * HOUR)] == [
        "1 minuto",
        "1 ora",
        "1 giorno",
        "16 giorni",
    ]
    assert span_text(48 * HOUR, "en") == "2 days"


def test_every_body_has_its_line_and_who_is_silent_another() -> None:
    view = NetworkView(
        (
            row("Croce Verde", Answering(60, 30, 6, 3), NOW - 17 * 24 * HOUR, NOW - 16 * 24 * HOUR),
            row("Onlus Ponte", Answering(4, 3, 0, 1), NOW),
            row("Mensa [/bad] dell'Oratorio di San Nicolò", Answering()),
            row("Emporio", Answering(2), 0, NOW - HOUR),
        ),
        NOW,
        30,
        2,
        absence_days=14,
        own=Answering(50, 40, 5, 3),
        own_askers=6,
        own_absent_days=15,
        checks=Answering(61, 3, 1, 40),
    )
    lines = network_lines(view, "it")
    assert all(len(line) <= 80 for line in lines)
    text = "\n".join(lines)
    assert "Croce Verde                      60      50 %      60 %       5 %      35 %" in text
    assert "Onlus Ponte                       4    3 su 4    3 su 4    1 su 4    0 su 4" in text
    assert "Mensa [/bad] dell'Oratorio…       0         -" in text
    assert "!! MUTO: Croce Verde, da 16 giorni (ultima risposta il 15/05/2025)." in text
    assert "!! MUTO: Emporio, da 1 ora (nessuna risposta nel periodo)." in text
    assert "Onlus Ponte, da" not in text
    assert "VERIFICHE COMPLETE               61       4 %       6 %      65 %      27 %" in text
    assert "?? 2 verifiche senza alcuna risposta" in text
    whole = " ".join(text.split())
    assert "(ultima risposta il 15/05/2025). L'ufficio può proporle l'ospitalità." in whole
    assert "Questo ente, dicono gli altri (6): entro 5 s 90 %, dopo 6 %, mai 4 %." in whole
    assert "!! Il nodo di questo ente è rimasto spento 15 giorni di fila" in whole
    assert "!! SILENT: Croce Verde, for 16 days" in "\n".join(network_lines(view, "en"))


def test_a_network_that_was_asked_nothing_says_so() -> None:
    assert network_lines(NetworkView((row("Emporio", Answering()),), NOW, 30, 0), "it")[-1] == (
        "Nessuna domanda nel periodo."
    )
