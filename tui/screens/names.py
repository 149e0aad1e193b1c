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
from maglia.core.translation import mark, tr
from tui.access_names_text import LONGEST_DAYS, USUAL_DAYS, approved_line, request_line
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

if TYPE_CHECKING:
    from tui.names_files import NamesRequest

_ABOUT = mark(
    "Un ente che risponde a chi vuole sapere chi l'ha cercato può chiedere anche i nomi degli operatori.\n"
    "Dà un file, nomi-c-....json, che non dice chi è la persona. Qui si pesa se i suoi diritti li richiedono;"
    " il motivo resta scritto nell'approvazione, e lo legge ogni ente.\n"
    "F2 mostra quale ente chiede, verifica che l'incarico sia in vigore e scrive il file da restituire.\n"
    "Vale per quella richiesta sola. Chi non è il responsabile della protezione dei dati in carica non scrive nulla."
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
    HEADING = mark("NOMI DEGLI OPERATORI")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "approve", mark("Approva")),
        Action("f4", "F4", "clear", mark("Nuova")),
    )
    ABOUT = _ABOUT
    HELPS: ClassVar = {
        "file": mark("File: quello che l'ente ha scritto con «Chiedi i nomi degli operatori»."),
        "reason": mark("Motivo: perché i diritti della persona richiedono i nomi. Lo leggono gli enti."),
        "days": mark("Giorni: per quanti vale l'approvazione, da 1 a {most}."),
    }
    HELP_VALUES: ClassVar = {"most": LONGEST_DAYS}

    def __init__(self, seat: OfficialSeat) -> None:
        super().__init__(seat)
        self._file = Field(tr("File", self.lang), "file", width=60, longest=300)
        self._reason = Field(tr("Motivo", self.lang), "reason", width=60, longest=300)
        self._days = Field(tr("Giorni", self.lang), "days", str(USUAL_DAYS), width=6, longest=3, echo=self._until)

    def panels(self) -> Iterable[Panel]:
        """Fields, and below them what an approval is."""
        yield Panel(self._file, self._reason, self._days)
        yield Panel(Prose([line for text in tr(_ABOUT, self.lang).split("\n") for line in (text, "")]), tall=True)

    def opened(self) -> None:
        """Ask for the file."""
        self._file.input.focus()
        self.note(mark("Nulla si scrive prima della conferma."))
        self.run_worker(self._look_who_is_here(), group="office", exclusive=True)

    async def _look_who_is_here(self) -> None:
        """Say at once to whoever holds another office that this is not theirs; the rest is said when it is needed."""
        from tui.audit.approving import officer_in_office  # noqa: PLC0415 - gRPC is loaded when it is needed

        try:
            await officer_in_office(self.seat.profile, *self.seat.keys)
        except MagliaError as error:
            if error.code is Code.SESSION_ROLE:
                self.post_message(self.Came(partial(self.failed, error)))

    def failed(self, error: MagliaError) -> None:
        """Say why; to whoever holds another office, whose this one is."""
        if error.code is not Code.SESSION_ROLE:
            super().failed(error)
            return
        whose = tr("Approva i nomi solo il responsabile della protezione dei dati.", self.lang)
        following = tr("Dare il file a lui: chi è lo dice un funzionario dell'ufficio.", self.lang)
        self.tell(Line("!!", whose, Tone.FOUND), Line("  ", following, Tone.NOTE))

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
        return tr("= fino al {expires}", self.lang).format(expires=expires)

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Go to the next field: nothing is approved by Enter alone."""
        self.focus_next()

    def action_approve(self) -> None:
        """Read the request, see that the officer is in office, and ask."""
        try:
            file, reason = self._written(self._file, mark("file")), self._written(self._reason, mark("motivo"))
            days = _read_days(self._days.text)
        except MagliaError as error:
            self.explain(error)
            return
        self.note(mark("Verifica dell'incarico..."))
        self.work(partial(self._weigh, Path(file).expanduser(), reason, days), self._ask)

    def _written(self, field: Field, word: str) -> str:
        if not field.text:
            raise MagliaError(Code.INPUT_MISSING, field=tr(word, self.lang))
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
        until = tr("Vale fino al {expires}.", self.lang).format(expires=show_day(weighed.expires))
        why = f"{tr('Motivo', self.lang)}: {weighed.reason}"
        answers = [("", tr("Annulla", self.lang)), ("sign", tr("Approva e firma", self.lang))]
        title = tr("APPROVARE I NOMI?", self.lang)
        self.tell()
        self.app.push_screen(Ask(title, [*lines, why, until], answers), partial(self._sign, weighed))

    def _sign(self, weighed: Weighed, answer: str | None) -> None:
        if not answer:
            self.note(mark("Nulla è stato approvato."))
            return
        self.work(partial(to_thread, self._write, weighed, Path.cwd()), partial(self._signed, weighed))

    def _write(self, weighed: Weighed, folder: Path) -> Path:
        from tui.audit.approving import approval_file  # noqa: PLC0415 - gRPC is loaded when it is needed

        stem = f"{tr('approvati', self.lang)}-{weighed.request.case}"
        path, key = free_path(folder, stem, ".json"), self.seat.keys[0]
        content = approval_file(weighed.request, weighed.official, key, weighed.expires, weighed.reason)
        write_paper(path, content, private=True)
        return path

    def _signed(self, weighed: Weighed, path: Path) -> None:
        give = tr("Da restituire all'ente: {name}, nella cartella {parent}.", self.lang).format(
            name=path.name, parent=path.parent
        )
        said = approved_line(weighed.request, weighed.expires, self.lang), give
        self.tell(*(Line("  ", line, Tone.NOTE) for line in said))


def _read_days(text: str) -> int:
    days = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= days <= LONGEST_DAYS:
        raise MagliaError(Code.INPUT_FIELD, field="days")
    return days
