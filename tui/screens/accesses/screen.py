"""ACCESSI for an auditor: reading every log of the network, searching in them, holding them against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on

from maglia.core.translation import mark, tr
from tui.audit.model import LogState
from tui.lines import Line, Tone
from tui.screens.accesses.base import COMPARE, LOGS, SEARCH
from tui.screens.accesses.later import tools
from tui.screens.accesses.search import SearchPart
from tui.screens.accesses.words import ABOUT, COMPARING, HELPS, NEXT_HERE, READING, TO_COMPARE
from tui.screens.long_work import GoOn
from tui.screens.work import EXPORT
from tui.table import Table
from tui.widgets.keys import Action
from tui.widgets.listing import Listing

if TYPE_CHECKING:
    from tui.audit.day import Compared
    from tui.audit.pull import Progress


class AccessesScreen(SearchPart):
    """Three parts over one archive: what was asked, what does not agree, which logs there are."""

    NAME = "accesses"
    HEADING = mark("CONTROLLO ACCESSI")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "pull", mark("Leggi")),
        Action("f3", "F3", "signals", mark("Segnali")),
        Action("f4", "F4", "search", mark("Cerca")),
        Action("f5", "F5", "compare", mark("Confronta")),
        EXPORT,
        Action("f9", "F9", "stop", mark("Ferma")),
    )
    ABOUT = ABOUT
    HELPS = HELPS
    NEXT_HERE = NEXT_HERE

    def table(self) -> Table | None:
        """Return the table that is seen."""
        if self.at == SEARCH:
            return super().table()
        if self.compared is None:
            return None
        if self.at == COMPARE:
            return tools.finding_table(self.compared.report, self.lang)
        return tools.verify_table(self.compared.logs, self.lang)

    def action_pull(self) -> None:
        """Read every log of the network; what is in the archive is not read again."""
        self.action_part(LOGS)
        pull = partial(tools.pull_all, self.seat.profile, self.seat.keys, self._tell_pull)
        self.in_loop("pull", pull, self._pulled)
        self.note(READING)

    def _tell_pull(self, progress: Progress) -> None:
        self.progress(partial(tools.rows.progress_lines, replace(progress), self.lang))

    def _pulled(self, logs: Sequence[LogState]) -> None:
        self.compared = None
        self.listing("differences").say("")
        self.show_logs(logs)

    def action_compare(self) -> None:
        """Recompute every log from its entries, then hold them against each other."""
        if not self.logs:
            self.look()
            return
        self.compared = None
        self.action_part(COMPARE)
        self.listing("differences").say(tr(COMPARING, self.lang))
        self.in_thread("compare", self._compare, self._show_compared)
        self.note(COMPARING)

    def _compare(self, go_on: GoOn) -> Compared:
        done = 0

        def tell(member: str) -> None:
            nonlocal done
            go_on()
            done += bool(member)
            lines = partial(tools.rows.comparing_lines, member, done, len(self.logs), self.lang)
            self.progress(lines)

        return tools.compare(self.seat.profile, tell)

    def _show_compared(self, found: Compared) -> None:
        self.compared = found
        self.listing("differences").show(
            tools.rows.difference_rows(found, self.lang),
            tools.verdict_line(found.report, self.lang).removeprefix("?? "),
        )
        self.show_state_of_logs()
        self.action_part(COMPARE)

    @on(Listing.Chosen, "#differences")
    def open_difference(self, event: Listing.Chosen) -> None:
        """Show a difference whole."""
        kind, _, at = event.key.partition("/")
        if kind == "diff" and self.compared is not None:
            self.app.push_screen(tools.difference_window(self.compared.report.findings[int(at)], self.lang))

    def say_of_part(self) -> None:
        """Say what was read, or what the logs say of each other."""
        super().say_of_part()
        if not self.logs or self.at == SEARCH:
            return
        if self.compared is None:
            partial = tools.partial_reading(self.logs, self.lang)
            marked = [Line("??", partial, Tone.PARTIAL)] if partial else []
            said = [
                Line("  ", text, Tone.NOTE)
                for text in (tools.read_line(self.logs, self.lang), tr(TO_COMPARE, self.lang))
            ]
            self.tell(said[0], *marked, said[1])
            return
        verdict = tools.verdict_line(self.compared.report, self.lang)
        lines = [Line("  ", tools.head_line(self.compared.report, self.lang), Tone.NOTE)]
        if verdict.startswith("?? "):
            lines.append(Line("??", verdict.removeprefix("?? "), Tone.PARTIAL))
        elif verdict:
            lines.append(Line("  ", verdict, Tone.CALM))
        self.tell(*lines)
