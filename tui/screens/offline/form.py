"""What is taken without a node, as it is written: for whom, what help, and whether the bodies may be asked later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets.select import InvalidSelectValueError

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Facet, MeansTest, Purpose, Visibility, is_in_money
from tui import fields
from tui.labels import FACETS, Labels, options
from tui.model import Aid, Consent
from tui.offline_model import ToCheck
from tui.offline_read import read_aid, read_check, read_consent
from tui.profile import Profile
from tui.screens.faults import Fault, Read, faults_of
from tui.session import notice_at
from tui.text import parse_amount, parse_day, show_day
from tui.widgets.entry import Choice, Field, amount_echo, day_echo
from tui.widgets.frame import Panel

ON_FILE, NOW, NEVER = "on_file", "now", "never"
ASKED: Labels = {
    ON_FILE: mark("si chiede: il consenso, o la pratica, c'è già"),
    NOW: mark("si chiede: informativa letta, acconsente ora"),
    NEVER: mark("non si chiede: resta in questo ente"),
}
"""What becomes of the question to the bodies; no consent is ever taken but by choosing so."""
_TEXTS = ("code", "amount", "day", "protocol")


@dataclass(frozen=True)
class Written:
    """Help and a consent, either perhaps None, and the question that goes with what is sent last."""

    aid: Aid | None
    consent: Consent | None
    check: ToCheck


class OfflineFields(Panel):
    """Four lines."""

    DEFAULT_CSS = """
    OfflineFields > Horizontal { height: 1; }
    OfflineFields .name { width: 10; }
    OfflineFields Field > .name { width: 10; }
    OfflineFields Choice > .name { width: 10; }
    OfflineFields Choice > Select { max-width: 54; }
    OfflineFields .kind { width: 33; }
    OfflineFields .day { width: 46; }
    """

    def __init__(self, profile: Profile, today: Callable[[], date]) -> None:
        super().__init__()
        self._profile, self._lang, self._today = profile, profile.lang, today
        lang = self._lang
        self._code = self._field(mark("Persona"), "code", 17, 30, lambda text: fields.judgement(text, lang))
        self._amount = self._field(mark("Importo"), "amount", 12, 16, amount_echo(lang))
        self._day = self._field(mark("Data"), "day", 10, 10, day_echo(lang))
        self._protocol = self._field(mark("Pratica"), "protocol", 16, 60)
        self._facet = Choice(tr("Aiuto", lang), "facet", options(FACETS, list(Facet), lang), Facet.FOOD_PARCEL)
        self._asked = Choice(tr("Enti", lang), "asked", options(ASKED, list(ASKED), lang), ON_FILE)

    def _field(
        self, words: str, name: str, width: int, longest: int, echo: Callable[[str], str] | None = None
    ) -> Field:
        return Field(tr(words, self._lang), name, width=width, longest=longest, echo=echo)

    def compose(self) -> Iterable[Widget]:
        """Lay out the fields in the order of the talk."""
        self._facet.add_class("kind")
        self._day.add_class("day")
        yield self._code
        yield Horizontal(self._facet, self._amount)
        yield Horizontal(self._day, self._protocol)
        yield self._asked

    def on_mount(self) -> None:
        """Begin with today."""
        self.clear()

    def written(self, *, with_aid: bool) -> Written:
        """Return what is written, read as strictly as the node will; raise `input.*`, `consent.expired`."""
        facet, asked = self._facet.code, self._asked.code
        consent = self._consent() if asked == NOW or not with_aid else None
        protocol = "" if consent is not None else self._protocol.text
        is_asked = asked != NEVER or not with_aid
        check = read_check(facet, Purpose.AID_OVERLAP, protocol) if is_asked else ToCheck()
        return Written(self._aid(facet, asked) if with_aid else None, consent, check)

    def _aid(self, facet: str, asked: str) -> Aid:
        return read_aid(
            self._today(),
            identifier=self._code.text,
            facet=facet,
            day=self._day.text,
            amount=self._amount.text,
            basis="",
            visibility=(Visibility.ONLY_US if asked == NEVER else Visibility.NETWORK).value,
            creditor="",
            need="",
            period_from="",
            period_to="",
            monthly=False,
            protocol=self._protocol.text,
            means_test=MeansTest.NONE.value,
        )

    def _consent(self) -> Consent:
        return read_consent(
            self._today(),
            notice_at(self._profile),
            identifier=self._code.text,
            purposes=[Purpose.AID_OVERLAP.value],
            day=self._day.text,
            method="oral",
            audience=(),
            expires="",
        )

    def faults(self, *, with_aid: bool) -> list[Fault]:
        """Return what is wrong with each field by itself, in their order."""
        reads: dict[str, Read] = {self._code.key: _code, self._day.key: self._past}
        if with_aid:
            reads[self._amount.key] = self._read_amount
        return faults_of((self._code, self._amount, self._day), reads)

    def _read_amount(self, text: str) -> int:
        if not text and is_in_money(self._facet.code):
            raise MagliaError(Code.INPUT_MISSING, field="amount")
        return parse_amount(text) if text else 0

    def _past(self, text: str) -> None:
        if text and (day := parse_day(text)) > self._today():
            raise MagliaError(Code.INPUT_DATE_FUTURE, value=show_day(day), latest=show_day(self._today()))

    def go_to(self, name: str) -> None:
        """Put the cursor where something is to be written."""
        self.screen.set_focus(self.query_one(f"#{name}", Input))

    def begin(self, code: str = "", facet: str = "") -> None:
        """Begin with a person, whose code may be known by now."""
        self.clear()
        if code:
            self._code.input.value = code
        if facet:
            self._choose(self._facet, facet)
        self.go_to("amount" if code else "code")

    def clear(self) -> None:
        """Forget the person and what was for them; the kind of help stays."""
        for name in _TEXTS:
            self.query_one(f"#{name}", Input).value = ""
        self._day.input.value = show_day(self._today())
        self._asked.select.value = ON_FILE

    def draft(self) -> dict[str, str]:
        """Return what is written, nothing where there is no person and no amount; no consent is kept for later."""
        texts = {name: self.query_one(f"#{name}", Input).value.strip() for name in _TEXTS}
        return texts | {"facet": self._facet.code} if texts["code"] or texts["amount"] else {}

    def take_up(self, kept: Mapping[str, str]) -> None:
        """Write what a draft holds."""
        for name in _TEXTS:
            self.query_one(f"#{name}", Input).value = kept.get(name, "")
        self._choose(self._facet, kept.get("facet", ""))

    def _choose(self, choice: Choice, code: str) -> None:
        with suppress(InvalidSelectValueError):
            choice.select.value = code


def _code(text: str) -> None:
    if not text:
        raise MagliaError(Code.INPUT_MISSING, field="identifier")
    parse_identifier(text)
