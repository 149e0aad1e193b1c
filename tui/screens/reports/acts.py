"""What can be done with one request for access: more time, its end, operators' names. Each asks before it does."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from maglia.core.translation import mark, tr
from tui import doors
from tui.access_model import Case, NamesWanted, Report
from tui.access_text import list_lines
from tui.lines import Line, Tone
from tui.papers.writing import free_path, write_paper
from tui.screens.dialogs import Ask, AskWords, Menu
from tui.screens.reports.rows import some_gaps
from tui.screens.reports.words import ACTS, APPROVED_FILE, CHOOSE, CLOSE, CLOSED_PARTIAL, EXTEND, NAMES_WRITTEN
from tui.screens.work import WorkScreen
from tui.session import Counter

if TYPE_CHECKING:
    from tui.names_files import NamesRequest


Answered = Callable[[Case, str | None], None]


class ReportActs(WorkScreen[Counter]):
    """The acts on the request that is open, `report`."""

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self.report: Report | None = None

    def collect(self, case: Case) -> None:
        """Have every body asked that has not told, and watch."""
        raise NotImplementedError

    def look(self) -> None:
        """Read the requests anew."""
        raise NotImplementedError

    def show_report(self, report: Report) -> None:
        """Show one request with all that was found."""
        raise NotImplementedError

    def action_acts(self) -> None:
        """Offer what can be done with the open request."""
        if self.report is None or self.report.case.closed:
            self.note(CHOOSE)
            return
        offered = [(name, tr(words, self.lang)) for name, words in ACTS]
        if self.report.case.extended:
            offered = offered[1:]  # once only
        self.app.push_screen(Menu(self.report.case.name, offered), partial(self._chosen, self.report.case))

    def _chosen(self, case: Case, act: str | None) -> None:
        if act == "extend":
            self._ask(case, EXTEND, mark("Motivo"), self._extend)
        elif act == "approved":
            self._ask(case, APPROVED_FILE, mark("File"), self._take_approval)
        elif act == "close":
            answers = [("", tr("Annulla", self.lang)), ("close", tr("Chiudi la richiesta", self.lang))]
            lines = [tr(CLOSE, self.lang), *some_gaps(case, self.lang)]
            self.app.push_screen(Ask(case.name, lines, answers), partial(self._close, case))
        elif act == "names":
            self.work(partial(self._names_wanted, case.number), partial(self._write_names, case), group="one")

    def _ask(self, case: Case, said: str, label: str, then: Answered) -> None:
        dialog = AskWords(case.name, [tr(said, self.lang)], tr(label, self.lang), self.lang)
        self.app.push_screen(dialog, partial(then, case))

    def _extend(self, case: Case, reason: str | None) -> None:
        if reason:
            call = partial(self.seat.at(doors.reports).extend_report, case.number, reason)
            self.work(call, partial(self._changed, []), group="one")

    def _close(self, case: Case, answer: str | None) -> None:
        if answer:
            gaps = some_gaps(case, self.lang)
            said = [tr(CLOSED_PARTIAL, self.lang), *gaps] if gaps else []
            self.work(
                lambda: self.seat.at(doors.reports).close_report(case.number), partial(self._changed, said), group="one"
            )

    def _changed(self, more: list[str], case: Case) -> None:
        """Say how the request stands now, and what was missing when it ended."""
        accesses = self.report.accesses if self.report is not None and not case.closed else ()
        self.show_report(Report(case, accesses))
        clock = " ".join(line.strip() for line in list_lines([case], self.lang))
        said = [clock, *(line.strip() for line in more)]
        self.tell(*(Line("  ", line, Tone.NOTE) for line in said))
        self.look()

    async def _names_wanted(self, number: int) -> list[NamesWanted]:
        return await self.seat.at(doors.reports).names_wanted(number)

    def _write_names(self, case: Case, wanted: list[NamesWanted]) -> None:
        from tui.names_files import NamesRequest  # noqa: PLC0415 - signed messages: loaded when they are needed

        member = self.seat.here.member
        request = NamesRequest(self.seat.profile.network, member, case.name, case.due, tuple(wanted))
        self.work(partial(to_thread, _written, request, Path.cwd(), self.lang), self._names_written, group="paper")

    def _names_written(self, path: Path) -> None:
        written = tr("Scritto {name}, nella cartella", self.lang).format(name=path.name)
        said = f"{written} {path.parent}.", tr(NAMES_WRITTEN, self.lang)
        self.tell(*(Line("  ", line, Tone.NOTE) for line in said))

    def _take_approval(self, case: Case, file: str | None) -> None:
        if file:
            self.work(partial(self._filed, case.number, Path(file).expanduser()), self.collect, group="one")

    async def _filed(self, number: int, path: Path) -> Case:
        from tui.names_files import read_names_approval  # noqa: PLC0415 - likewise

        approvals = await to_thread(read_names_approval, path)
        return await self.seat.at(doors.reports).add_approval(number, approvals)


def _written(request: NamesRequest, folder: Path, lang: str) -> Path:
    from tui.names_files import encode_names_request  # noqa: PLC0415 - likewise

    path = free_path(folder, f"{tr('nomi', lang)}-{request.case}", ".json")
    write_paper(path, encode_names_request(request), private=True)  # about whom one person asks
    return path
