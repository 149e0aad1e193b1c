"""The columns of the tables of ACCESSI."""

from __future__ import annotations

from tui.widgets.listing import Column

ENTRY_COLUMNS = (
    Column(("ORA", "TIME"), 12),
    Column(("OPERATORE", "OPERATOR"), 10),
    Column(("REGISTRO", "LOG")),
    Column(("CHE COSA", "WHAT"), 17),
    Column(("CON", "WITH")),
    Column(("ESITO", "OUTCOME")),
    Column(("SCOPO", "PURPOSE"), 20, from_width=105),
    Column(("VOCE", "ENTRY"), 8, right=True, from_width=105),
)
SIGNAL_COLUMNS = (
    Column(("ORA", "TIME"), 13),
    Column(("OPERATORE", "OPERATOR"), 13),
    Column(("ENTE", "BODY")),
    Column(("SCOPO", "PURPOSE"), 18),
    Column(("SEGNALE", "SIGNAL"), 19),
)
DIFFERENCE_COLUMNS = (
    Column(("CHE COSA", "WHAT"), 25),
    Column(("DI CHI", "WHOSE"), 22),
    Column(("VOCI", "ENTRIES")),
)
LOG_COLUMNS = (
    Column(("REGISTRO", "LOG"), 27),
    Column(("STATO", "STATUS"), 20),
    Column(("VOCI", "ENTRIES")),
)
