"""NOMI: the network's data-protection officer approves that bodies name their operators in one person's request."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import Input

from maglia.core.errors import Code, MagliaError
from tui.access_names_text import LONGEST_DAYS, USUAL_DAYS, approved_line, request_line
from tui.labels import pick
from tui.lines import Line, Tone
from tui.official_seat import OfficialSeat
from tui.papers.writing import free_path, write_paper
from tui.screens.dialogs import Ask
from tui.screens.work import WorkScreen
from tui.text import show_day
from tui.widgets.entry import Field
from tui.widgets.frame import Panel
from tui.widgets.keys import Action
from tui.widgets.prose import Prose
from tui.words import say

if TYPE_CHECKING:
    from tui.names_files import NamesRequest

_ABOUT = (
    "Un ente che risponde a chi vuole sapere chi l'ha cercato può chiedere anche i nomi degli operatori.",
    "Dà un file, nomi-c-....json, che non dice chi è la persona. Qui si pesa se i suoi diritti li richiedono;"
    " il motivo resta scritto nell'approvazione, e lo legge ogni ente.",
    "F2 mostra di chi è la richiesta, verifica che l'incarico sia in vigore e scrive il file da restituire.",
    "Vale per quella richiesta sola. Chi non è il responsabile della protezione dei dati in carica non scrive nulla.",
)
_ABOUT_EN = (
    "A body that answers who looked a person up can ask for the operators' names too.",
    "It gives a file, names-c-....json, that does not say who the person is. Here it is weighed whether their"
    " rights need it; the reason stays written in the approval, and every body reads it.",
    "F2 shows whose request it is, checks that the office is in force and writes the file to give back.",
    "It holds for that request alone. Whoever is not the data-protection officer in office writes nothing.",
)


@dataclass(frozen=True)
class Weighed:
    """A request that was read, the officer in office who approves it, why, and until when."""

    request: NamesRequest
    official: str
    reason: str
    expires: date


class NamesScreen(WorkScreen[OfficialSeat]):
    """One file in, one file out."""

    NAME = "names"
    HEADING = ("NOMI DEGLI OPERATORI", "OPERATORS' NAMES")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "approve", ("Approva", "Approve")),
        Action("f4", "F4", "clear", ("Nuova", "New")),
    )
    ABOUT = ("\n".join(_ABOUT), "\n".join(_ABOUT_EN))
    HELPS: ClassVar = {
        "file": (
            "File: quello che l'ente ha scritto con «Chiedi i nomi degli operatori».",
            "File: the one that the body wrote with “Ask for operators' names”.",
        ),
        "reason": (
            "Motivo: perché i diritti della persona richiedono i nomi. Lo leggono gli enti.",
            "Reason: why the person's rights need the names. The bodies read it.",
        ),
        "days": (
            f"Giorni: per quanti vale l'approvazione, da 1 a {LONGEST_DAYS}.",
            f"Days: for how many the approval holds, from 1 to {LONGEST_DAYS}.",
        ),
    }

    def __init__(self, seat: OfficialSeat) -> None:
        super().__init__(seat)
        self._file = Field(pick(("File", "File"), self.lang), "file", width=60, longest=300)
        self._reason = Field(pick(("Motivo", "Reason"), self.lang), "reason", width=60, longest=300)
        self._days = Field(
            pick(("Giorni", "Days"), self.lang), "days", str(USUAL_DAYS), width=6, longest=3, echo=self._until
        )

    def panels(self) -> Iterable[Panel]:
        """Fields, and below them what an approval is."""
        yield Panel(self._file, self._reason, self._days)
        yield Panel(Prose([line for text in (_ABOUT, _ABOUT_EN)[self.lang == "en"] for line in (text, "")]), tall=True)

    def opened(self) -> None:
        """Ask for the file."""
        self._file.input.focus()
        self.note(("Nulla si scrive prima della conferma.", "Nothing is written before it is confirmed."))

    def forget(self) -> None:
        """Leave nothing of who was here before."""
        self.action_clear()

    def action_clear(self) -> None:
        """Begin with the next request."""
        self._file.input.value = self._reason.input.value = ""
        self._days.input.value = str(USUAL_DAYS)
        self._file.input.focus()

    def _until(self, text: str) -> str:
        try:
            expires = show_day(date.today() + timedelta(days=_read_days(text)))
        except MagliaError as error:
            return f"!! {error.sentence(self.lang).message}"
        return pick((f"= fino al {expires}", f"= until {expires}"), self.lang)

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Go to the next field: nothing is approved by Enter alone."""
        self.focus_next()

    def action_approve(self) -> None:
        """Read the request, see that the officer is in office, and ask."""
        try:
            file, reason = (
                self._written(self._file, ("file", "file")),
                self._written(self._reason, ("motivo", "reason")),
            )
            days = _read_days(self._days.text)
        except MagliaError as error:
            self.explain(error)
            return
        self.note(("Verifica dell'incarico...", "The office is checked..."))
        self.work(partial(self._weigh, Path(file).expanduser(), reason, days), self._ask)

    def _written(self, field: Field, word: tuple[str, str]) -> str:
        if not field.text:
            raise MagliaError(Code.INPUT_MISSING, field=pick(word, self.lang))
        return field.text

    async def _weigh(self, path: Path, reason: str, days: int) -> Weighed:
        from tui.audit.approving import officer_in_office  # noqa: PLC0415 - gRPC is loaded when it is needed
        from tui.names_files import read_names_request  # noqa: PLC0415 - likewise

        profile = self.seat.profile
        request = await to_thread(read_names_request, path)
        if request.network != profile.network:
            raise MagliaError(Code.INPUT_FIELD, field="network")
        official = await officer_in_office(profile, *self.seat.keys)
        return Weighed(request, official, reason, date.today() + timedelta(days=days))

    def _ask(self, weighed: Weighed) -> None:
        lines = [request_line(weighed.request, self.lang), ", ".join(one.addressee for one in weighed.request.wanted)]
        until = (f"Vale fino al {show_day(weighed.expires)}.", f"It holds until {show_day(weighed.expires)}.")
        why = f"{pick(('Motivo', 'Reason'), self.lang)}: {weighed.reason}"
        answers = [("", say("cancel", self.lang)), ("sign", pick(("Approva e firma", "Approve and sign"), self.lang))]
        title = pick(("APPROVARE I NOMI?", "APPROVE THE NAMES?"), self.lang)
        self.tell()
        self.app.push_screen(Ask(title, [*lines, why, pick(until, self.lang)], answers), partial(self._sign, weighed))

    def _sign(self, weighed: Weighed, answer: str | None) -> None:
        if not answer:
            self.note(("Nulla è stato approvato.", "Nothing was approved."))
            return
        self.work(partial(to_thread, self._write, weighed, Path.cwd()), partial(self._signed, weighed))

    def _write(self, weighed: Weighed, folder: Path) -> Path:
        from tui.audit.approving import approval_file  # noqa: PLC0415 - gRPC is loaded when it is needed

        stem = f"{pick(('approvati', 'approved'), self.lang)}-{weighed.request.case}"
        path, key = free_path(folder, stem, ".json"), self.seat.keys[0]
        write_paper(path, approval_file(weighed.request, weighed.official, key, weighed.expires, weighed.reason))
        return path

    def _signed(self, weighed: Weighed, path: Path) -> None:
        give = (
            f"Da restituire all'ente: {path.name}, nella cartella {path.parent}.",
            f"To give back to the body: {path.name}, in {path.parent}.",
        )
        said = approved_line(weighed.request, weighed.expires, self.lang), pick(give, self.lang)
        self.tell(*(Line("  ", line, Tone.NOTE) for line in said))


def _read_days(text: str) -> int:
    days = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= days <= LONGEST_DAYS:
        raise MagliaError(Code.INPUT_FIELD, field="days")
    return days
