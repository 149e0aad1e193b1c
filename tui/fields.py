"""The question's fields: judged while they are typed, read as one question when the network is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from textual import on
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static
from textual.widgets.select import InvalidSelectValueError

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import DEFAULT_MONTHS, Facet, Purpose
from tui.household import Adult, Household, adult
from tui.labels import FACETS, PURPOSES, options
from tui.model import Question
from tui.question import check_question, parse_months
from tui.widgets.entry import TickBox, boxed
from tui.widgets.frame import Panel

_THIRD_SECTOR = (Purpose.AID_OVERLAP, Purpose.REFERRAL)
_PUBLIC = (Purpose.AID_OVERLAP, Purpose.RENT_SUBSIDY, Purpose.UTILITY_SUBSIDY, Purpose.REFERRAL)


HELPS: Mapping[str, str] = {
    "code": mark(
        "Codice: sulla tessera sanitaria. Lo scanner lo scrive e preme Invio da solo, da qualunque schermata."
    ),
    "facet": mark("Aiuto: il tipo di aiuto che la persona chiede."),
    "months": mark("Mesi: quanti mesi indietro guardare, da 1 a 36."),
    "consent": mark(
        "Consenso: segnare con la barra spaziatrice dopo avere letto l'informativa alla persona. Viene registrato."
    ),
    "case": mark("Pratica: il numero di protocollo del caso. Gli enti pubblici lo indicano al posto del consenso."),
    "purpose": mark("Scopo: perché si chiede. Senza scopo la rete non risponde."),
    "need": mark(
        "Bisogno: se c'è, il numero della fornitura (POD:, PDR:) o del contratto (LEASE:). Distingue la stessa bolletta"
        " da un'altra."
    ),
}
"""What F1 says of each field."""


def now() -> datetime:
    """Return the counter's clock, for the time at which the notice was read."""
    return datetime.now()


