"""What the reader of spreadsheets may use, and what is no whole document: the library reads a cut one without end."""

from __future__ import annotations

import io
from xml.parsers import expat
from zipfile import ZipFile

MEMORY_BYTES = 1 << 30
_LEAST_CPU_S, _MOST_CPU_S, _CPU_S_A_MIB = 10, 120, 20
"""Ten times what a list of 16 MiB, which packs into 130 KiB, takes with the start of the process."""
_WAITS = 3
"""Seconds of patience for each second of processor: others use the machine too."""
_CELLS = "content.xml"
"""Where a workbook of OpenDocument holds its cells."""


def cpu_s(sent_bytes: int) -> int:
    """Return the seconds of processor for a file of so many bytes: as they were sent, since what they claim is free."""
    return min(_MOST_CPU_S, _LEAST_CPU_S + _CPU_S_A_MIB * sent_bytes // (1 << 20))


def wait_s(sent_bytes: int) -> int:
    """Return how many seconds whoever started the reader waits for it."""
    return _WAITS * cpu_s(sent_bytes)


def check_whole(content: bytes) -> None:
    """Raise `expat.ExpatError` for a workbook of OpenDocument whose cells are no whole XML document.

    The library waits for the end of a cell that never comes, with a core. Run in the reader's own process.
    """
    with ZipFile(io.BytesIO(content)) as packed:
        if _CELLS in packed.namelist():
            with packed.open(_CELLS) as cells:
                expat.ParserCreate().ParseFile(cells)
