"""RINVII: persons sent to other bodies with their consent, and persons received from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import on

from maglia.core.errors import MagliaError
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Purpose
from tui import doors
from tui.labels import FACETS, label
from tui.lines import Line, Tone
from tui.model import Question
from tui.referral_model import Referral, Taker
from tui.referral_text import how_it_stands, referral_table, state_lines, untold_line, whole_lines
from tui.screens.counter_next import ON_REFERRALS
from tui.screens.dialogs import Ask, AskWords
from tui.screens.forms import STAYS
from tui.screens.referrals.form import ReferralForm, Sending
from tui.screens.work import EXPORT, GoTo, WorkScreen
from tui.session import AtHand, Counter
from tui.table import Table
from tui.text import show_instant
from tui.widgets.frame import Panel
from tui.widgets.keys import Action
from tui.widgets.listing import Column, Listing, ListRow

_COLUMNS = (
    Column(mark("NUMERO"), 11),
    Column(mark("VERSO"), 6),
    Column(mark("ENTE")),
    Column(mark("AIUTO"), 18),
    Column(mark("STATO"), 24),
    Column(mark("DEL"), 18, from_width=100),
    Column(mark("OPERATORE"), 14, from_width=115),
)
_MOVES: Mapping[tuple[str, str], Sequence[tuple[str, str]]] = {
    ("received", "sent"): (("accepted", mark("Accetta")), ("declined", mark("Non accettare"))),
    ("received", "accepted"): (("record", mark("Registra aiuto")), ("done", mark("Concluso"))),
    ("sent", "waiting"): (("withdrawn", mark("Ritira")),),
    ("sent", "sent"): (("withdrawn", mark("Ritira")),),
    ("sent", "accepted"): (("withdrawn", mark("Ritira")),),
}
"""By direction and state, what can be done next."""
_TELLS = {
    "declined": mark("Perché non si accetta? Lo legge chi ha inviato la persona."),
    "withdrawn": mark("Perché si ritira? Lo legge l'ente che riceve."),
}
_TEXTS = ("called", "contact", "needed", "note")
"""What is written of a new referral; a code and a choice alone are quickly made again."""


class ReferralsScreen(WorkScreen[Counter]):
    """The list; Enter opens one with the person."""

    NAME = "referrals"
    HEADING = mark("RINVII")
    NEXT_HERE = ON_REFERRALS
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "send", mark("Nuovo invio")),
        Action("f4", "F4", "look", mark("Aggiorna")),
        Action("f5", "F5", "unread", mark("Tutti/da leggere")),
        EXPORT,
    )
    ABOUT = mark(
        "Una persona si invia a un altro ente col suo consenso: solo quell'ente sa chi è, e risponde se l'accetta.\n"
        "Invio su una riga la apre con la persona: è letta. Da lì si accetta, non si accetta (con un motivo), si"
        " conclude o si ritira.\n"
        "Se l'ente non risponde si riprova da soli per tre giorni: finché non è consegnato, la riga lo dice."
    )
    TAKEN_UP = STAYS
    HELPS: ClassVar[Mapping[str, str]] = {"referrals": mark("Invio: aprire l'invio con la persona. !! è da leggere.")}

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self._referrals: list[Referral] = []
        self._only_unread = False
        self._typed: Mapping[str, str] = {}
        """What is written of a new referral and not sent."""

    def panels(self) -> Iterable[Panel]:
        """One list."""
        yield Panel(Listing(_COLUMNS, self.lang, id="referrals"), tall=True)

    def opened(self) -> None:
        """Look what there is."""
        self.action_look()

    def returned(self) -> None:
        """Look again."""
        self.action_look()

    def forget(self) -> None:
        """Leave nothing of who was here before."""
        self._referrals, self._typed = [], {}

    def draft(self) -> Mapping[str, str]:
        """Return what is written of a new referral until it is sent."""
        return dict(self._typed)

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Have what a draft holds for when F2 opens the window again."""
        self._typed = dict(fields)

    def _keep(self, written: Mapping[str, str]) -> None:
        self._typed = dict(written) if any(written.get(name) for name in _TEXTS) else {}
        self.plan_to_save()

    def failed(self, error: MagliaError) -> None:
        """Say why, and that what was written is still there."""
        super().failed(error)
        if self._typed:
            self.explain(error, [Line("  ", tr(STAYS, self.lang), Tone.NOTE)])

    def table(self) -> Table | None:
        """Return the list, without the persons."""
        return referral_table(self._referrals, self.lang)

    def action_unread(self) -> None:
        """Show only what is to be read, or everything."""
        self._only_unread = not self._only_unread
        self.action_look()

    def action_look(self) -> None:
        """Read the list anew."""
        unread = self._only_unread
        self.query_one(Listing).await_rows()
        self.work(lambda: self.seat.at(doors.referrals).referrals(unread=unread), self._show_all)

    def _show_all(self, referrals: list[Referral]) -> None:
        self._referrals = referrals
        none = mark("Nessun invio. F2 ne fa uno.")
        if self._only_unread:
            none = mark("Nessun invio da leggere. F5 li mostra tutti.")
        self.query_one(Listing).show([self._row(one) for one in referrals], tr(none, self.lang))
        unread = sum(one.unread for one in referrals)
        self.note(mark("{unread} da leggere, {count} in tutto."), unread=unread, count=len(referrals))

    def _row(self, one: Referral) -> ListRow:
        cells = (
            f"{'!! ' if one.unread else '   '}{one.name}",
            (tr("a", self.lang) if one.direction == "sent" else tr("da", self.lang, "referral")),
            one.member_name,
            label(FACETS, one.facet, self.lang),
            how_it_stands(one, self.lang),
            show_instant(one.created_ms),
            one.operator,
        )
        tone = Tone.FOUND if one.unread else Tone.PARTIAL if one.untold else Tone.CALM
        return ListRow(str(one.number), cells, tone, untold_line(one, self.lang))

    @on(Listing.Chosen)
    def open(self, event: Listing.Chosen) -> None:
        """Read one with the person."""
        number = int(event.key)
        self.work(lambda: self.seat.at(doors.referrals).referral(number), self._show_one, group="one")

    def _show_one(self, one: Referral) -> None:
        moves = _MOVES.get((one.direction, one.state), ())
        offered = [(move, tr(words, self.lang)) for move, words in moves if move != "record" or one.person]
        answers = [("", tr("Chiudi", self.lang)), *offered]
        dialog = Ask(one.name, whole_lines(one, self.lang, on_screen=True), answers)
        self.app.push_screen(dialog, partial(self._answered, one))

    def _answered(self, one: Referral, move: str | None) -> None:
        if move == "record" and one.person is not None:
            question = Question(one.person.identifier, one.facet, Purpose.AID_OVERLAP)
            self.seat.at_hand = AtHand(question)
            self.post_message(GoTo("record"))
        elif move in _TELLS:
            lines = [tr(_TELLS[move], self.lang)]
            dialog = AskWords(one.name, lines, tr("Motivo", self.lang), self.lang)
            self.app.push_screen(dialog, partial(self._gave_reason, one, move))
        elif move:
            self._move(one, move, "")
        else:
            self.action_look()

    def _gave_reason(self, one: Referral, move: str, reason: str | None) -> None:
        if reason:
            self._move(one, move, reason)
        else:
            self.note(mark("{name}: nulla è cambiato, manca il motivo."), name=one.name)

    def _move(self, one: Referral, state: str, reason: str) -> None:
        self.work(lambda: self.seat.at(doors.referrals).move(one.number, state, reason), self._moved, group="one")

    def _moved(self, one: Referral) -> None:
        unread = self._only_unread
        self.work(
            lambda: self.seat.at(doors.referrals).referrals(unread=unread), partial(self._show_after, one), group="work"
        )

    def _show_after(self, one: Referral, referrals: list[Referral]) -> None:
        self._show_all(referrals)
        tone = Tone.PARTIAL if one.untold or one.state == "undelivered" else Tone.NOTE
        self.tell(*(Line("", line, tone) for line in state_lines(one, self.lang)))

    def take_code(self, code: str) -> bool:
        """Begin a referral of whoever's card was read."""
        self.seat.at_hand = AtHand(Question(code, "", Purpose.REFERRAL))
        self.action_send()
        return True

    def action_send(self) -> None:
        """Ask who takes persons, then whom to send where."""
        self.work(lambda: self.seat.at(doors.referrals).takers(""), self._offer, group="one")

    def _offer(self, takers: list[Taker]) -> None:
        if not takers:
            none = mark("Nessun ente riceve invii: non c'è a chi mandare.")
            self.note(none)
            return
        question = self.seat.at_hand.question if self.seat.at_hand else None
        is_same = question is None or question.identifier in {"", self._typed.get("identifier", "")}
        again = self._typed if is_same else {}
        form = ReferralForm(takers, self.lang, question, again, self._keep)
        self.app.push_screen(form, self._send)

    def _send(self, sending: Sending | None) -> None:
        if sending is not None:
            self.note(mark("Consegna in corso..."))
            self.work(partial(self._sent, sending), self._was_sent, group="one")
        elif self._typed:
            self.note(STAYS)

    def _was_sent(self, one: Referral) -> None:
        self._keep({})
        self._moved(one)

    async def _sent(self, sending: Sending) -> Referral:
        if sending.consent:
            await self.seat.record_consent(sending.wanted.identifier, Purpose.REFERRAL)
        return await self.seat.at(doors.referrals).send(sending.wanted)