class QuestionFields(Panel):
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
    QuestionFields #household { width: 1fr; }
    QuestionFields #household-part { display: none; }
    """

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang
        self._public = False
        self._household = Household()

    def compose(self) -> Iterable[Widget]:
        """Three lines: who and what, on which ground, why and for which need; with others entered, a fourth."""
        lang = self._lang
        with Horizontal():
            yield self._word(tr("Codice", lang))
            yield from boxed(Input(id="code", compact=True, max_length=30))
            yield Static(id="valid", markup=False)
            yield Static(f"{tr('Aiuto', lang)} ", markup=False)
            yield self._choice("facet", options(FACETS, list(Facet), lang), Facet.FOOD_PARCEL)
        with Horizontal():
            with Horizontal(id="consent-part"):
                yield self._word(tr("Consenso", lang))
                yield TickBox(tr("informativa letta alla persona", lang), id="consent", compact=True)
            with Horizontal(id="case-part"):
                yield self._word(tr("Pratica", lang))
                yield from boxed(
                    Input(id="case", compact=True, max_length=60, placeholder=tr("numero di protocollo", lang))
                )
            yield Static(f"{tr('Mesi', lang)} ", markup=False)
            yield from boxed(Input(str(DEFAULT_MONTHS), id="months", compact=True, max_length=2))
        with Horizontal():
            yield self._word(tr("Scopo", lang))
            yield self._choice("purpose", self._purposes(_THIRD_SECTOR), Purpose.AID_OVERLAP)
            yield Static(f" {tr('Bisogno', lang)} ", markup=False)
            yield from boxed(Input(id="need", compact=True, max_length=60, placeholder=tr("POD:, PDR: o LEASE:", lang)))
        with Horizontal(id="household-part"):
            yield self._word(tr("Nucleo", lang, "short"))
            yield Static(id="household", markup=False)

    def on_mount(self) -> None:
        """Follow code and purpose as they change, not by messages: a key pressed meanwhile must find nothing old."""
        self.watch(self.query_one("#code", Input), "value", self._follow_code, init=False)
        self.watch(self._select("#purpose"), "value", self._withdraw_consents, init=False)

    def _follow_code(self, old: str, new: str) -> None:
        if _bare(old) == _bare(new):
            return
        # With others entered the need is of the household: the next card does not take it away.
        names = ("#case",) if self._household.adults else ("#case", "#need")
        given = [self.query_one(name, Input) for name in names]
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

    def _withdraw_consents(self) -> None:
        """Take back what everybody entered has given for the purpose that was chosen before."""
        if any(each.consent for each in self._household.adults):
            self._hold(self._household.without_consents())
            self.post_message(self.Edited(dropped=True))
        self._withdraw_consent()

    def _hold(self, household: Household) -> None:
        self._household = household
        self.query_one("#household", Static).update(household.line(self._lang))
        self.query_one("#household-part").display = bool(household.adults)

    def _word(self, word: str) -> Static:
        return Static(word, markup=False, classes="name")

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

    def keep_person(self) -> None:
        """Keep who is written as one of a household, with their consent or case, and make room for the next.

        Without a code the last one entered is written again, to be corrected or left out; their consent is ticked anew.
        The need is of the household and stays. Raises `input.*`.
        """
        need = self._text("#need")
        if self._text("#code"):
            self._hold(self._household.with_(self._written_person()))
            self._write_person(Adult(""))
        elif self._household.adults:
            last = self._household.adults[-1]
            self._hold(self._household.without_last())
            self._write_person(last)
        self.query_one("#need", Input).value = need
        self.query_one("#code", Input).focus()

    def _write_person(self, one: Adult) -> None:
        self.query_one("#consent", Checkbox).value = False
        for name, text in (("#case", ""), ("#need", ""), ("#code", one.code), ("#case", one.case)):
            self.query_one(name, Input).value = text

    def _written_person(self) -> Adult:
        consent = not self._public and self.query_one("#consent", Checkbox).value
        return adult(self._text("#code"), consent=consent, case=self._text("#case") if self._public else "")

    def adults(self) -> tuple[Adult, ...]:
        """Return everybody who is to be asked about, in order; raise `input.*`."""
        if self._household.adults and not self._text("#code"):
            return self._household.adults
        return self._household.with_(self._written_person()).adults

    @property
    def written(self) -> tuple[str, ...]:
        """What would be asked, as it is written: results stand for this and for nothing else."""
        choices = (str(self._select(name).value) for name in ("#facet", "#purpose"))
        entered = (each.code for each in self._household.adults)
        texts = (self._text(name) for name in ("#months", "#case", "#need"))
        return (_bare(self._text("#code")), *choices, *texts, *entered)

    def question(self) -> Question:
        """Return what is to be asked; raise `input.*` for the field that cannot be right.

        A household's cases go on file one by one, before it is asked: a question carries the case of one person.
        """
        first, *others = self.adults()
        return check_question(
            Question(
                identifier=first.code,
                others=tuple(each.code for each in others),
                facet=str(self._select("#facet").value),
                purpose=str(self._select("#purpose").value),
                months=parse_months(self._text("#months")),
                case_protocol="" if others else first.case,
                need=self._text("#need"),
            )
        )

    def draft(self) -> dict[str, str]:
        """Return what is written, without what people gave: a consent or a case is given to whoever asks.

        Nothing where nobody is written.
        """
        others = self._household.codes()
        if not self._text("#code") and not others:
            return {}
        names = "code", "months", "need"
        texts = {name: self._text(f"#{name}") for name in names}
        kept = {"household": others} if others else {}
        return texts | kept | {name: str(self._select(f"#{name}").value) for name in ("facet", "purpose")}

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Write what a draft holds; a choice that is none here is left as it is."""
        self._hold(Household.of_codes(fields.get("household", "")))
        for name in ("facet", "purpose"):
            with suppress(InvalidSelectValueError):
                self._select(f"#{name}").value = fields.get(name, "")
        for name in ("code", "months", "need"):
            self.query_one(f"#{name}", Input).value = fields.get(name, "")

    def clear(self) -> None:
        """Forget the person and the household, keep the kind of aid and the purpose."""
        self._hold(Household())
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
        self.query_one("#valid", Static).update(judgement(event.value, self._lang))

    @on(Checkbox.Changed, "#consent")
    def note_time(self, event: Checkbox.Changed) -> None:
        """Write when the notice was read."""
        at = f"{tr(', ore', self._lang)} {now():%H:%M}" if event.value else ""
        event.checkbox.label = tr("informativa letta alla persona", self._lang) + at


def _bare(code: str) -> str:
    """Return a code without what does not tell persons apart."""
    return "".join(code.split()).upper()


def judgement(text: str, lang: str) -> str:
    """Return in a word whether a code can be right, and how much of it is written."""
    code = _bare(text)
    if not code:
        return ""
    try:
        return tr("valido, debole" if parse_identifier(code).is_weak else "valido", lang)
    except MagliaError as error:
        short = error.code is Code.INPUT_IDENTIFIER_LENGTH and len(code) < 16
        return f"{len(code)}/16" if short else tr("NON VALIDO", lang)
