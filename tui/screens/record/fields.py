"""REGISTRA's fields: who, what, how much, when, for which need, promised until when; each read back as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, RadioButton, RadioSet, Select, Static
from textual.widgets.select import InvalidSelectValueError

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import local_number, parse_identifier, parse_need
from maglia.core.translation import tr
from maglia.core.vocabulary import Facet, Visibility
from tui import fields
from tui.labels import FACETS, options
from tui.screens.faults import Fault, Read, faults_of
from tui.screens.record.entry import Entry, Someone, Until, until_words
from tui.text import parse_amount, parse_day, show_amount, show_day, show_weekday
from tui.widgets.entry import Choice, Field, TickBox
from tui.widgets.frame import Panel

_TEXTS = ("code", "amount", "day", "need", "creditor")
_NEED_ON_FILE = "B-"


class Dot(RadioButton):
    """One of several choices, that reads as marked or not without any colour."""

    def render(self) -> Content:
        """Draw `(x)` or `( )` and the words."""
        label = self.label.stylize_before(self.get_visual_style("toggle--label"))
        return Content(f"({'x' if self.value else ' '}) ") + label


class RecordFields(Panel):
    """What is to be put on file, as it is written."""

    class Edited(Message):
        """What is written has changed."""

    DEFAULT_CSS = """
    RecordFields Horizontal { height: 1; }
    RecordFields .name { width: 10; }
    RecordFields Field > .name { width: 10; }
    RecordFields Choice > .name { width: 10; }
    RecordFields .second > .name { width: 10; }
    RecordFields .second { margin-left: 1; }
    RecordFields #person-field { width: 45; }
    RecordFields #about { width: 1fr; text-align: right; text-wrap: nowrap; text-overflow: ellipsis; }
    RecordFields #kind-field { width: 33; }
    RecordFields #day-field { width: 46; }
    RecordFields #visible { width: 1fr; }
    RecordFields #need-field { width: 31; }
    RecordFields #household { width: auto; }
    RecordFields #until { layout: horizontal; height: 1; width: 1fr; padding: 0; background: transparent; }
    RecordFields #until > Dot { width: auto; margin-right: 2; }
    """

    def __init__(self, lang: str, today: Callable[[], date]) -> None:
        """`today` is the node's."""
        super().__init__()
        self._lang = lang
        self._today = today
        self._someone: Someone | None = None
        self._promise = {until: Dot("", compact=True, value=until is Until.TWO_HOURS) for until in Until}

    def compose(self) -> Iterable[Widget]:
        """Five lines."""
        lang = self._lang
        with Horizontal():
            person = Field(tr("Persona", lang), "code", width=17, longest=30, echo=self._judged)
            person.id = "person-field"
            yield person
            yield Static(id="about", markup=False)
        with Horizontal():
            kind = Choice(tr("Tipo", lang), "facet", options(FACETS, list(Facet), lang), Facet.FOOD_PARCEL)
            kind.id = "kind-field"
            yield kind
            amount = Field(tr("Importo", lang), "amount", width=12, longest=16, echo=_read(_amount, lang))
            amount.add_class("second")
            yield amount
        with Horizontal():
            day = Field(tr("Data", lang), "day", width=10, longest=10, echo=_read(self._weekday, lang))
            day.id = "day-field"
            yield day
            yield TickBox(tr("visibile agli altri enti", lang), value=True, id="visible", compact=True)
        with Horizontal():
            need = Field(tr("Bisogno", lang), "need", width=18, hint=tr("B-7, POD:, LEASE:", lang))
            need.id = "need-field"
            yield need
            creditor = Field(tr("Creditore", lang), "creditor", width=20)
            creditor.add_class("second")
            yield creditor
            yield Static(id="household", markup=False)
        with Horizontal():
            yield Static(tr("Impegno", lang), markup=False, classes="name")
            yield RadioSet(*self._promise.values(), id="until", compact=True)

    def on_mount(self) -> None:
        """Begin at the person, and tell until when two hours last as they pass."""
        self._tell_until()
        self.set_interval(20.0, self._tell_until)
        self._begin_at("code")

    def _begin_at(self, name: str) -> None:
        """Put the cursor into a field at once: the next key may be on its way."""
        self.screen.set_focus(self.query_one(f"#{name}", Input))

    def _tell_until(self) -> None:
        facet, now = str(self._select.value), fields.now()
        for until, dot in self._promise.items():
            dot.label = until_words(until, facet, now, self._lang)

    def _judged(self, text: str) -> str:
        return (
            f"({tr('senza codice', self._lang)})"
            if local_number(text) is not None
            else fields.judgement(text, self._lang)
        )

    def _weekday(self, text: str) -> str:
        return show_weekday(parse_day(text), self._lang)

    @property
    def person(self) -> str:
        """Return the code in normal form, NOME:7, or "" while none is written that could be right."""
        written = self._text("code")
        if (number := local_number(written)) is not None:
            return f"NOME:{number}"
        try:
            return parse_identifier(written).text if written else ""
        except MagliaError:
            return ""

    @property
    def someone(self) -> Someone | None:
        """Return who is new and has no code."""
        return None if self._text("code") else self._someone

    def entry(self) -> Entry:
        """Return what is written; raise `input.*` for what cannot be right."""
        identifier = self._read_code(self._text("code"))
        amount, day = self._text("amount"), self._read_day(self._text("day"))
        return Entry(
            identifier=identifier,
            facet=str(self._select.value),
            day=day.isoformat(),
            amount_cents=parse_amount(amount) if amount else 0,
            until=self.until,
            need=_number(self._text("need")),
            creditor=self._text("creditor"),
            visibility=(Visibility.NETWORK if self.query_one("#visible", Checkbox).value else Visibility.ONLY_US).value,
            someone=self.someone,
        )

    def faults(self) -> list[Fault]:
        """Return what is wrong with each field by itself, in their order."""
        reads: Mapping[str, Read] = {
            "code": self._read_code,
            "amount": lambda text: parse_amount(text) if text else 0,
            "day": self._read_day,
            "need": _number,
        }
        return faults_of(self.query(Field), reads)

    def go_to(self, name: str) -> None:
        """Put the cursor where something is wrong."""
        self.query_one(f"#{name}", Input).focus()

    def _read_code(self, code: str) -> str:
        """Return a code in normal form, "" for somebody new."""
        if self.someone is None and not code:
            raise MagliaError(Code.INPUT_MISSING, field="identifier")
        if self.someone is not None:
            return ""
        return self.person if local_number(code) is not None else parse_identifier(code).text

    def _read_day(self, text: str) -> date:
        day, today = parse_day(text), self._today()
        if day > today:
            raise MagliaError(Code.INPUT_DATE_FUTURE, value=show_day(day), latest=show_day(today))
        return day

    @property
    def facet(self) -> str:
        """Return the kind of help that is chosen."""
        return str(self._select.value)

    @property
    def until(self) -> Until:
        """Return until when it is promised."""
        return next((until for until, dot in self._promise.items() if dot.value), Until.NONE)

    def promise(self, until: Until) -> None:
        """Mark until when it is promised."""
        self._promise[until].value = True

    @property
    def who(self) -> str:
        """Return whom what is written is for, also while a code is not whole."""
        return self.person or self._text("code").upper() or str(self.someone or "")

    @property
    def subject(self) -> tuple[str, ...]:
        """Return what a promise stands for: with another of these, it is another promise."""
        seen = str(self.query_one("#visible", Checkbox).value)
        return (self.who, self.facet, self._text("need"), self._text("creditor"), seen)

    def show_about(self, text: str) -> None:
        """Say beside the person which check there was."""
        self.query_one("#about", Static).update(Content(text))

    def show_household(self, text: str) -> None:
        """Say how many live together."""
        self.query_one("#household", Static).update(Content(text))

    def write(self, **texts: str) -> None:
        """Write fields: code, facet, amount, day, need, creditor; a kind that is none here is left out."""
        if facet := texts.pop("facet", ""):
            with suppress(InvalidSelectValueError):
                self._select.value = facet
        for name, text in texts.items():
            self.query_one(f"#{name}", Input).value = text

    def write_someone(self, someone: Someone) -> None:
        """Take somebody new, who has no code."""
        self._someone = someone
        self.write(code="")
        self.show_about(f"{someone.name}, {show_day(date.fromisoformat(someone.born))}")

    def let_see(self, *, network: bool) -> None:
        """Mark whether other bodies may see it."""
        self.query_one("#visible", Checkbox).value = network

    def clear(self) -> None:
        """Forget the person and what was for them; the kind of help and the promise stay."""
        self._someone = None
        self.write(code="", amount="", day=show_day(self._today()), need="", creditor="")
        self.let_see(network=True)
        self.show_about("")
        self.show_household("")
        self._begin_at("code")

    def ask_amount(self) -> bool:
        """Wait for the amount, since who it is for is known; return whether there was none yet."""
        is_missing = not self._text("amount")
        if is_missing:
            self._begin_at("amount")
        return is_missing

    def draft(self) -> dict[str, str]:
        """Return what is written, nothing where there is no person and no amount."""
        texts = {name: self._text(name) for name in _TEXTS} | {"facet": self.facet, "until": self.until.value}
        if self.someone is not None:
            texts |= {"name": self.someone.name, "born": self.someone.born, "place": self.someone.place}
        return texts if texts["code"] or texts["amount"] or self.someone is not None else {}

    def take_up(self, kept: Mapping[str, str]) -> None:
        """Write what a draft holds."""
        self.write(**{name: kept.get(name, "") for name in (*_TEXTS, "facet")})
        if kept.get("until") in frozenset(Until):
            self.promise(Until(kept["until"]))
        if kept.get("name") and kept.get("born"):
            self.write_someone(Someone(kept["name"], kept["born"], kept.get("place", "")))

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    @property
    def _select(self) -> Select[str]:
        found: Select[str] = self.query_one("#facet", Select)
        return found

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    @on(RadioSet.Changed)
    def tell_edit(self) -> None:
        """Tell the screen, whose results may be of something else."""
        self._tell_until()
        self.post_message(self.Edited())


def _number(need: str) -> str:
    """Return a need's number as it is written, or in normal form where it is none of those on file."""
    return need if need.upper().startswith(_NEED_ON_FILE) or not need else parse_need(need).text


def _amount(text: str) -> str:
    return show_amount(parse_amount(text))


def _read(read: Callable[[str], str], lang: str) -> Callable[[str], str]:
    """Return what reads a text back shortly, or says that it is none; the whole sentence comes when it is sent."""

    def echo(text: str) -> str:
        try:
            return f"= {read(text)}"
        except MagliaError:
            return f"!! {tr('non valido', lang)}"

    return echo
