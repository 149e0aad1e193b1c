"""The question's fields: judged while they are typed, read as one question when the network is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from textual import on
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.vocabulary import DEFAULT_MONTHS, Facet, Purpose
from tui.labels import FACETS, PURPOSES, options
from tui.model import Question
from tui.session import check_question, parse_months
from tui.widgets import TickBox, boxed
from tui.words import say

_THIRD_SECTOR = (Purpose.AID_OVERLAP, Purpose.REFERRAL)
_PUBLIC = (Purpose.AID_OVERLAP, Purpose.RENT_SUBSIDY, Purpose.UTILITY_SUBSIDY, Purpose.REFERRAL)


def now() -> datetime:
    """Return the counter's clock, for the time at which the notice was read."""
    return datetime.now()


class QuestionFields(Vertical):
    """Code, kind of aid, consent or case, purpose, need, months.

    What a person gave belongs to that person's code: another code drops consent, case and need at once.
    """

    class Edited(Message):
        """What is written has changed; `dropped` says that a consent, case or need was taken away with it."""

        def __init__(self, *, dropped: bool = False) -> None:
            super().__init__()
            self.dropped = dropped

    DEFAULT_CSS = """
    QuestionFields { height: auto; }
    QuestionFields Horizontal { height: 1; }
    QuestionFields Horizontal Horizontal { width: 1fr; }
    QuestionFields Static { width: auto; }
    QuestionFields .name { width: 9; }
    QuestionFields TickBox { width: 1fr; }
    QuestionFields #code { width: 20; }
    QuestionFields #valid { width: 16; padding-left: 1; }
    QuestionFields #facet { width: 21; }
    QuestionFields #months { width: 4; }
    QuestionFields #purpose { width: 27; }
    QuestionFields #need { width: 1fr; }
    QuestionFields #case { width: 28; }
    """

    def __init__(self, lang: str) -> None:
        super().__init__(classes="panel")
        self._lang = lang
        self._public = False

    def compose(self) -> Iterable[Widget]:
        """Three lines: who and what, on which ground, why and for which need."""
        lang = self._lang
        with Horizontal():
            yield self._word("code")
            yield from boxed(Input(id="code", compact=True, max_length=30))
            yield Static(id="valid", markup=False)
            yield Static(f"{say('aid', lang)} ", markup=False)
            yield self._choice("facet", options(FACETS, list(Facet), lang), Facet.FOOD_PARCEL)
        with Horizontal():
            with Horizontal(id="consent-part"):
                yield self._word("consent")
                yield TickBox(say("notice", lang), id="consent", compact=True)
            with Horizontal(id="case-part"):
                yield self._word("case")
                yield from boxed(Input(id="case", compact=True, max_length=60, placeholder=say("case_hint", lang)))
            yield Static(f"{say('months', lang)} ", markup=False)
            yield from boxed(Input(str(DEFAULT_MONTHS), id="months", compact=True, max_length=2))
        with Horizontal():
            yield self._word("purpose")
            yield self._choice("purpose", self._purposes(_THIRD_SECTOR), Purpose.AID_OVERLAP)
            yield Static(f" {say('need', lang)} ", markup=False)
            yield from boxed(Input(id="need", compact=True, max_length=60, placeholder=say("need_hint", lang)))

    def on_mount(self) -> None:
        """Follow code and purpose as they change, not by messages: a key pressed meanwhile must find nothing old."""
        self.watch(self.query_one("#code", Input), "value", self._follow_code, init=False)
        self.watch(self._select("#purpose"), "value", self._withdraw_consent, init=False)

    def _follow_code(self, old: str, new: str) -> None:
        if _bare(old) == _bare(new):
            return
        given = [self.query_one(name, Input) for name in ("#case", "#need")]
        if any(field.value for field in given):
            self.post_message(self.Edited(dropped=True))
        for field in given:
            field.value = ""
        self._withdraw_consent()

    def _withdraw_consent(self) -> None:
        """Untick: a consent is one person's, for one purpose (law rule 2)."""
        box = self.query_one("#consent", Checkbox)
        if box.value:
            box.value = False
            self.post_message(self.Edited(dropped=True))

    def _word(self, key: str) -> Static:
        return Static(say(key, self._lang), markup=False, classes="name")

    def _choice(self, name: str, choices: list[tuple[str, str]], first: str) -> Select[str]:
        return Select(choices, value=str(first), allow_blank=False, id=name, compact=True)

    def _purposes(self, codes: Sequence[Purpose]) -> list[tuple[str, str]]:
        return options(PURPOSES, list(codes), self._lang)

    def enter(self, *, public: bool) -> None:
        """Ask for what this kind of body has to give; a choice that stays possible is kept."""
        self.query_one("#consent-part").display = not public
        self.query_one("#case-part").display = public
        if public is not self._public:
            self._public = public
            self._offer(_PUBLIC if public else _THIRD_SECTOR)
        self.query_one("#code", Input).focus()

    def _offer(self, codes: Sequence[Purpose]) -> None:
        choice, kept = self._select("#purpose"), self._select("#purpose").value
        choice.set_options(self._purposes(codes))
        choice.value = kept if kept in codes else Purpose.AID_OVERLAP.value

    @property
    def consent_given(self) -> bool:
        """Whether the operator has ticked that the notice was read and consent given."""
        return not self._public and self.query_one("#consent", Checkbox).value

    @property
    def written(self) -> tuple[str, ...]:
        """What would be asked, as it is written: results stand for this and for nothing else."""
        choices = (str(self._select(name).value) for name in ("#facet", "#purpose"))
        return (_bare(self._text("#code")), *choices, *(self._text(name) for name in ("#months", "#case", "#need")))

    def question(self) -> Question:
        """Return what is to be asked; raise `input.*` for the field that cannot be right."""
        return check_question(
            Question(
                identifier=self._text("#code"),
                facet=str(self._select("#facet").value),
                purpose=str(self._select("#purpose").value),
                months=parse_months(self._text("#months")),
                case_protocol=self._text("#case") if self._public else "",
                need=self._text("#need"),
            )
        )

    def clear(self) -> None:
        """Forget the person, keep the kind of aid and the purpose."""
        self.query_one("#consent", Checkbox).value = False
        for name in ("#case", "#need", "#code"):
            self.query_one(name, Input).value = ""
        self.query_one("#code", Input).focus()

    def _text(self, name: str) -> str:
        return self.query_one(name, Input).value.strip()

    def _select(self, name: str) -> Select[str]:
        found: Select[str] = self.query_one(name, Select)
        return found

    @on(Input.Changed)
    @on(Select.Changed)
    def tell_edit(self) -> None:
        """Tell the screen, whose results may be of another question."""
        self.post_message(self.Edited())

    @on(Input.Changed, "#code")
    def judge_code(self, event: Input.Changed) -> None:
        """Say beside the field, while it is typed, whether the code can be right."""
        self.query_one("#valid", Static).update(_judgement(event.value, self._lang))

    @on(Checkbox.Changed, "#consent")
    def note_time(self, event: Checkbox.Changed) -> None:
        """Write when the notice was read."""
        at = f"{say('at_time', self._lang)} {now():%H:%M}" if event.value else ""
        event.checkbox.label = say("notice", self._lang) + at


def _bare(code: str) -> str:
    """Return a code without what does not tell persons apart."""
    return "".join(code.split()).upper()


def _judgement(text: str, lang: str) -> str:
    code = _bare(text)
    if not code:
        return ""
    try:
        return say("valid_weak" if parse_identifier(code).is_weak else "valid", lang)
    except MagliaError as error:
        short = error.code is Code.INPUT_IDENTIFIER_LENGTH and len(code) < 16
        return f"{len(code)}/16" if short else say("invalid", lang)
