"""SENZA RETE: help and consents taken while the node does not answer, and sent to it when it does."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from time import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import Input

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from tui import doors
from tui.lines import Line, Tone
from tui.offline_model import Sending, Taken, ToCheck, What
from tui.offline_text import in_short, taken_table
from tui.screens.dialogs import Ask, AskWords
from tui.screens.faults import fault_lines
from tui.screens.offline import words
from tui.screens.offline.form import OfflineFields, Written
from tui.screens.offline.rows import COLUMNS, row_of, sending_lines
from tui.screens.work import EXPORT, SessionNeeded, WorkScreen
from tui.session import Counter
from tui.table import Table
from tui.widgets.frame import Panel
from tui.widgets.keys import Action
from tui.widgets.listing import Listing

if TYPE_CHECKING:
    from tui.offline_store import OfflineStore


class OfflineScreen(WorkScreen[Counter]):
    """What is taken, and what waits to be sent."""

    NAME = "offline"
    HEADING = mark("SENZA RETE")
    NEXT_HERE = words.NEXT_HERE
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "take", mark("Prendi")),
        Action("f3", "F3", "take_consent", mark("Consenso")),
        Action("f4", "F4", "clear", mark("Nuova")),
        Action("f6", "F6", "send", mark("Invia")),
        Action("f9", "F9", "remove", mark("Togli")),
        EXPORT,
    )
    ABOUT = words.ABOUT
    HELPS: ClassVar[Mapping[str, str]] = words.HELPS

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self._kept: list[Taken] = []
        self._is_busy = self._sends_next = False
        self.fields = OfflineFields(seat.profile, lambda: seat.today)

    def panels(self) -> Iterable[Panel]:
        """The fields, and what waits."""
        yield self.fields
        yield Panel(Listing(COLUMNS, self.lang, id="taken"), tall=True)

    def opened(self) -> None:
        """Begin with the person for whom the counter works, and show what waits."""
        at_hand = self.seat.at_hand
        if at_hand is None:
            self.fields.begin()
        else:
            self.fields.begin(at_hand.question.identifier, at_hand.question.facet)
        self.note(words.BEGIN)
        self._look()

    def returned(self) -> None:
        """Show what waits; send it, where only the login was missing."""
        sends, self._sends_next = self._sends_next and not self.seat.is_alone, False
        if not self.fields.draft() and self.seat.at_hand is not None:
            self.fields.begin(self.seat.at_hand.question.identifier, self.seat.at_hand.question.facet)
        self._look()
        if sends:
            self.action_send()

    def forget(self) -> None:
        """Leave nothing of who was here before."""
        self._kept = []
        self.fields.clear()

    def draft(self) -> Mapping[str, str]:
        """Return what is written until it is taken."""
        return self.fields.draft()

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Write what a draft holds."""
        self.fields.take_up(fields)

    def take_code(self, code: str) -> bool:
        """Take the next person's card."""
        self.fields.begin(code)
        return True

    def table(self) -> Table | None:
        """Return what waits."""
        return taken_table(self._kept, self.lang)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        if self._is_busy and action in {"take", "take_consent", "send", "remove", "clear"}:
            return False
        return action not in {"send", "remove", "export"} or bool(self._kept)

    @property
    def _store(self) -> OfflineStore:
        if self.seat.offline is None:
            raise MagliaError(Code.SESSION_EXPIRED)
        return self.seat.offline

    def _do(self) -> None:
        self._is_busy = True
        self.refresh_keys()

    def failed(self, error: MagliaError) -> None:
        """Say why; ask for the password of then where it is another one."""
        self._is_busy = False
        if error.code is Code.SESSION_OFFLINE_CLOSED:
            sentence = error.sentence(self.lang)
            asked = AskWords(
                tr(self.HEADING, self.lang),
                [sentence.message, tr(words.OF_THEN, self.lang)],
                tr("Password", self.lang),
                self.lang,
                secret=True,
            )
            self.explain(error)
            self.app.push_screen(asked, self._open_with)
            return
        super().failed(error)

    def _open_with(self, password: str | None) -> None:
        if password:
            self.seat.open_offline(password)
            self._look()

    def _look(self) -> None:
        self.query_one(Listing).say(tr("Lettura in corso...", self.lang))
        self.work(partial(to_thread, self._store.taken), self._show_kept, group="look")

    def _show_kept(self, kept: list[Taken]) -> None:
        self._kept = kept
        rows = [row_of(one, self.lang) for one in reversed(kept)]
        self.query_one(Listing).show(rows, tr(words.NONE, self.lang))

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Go on to the next field: Enter takes nothing, since a card reader presses it too."""
        self.focus_next()

    def action_clear(self) -> None:
        """Begin with the next person; what was taken stays."""
        self.seat.at_hand = None
        self.fields.begin()
        self.note(words.BEGIN)

    def action_take(self) -> None:
        """Keep the help, with the consent where the person agrees now."""
        self._take(with_aid=True)

    def action_take_consent(self) -> None:
        """Keep a consent alone; the bodies are asked once it is sent."""
        self._take(with_aid=False)

    def _take(self, *, with_aid: bool) -> None:
        try:
            written = self.fields.written(with_aid=with_aid)
        except MagliaError as error:
            faults = self.fields.faults(with_aid=with_aid)
            if not faults:
                self.explain(error)
                return
            self.tell(*fault_lines(faults, self.lang, self.NEXT_HERE))
            self.fields.go_to(faults[0].field)
            return
        self._do()
        self.work(partial(to_thread, _keep, self._store, written), self._taken, group="keep")

    def _taken(self, kept: tuple[list[Taken], int]) -> None:
        self._is_busy = False
        taken, same_as = kept
        self.action_clear()
        said = [tr("Preso", self.lang) + f" n. {one.number}: {in_short(one, self.lang)}." for one in taken]
        lines = [*(Line("OK", text, Tone.CALM) for text in said)]
        if same_as:
            lines.append(Line("!!", tr(words.SAME, self.lang).format(same_as=same_as), Tone.FOUND))
        self.tell(*lines, Line("??", tr(words.KEPT, self.lang), Tone.PARTIAL))
        self._look()

    def action_remove(self) -> None:
        """Take the row under the cursor off this computer, after a question."""
        key = self.query_one(Listing).pointed
        found = next((one for one in self._kept if one.key == key), None)
        if found is None:
            return
        row = row_of(found, self.lang)
        answers = [("", tr("Annulla", self.lang)), ("yes", tr("Togli", self.lang))]
        lines = ["  ".join(cell for cell in row.cells if cell), "", tr(words.REMOVE, self.lang)]
        self.app.push_screen(Ask(tr("TOGLI", self.lang), lines, answers), partial(self._remove, found))

    def _remove(self, taken: Taken, answer: str | None) -> None:
        if answer:
            self._do()
            self.work(partial(to_thread, self._store.remove, taken.key), partial(self._removed, taken), group="keep")

    def _removed(self, taken: Taken, _nothing: None) -> None:
        self._is_busy = False
        self.note(mark("Tolto: n. {number}."), number=taken.number)
        self._look()

    def action_send(self) -> None:
        """Send everything to the node, after a login where there was none."""
        if self.seat.is_alone:
            self._sends_next = True
            self.post_message(SessionNeeded(tr(words.LOGIN, self.lang)))
            return
        self._do()
        self.note(words.SENDING)
        self.work(self._send, self._sent, group="keep")

    async def _send(self) -> Sending:
        from tui.offline_sending import send  # noqa: PLC0415 - gRPC and cryptography come after the first paint

        store = self._store
        return await send(self.seat.at(doors.offline), store, await to_thread(store.taken))

    def _sent(self, sending: Sending) -> None:
        self._is_busy = False
        if sending.stopped is None or sending.stopped.code is Code.NETWORK_UNREACHABLE:
            self.tell(*sending_lines(sending, self.lang))
        else:
            self._sends_next = sending.stopped.code is Code.SESSION_EXPIRED
            self.failed(sending.stopped)
        self._look()


def _keep(store: OfflineStore, written: Written) -> tuple[list[Taken], int]:
    """Keep a consent before what rests on it; the number of one that says the same as the last, 0 for none."""
    from tui.offline_store import new_key  # noqa: PLC0415 - cryptography is loaded after the first paint

    def keep(what: What, check: ToCheck) -> Taken:
        return store.add(Taken(0, new_key(), int(time() * 1000), what, check))

    kept = []
    if written.consent is not None:
        kept.append(keep(written.consent, ToCheck() if written.aid is not None else written.check))
    if written.aid is not None:
        kept.append(keep(written.aid, written.check))
    return kept, store.same_as(kept[-1])
