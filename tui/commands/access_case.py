"""What all commands about a request for access share: its number, and how its report is printed."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from tui.access_document import report_document
from tui.access_model import Report
from tui.access_table import report_table
from tui.access_text import report_lines
from tui.commands.base import Result
from tui.exits import Exit
from tui.profile import Profile
from tui.text import plain

Number = Annotated[str, typer.Argument(help="Numero della richiesta, per esempio C-0007.")]
_NUMBER = re.compile(r"(?:[Cc]-)?0*([0-9]{1,9})")


def case_number(text: str) -> int:
    """Return the number of a request written C-0007, or 7; raise `input.report`."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise MagliaError(Code.INPUT_REPORT, number=plain(text, 20))
    return int(found[1])


def report_result(report: Report, profile: Profile) -> Result:
    """Return a report as it is printed; the status says whether anybody is missing."""
    whole = report.case.is_complete or bool(report.case.closed)
    status = Exit.DONE if whole else Exit.PARTIAL
    lines, table = report_lines(report, profile.lang), report_table(report, profile.lang)
    return Result(report_document(report), lines, status, table)
