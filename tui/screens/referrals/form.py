"""Whom to send to which body, with what words, on whose consent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from maglia.core.identifiers import parse_identifier
from maglia.core.translation import mark, tr
from tui.labels import FACETS, options
from tui.model import Question
from tui.referral_model import Taker, Wanted
from tui.screens.faults import fault_text, faults_of, needed
from tui.screens.window import Window
from tui.widgets.entry import Choice, Field, TickBox, plain_choices


@dataclass(frozen=True)
class Sending:
    """A referral to make; `consent` tells that the person agreed to it just now, here."""

    wanted: Wanted
    consent: bool


class ReferralForm(Window[Sending | None]):
    """The fields of one referral; closes with it, or with None for none."""

    DEFAULT_CSS = """
    ReferralForm { align: center middle; }
    ReferralForm > Vertical {
        width: 78; height: auto; border: solid $foreground 70%; padding: 0 2; background: $surface;
    }
    ReferralForm #message { height: auto; min-height: 2; }
    ReferralForm #contact-of { height: 1; padding-left: 11; }
    ReferralForm .keys { height: 1; }
    ReferralForm Button { margin-right: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False), Binding("f2", "send", show=False)]

    def __init__(
        self,
        takers: Sequence[Taker],
        lang: str,
        question: Question | None,
        again: Mapping[str, str],
        keep: Callable[[Mapping[str, str]], None],
    ) -> None:
        """`again` is what was written and not sent; `keep` gets each change, nothing once it is given up by Annulla.

        A consent is never kept: the person gives it anew. Every body asks for it, also one that acts on a public task:
        nothing else lets a body tell another who a person is (law rules 2 and 8).
        """
        super().__init__()
        self._keep = keep
        self._is_kept = False
        """Whether what is written is handed over by now: not while the window is filling its fields itself."""
        self._takers = {one.member: one for one in takers}
        self._lang = lang
        facets = sorted({facet for one in takers for facet in one.facets}, key=list(FACETS).index)
        facet = next((one for one in (again.get("facet"), question and question.facet) if one in facets), facets[0])
        code = again.get("identifier") or (question.identifier if question else "")
        self._code = self._field(mark("Codice"), "identifier", code, 20, 30, needed("identifier", parse_identifier))
        self._facet = Choice(tr("Aiuto", self._lang), "facet", options(FACETS, facets, lang), facet)
        bodies = self._bodies(facet)
        member = again.get("member", "")
        chosen = member if member in {one for _name, one in bodies} else bodies[0][1]
        self._member = Choice(tr("Ente", self._lang), "member", bodies, chosen)
        self._called = self._field(mark("Nome"), "called", again.get("called", ""), 50, 100, needed("name", str))
        self._contact = self._field(mark("Recapito"), "contact", again.get("contact", ""), 50, 200)
        self._need = self._field(mark("Serve"), "needed", again.get("needed", ""), 50, 300, needed("need", str))
        self._note = self._field(mark("Nota"), "note", again.get("note", ""), 50, 500)
        self._consent = TickBox(
            tr("letta l'informativa, la persona acconsente all'invio", self._lang),
            id="consent",
            compact=True,
        )

    def _field(
        self, words: str, name: str, value: str, width: int, longest: int, read: Callable[[str], object] | None = None
    ) -> Field:
        return Field(tr(words, self._lang), name, value, width=width, longest=longest, read=read)

    @property
    def _values(self) -> dict[str, str]:
        texts = {field.key: field.text for field in self.query(Field)}
        return texts | {"facet": self._facet.code, "member": self._member.code}

    @on(Input.Changed)
    @on(Select.Changed)
    def keep_written(self) -> None:
        """Hand over what is written now."""
        if self._is_kept:
            self._keep(self._values)

    def _bodies(self, facet: str) -> list[tuple[str, str]]:
        return [(one.name, one.member) for one in self._takers.values() if facet in one.facets]

    def compose(self) -> Iterable[Widget]:
        """Lay out the fields in the order in which people tell."""
        with Vertical() as box:
            box.border_title = Content(tr("NUOVO INVIO", self._lang))
            yield from (self._code, self._facet, self._member)
            yield Static(id="contact-of", markup=False)
            yield from (self._called, self._contact, self._need, self._note, self._consent)
            yield Static(Content(self._only_there), id="message", markup=False)
            with Horizontal(classes="keys"):
                yield Button(Content(f"[ {tr('Annulla', self._lang)} ]"), id="cancel", compact=True)
                yield Button(Content(f"[ F2 {tr('Invia', self._lang)} ]"), id="send", compact=True)

    @property
    def _only_there(self) -> str:
        return tr("Solo l'ente scelto saprà chi è la persona.", self._lang)

    def on_mount(self) -> None:
        """Begin where something is missing."""
        (self._called if self._code.text else self._code).input.focus()
        self._tell_contact()
        self.call_after_refresh(setattr, self, "_is_kept", True)

    @on(Select.Changed, "#facet")
    def offer_bodies(self) -> None:
        """Offer who gives this kind of aid, the body chosen before if it does."""
        bodies, kept = self._bodies(self._facet.code), self._member.code
        self._member.select.set_options(plain_choices(bodies))
        members = [member for _name, member in bodies]
        self._member.select.value = kept if kept in members else members[0]

    @on(Select.Changed, "#member")
    def _tell_contact(self) -> None:
        """Say how the body is reached: a word on the telephone helps."""
        found = self._takers.get(self._member.code)
        self.query_one("#contact-of", Static).update(Content(found.contact if found else ""))

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Go to the next field: nothing is sent by Enter alone."""
        self.focus_next()

    @on(Button.Pressed, "#cancel")
    def give_up(self) -> None:
        """Send nothing, and forget what is written."""
        self._keep({})
        self.dismiss(None)

    def action_cancel(self) -> None:
        """Send nothing now; what is written stays."""
        self.dismiss(None)

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        """Close with the referral, or say all that is wrong, with the cursor at the first of it."""
        faults = faults_of((self._code, self._called, self._need))
        if not faults:
            self.dismiss(self._sending())
            return
        self.query_one("#message", Static).update(Content(fault_text(faults, self._lang, {})))
        self.query_one(f"#{faults[0].field}", Input).focus()

    def _sending(self) -> Sending:
        code = parse_identifier(self._code.text).text
        texts = (self._called.text, self._contact.text, self._need.text, self._note.text)
        return Sending(Wanted(code, self._member.code, self._facet.code, *texts), self._consent.value)
