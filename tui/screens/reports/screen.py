"""RESOCONTI: for whoever wants to know who looked them up; requests, what bodies tell, the paper for the person."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on

from maglia.core.errors import MagliaError
from maglia.core.translation import mark, tr
from tui import doors
from tui.access_model import Case, Report
from tui.access_table import case_table, report_table
from tui.access_text import nobody
from tui.handout import hand_out_report
from tui.lines import Line, Tone
from tui.screens.dialogs import Ask
from tui.screens.forms import STAYS, Values, open_form
from tui.screens.reports.acts import ReportActs
from tui.screens.reports.form import Asking, request_form
from tui.screens.reports.rows import CASES, FOUND, case_lines, case_row, collecting_lines, found_rows, some_gaps
from tui.screens.reports.words import ABOUT, ASKING, CHOOSE, HELPS, LEFT, NONE, OVER, PDF_IN, PICK_ONE
from tui.screens.work import EXPORT
from tui.session import Counter
from tui.table import Table
from tui.widgets.frame import Panel
from tui.widgets.keys import Action
from tui.widgets.listing import Listing

_WATCH = "collect"


class AccessReportsScreen(ReportActs):
    """The list of requests above, and below what was found of the one that is open."""

    NAME = "reports"
    HEADING = mark("ACCESSO DEL CITTADINO")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "request", mark("Nuova")),
        Action("f4", "F4", "acts", mark("Azioni")),
        Action("f6", "F6", "retry", mark("Riprova")),
        EXPORT,
        Action("f8", "F8", "print", mark("PDF")),
        Action("f9", "F9", "stop", mark("Ferma")),
    )
    ABOUT = ABOUT
    TAKEN_UP = STAYS
    HELPS = HELPS
    DEFAULT_CSS = """
    AccessReportsScreen #cases { height: 7; }
    AccessReportsScreen.-wide #cases { height: 12; }
    """

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self._cases: list[Case] = []
        self._watched: int | None = None
        self._typed: Values = {}
        """What is written of a new request and not put on file."""

    def panels(self) -> Iterable[Panel]:
        """Requests, and what was found of one."""
        yield Panel(Listing(CASES, self.lang, id="cases"))
        yield Panel(Listing(FOUND, self.lang, tr(PICK_ONE, self.lang), id="found"), tall=True)

    def opened(self) -> None:
        """Look what there is."""
        self.query_one("#cases", Listing).take_cursor()
        self.look()

    def returned(self) -> None:
        """Look again; a request that is open stays so."""
        self.look()

    def forget(self) -> None:
        """Leave nothing of who was here before."""
        self.workers.cancel_group(self, _WATCH)
        self._cases, self.report, self._watched, self._typed = [], None, None, {}
        self.query_one("#cases", Listing).say("")
        self.query_one("#found", Listing).say(tr(PICK_ONE, self.lang))

    def draft(self) -> Values:
        """Return what is written of a new request until it is on file."""
        return self._typed

    def take_up(self, fields: Values) -> None:
        """Have what a draft holds for when F2 opens the window again."""
        self._typed = dict(fields)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        is_open = self.report is not None and not self.report.case.closed
        if action == "stop":
            return self._watched is not None
        if action == "retry":
            return is_open and self._watched is None
        return is_open if action in {"acts", "print"} else True

    def table(self) -> Table | None:
        """Return what was found of the open request where the cursor is in it, else every request."""
        if self.report is not None and self.query_one("#found", Listing).has_focus_within:
            return report_table(self.report, self.lang)
        return case_table(self._cases, self.lang)

    def look(self) -> None:
        """Read the requests anew."""
        if not self._cases:
            self.query_one("#cases", Listing).await_rows()
        self.work(lambda: self.seat.at(doors.reports).reports(), self._show_cases, group="cases")

    def _show_cases(self, cases: list[Case]) -> None:
        self._cases = cases
        self.query_one("#cases", Listing).show([case_row(one, self.lang) for one in cases], tr(NONE, self.lang))
        if self.report is None and self._watched is None:
            self.note(PICK_ONE if cases else "")

    @on(Listing.Chosen, "#cases")
    def open_case(self, event: Listing.Chosen) -> None:
        """Show what was found of one request."""
        self.read(int(event.key))

    def read(self, number: int) -> None:
        """Read one request with all that was found."""
        self.work(lambda: self.seat.at(doors.reports).report(number), self.show_report, group="one")

    def show_report(self, report: Report) -> None:
        """Show it, who is missing first."""
        self.report = report
        rows = [] if report.case.closed else found_rows(report, self.lang)
        none = tr(OVER, self.lang) if report.case.closed else nobody(report.case, self.lang)
        found = self.query_one("#found", Listing)
        found.show(rows, none)
        lines = case_lines(report.case, self.lang)
        if rows and not report.questions:
            lines.insert(1, Line("  ", nobody(report.case, self.lang), Tone.NOTE))
        self.tell(*lines)

    def take_code(self, code: str) -> bool:
        """Begin a request of whoever's card was read."""
        self._ask_request(code)
        return True

    def action_request(self) -> None:
        """Ask whose request it is, or go on with what is written of one."""
        at_hand = self.seat.at_hand
        self._ask_request(self._typed.get("identifier") or (at_hand.question.identifier if at_hand else ""))

    def _ask_request(self, code: str) -> None:
        about = self._typed if code == self._typed.get("identifier") else {"identifier": code}
        form = request_form(about, self.lang)
        form.keep = self._keep
        open_form(self, form, self._open, lambda: self.note(STAYS if self._typed else ""))

    def _keep(self, written: Values) -> None:
        self._typed = dict(written) if written.get("document") or written.get("received") else {}
        self.plan_to_save()

    def _open(self, asking: Asking) -> None:
        said = asking.identifier, asking.document, asking.received
        self.work(lambda: self.seat.at(doors.reports).open_report(*said), self._opened, group="one")

    def _opened(self, case: Case) -> None:
        self._keep({})
        self.notify(tr("Richiesta {name} registrata.", self.lang).format(name=case.name), markup=False)
        self.collect(case)

    def action_retry(self) -> None:
        """Ask again who is missing; what was told stays."""
        if self.report is not None and not self.report.case.closed:
            self.collect(self.report.case)

    def collect(self, case: Case) -> None:
        """Have every body asked that has not told, and watch."""
        self._watched = case.number
        self.note(ASKING)
        collect = partial(self.seat.at(doors.reports).collect, case.number)
        self.follow(collect, self._told, partial(self._collected, case.number), group=_WATCH)
        self.refresh_keys()

    def _told(self, case: Case) -> None:
        if self._watched == case.number:
            self.show_report(Report(case, ()))
            self.tell(*collecting_lines(case, self.lang))

    def _collected(self, number: int) -> None:
        self._watched = None
        self.read(number)
        self.look()

    def failed(self, error: MagliaError) -> None:
        """Say why; what had come stays, what was written too, and who is missing can be asked again."""
        self._watched = None
        super().failed(error)
        if self._typed:
            self.explain(error, [Line("  ", tr(STAYS, self.lang), Tone.NOTE)])

    def action_stop(self) -> None:
        """Stop watching: the node goes on."""
        if self._watched is not None:
            self.workers.cancel_group(self, _WATCH)
            self._watched = None
            self.note(LEFT)
            self.refresh_keys()

    def action_print(self) -> None:
        """Write the paper for the person, in the language that they read."""
        if self.report is None:
            self.note(CHOOSE)
            return
        gaps = some_gaps(self.report.case, self.lang)
        answers = [("", tr("Annulla", self.lang)), ("it", "Italiano"), ("en", "English")]
        dialog = Ask(self.report.case.name, [tr(PDF_IN, self.lang), *gaps], answers)
        self.app.push_screen(dialog, partial(self._print, self.report))

    def _print(self, report: Report, lang: str | None) -> None:
        if lang:
            write = partial(hand_out_report, self.seat.profile, self.seat.here, report, lang, Path.cwd())
            self.work(partial(to_thread, write), self._printed, group="paper")

    def _printed(self, written: tuple[Path, int]) -> None:
        path, pages = written
        said = tr("Scritto {name}, pagine: {pages}.", self.lang).format(name=path.name, pages=pages)
        self.tell(Line("  ", said, Tone.NOTE), Line("  ", str(path.parent), Tone.NOTE))
