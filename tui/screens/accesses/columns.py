"""The columns of the tables of ACCESSI."""

from __future__ import annotations

from maglia.core.translation import mark
from tui.widgets.listing import Column

ENTRY_COLUMNS = (
    Column(mark("ORA"), 12),
    Column(mark("OPERATORE"), 10),
    Column(mark("REGISTRO")),
    Column(mark("CHE COSA"), 17),
    Column(mark("CON")),
    Column(mark("ESITO")),
    Column(mark("SCOPO"), 20, from_width=105),
    Column(mark("VOCE"), 8, right=True, from_width=105),
)
SIGNAL_COLUMNS = (
    Column(mark("ORA"), 13),
    Column(mark("OPERATORE"), 13),
    Column(mark("ENTE")),
    Column(mark("SCOPO"), 18),
    Column(mark("SEGNALE"), 19),
)
DIFFERENCE_COLUMNS = (
    Column(mark("CHE COSA"), 25),
    Column(mark("DI CHI"), 22),
    Column(mark("VOCI")),
)
LOG_COLUMNS = (
    Column(mark("REGISTRO"), 26),
    Column(mark("STATO"), 19),
    Column(mark("VOCI")),
)
