"""PERSONA's smaller forms: who lives there, another code, a consent, a need, a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import Facet, Kind, Purpose, Visibility
from tui.consent_text import METHODS
from tui.labels import FACETS, KINDS, PURPOSES, label, options, pick
from tui.model import Consent
from tui.needs_model import NewNeed
from tui.papers.notice import Notice
from tui.persons_text import AGES
from tui.question import check_aid_facet, check_on_file
from tui.records_text import VISIBILITIES
from tui.screens.forms import Form, Values
from tui.text import check_span, parse_amount, parse_day
from tui.widgets.entry import Choice, Field, TickBox, amount_echo, day_echo

_BOTH = "both"
_PURPOSES: dict[str, tuple[Purpose, ...]] = {
    Purpose.AID_OVERLAP: (Purpose.AID_OVERLAP,),
    Purpose.REFERRAL: (Purpose.REFERRAL,),
    _BOTH: (Purpose.AID_OVERLAP, Purpose.REFERRAL),
}


@dataclass(frozen=True)
class Joining:
    """Somebody who lives with the person; `since` is ISO 8601, empty for the node's today."""

    code: str
    age: str
    since: str


def member_form(again: Values, lang: str) -> Form[Joining]:
    """Return the form that adds somebody to the household."""
    return Form(
        pick(("NUCLEO", "HOUSEHOLD"), lang),
        [pick(("Chi vive con questa persona. Chi è già nel nucleo resta.",
               "Who lives with this person. Whoever is in the household stays."), lang)],
        [
            Field(pick(("Codice", "Code"), lang), "member", again.get("member", ""), width=30),
            Choice(pick(("Chi", "Who"), lang), "age", options(AGES, list(AGES), lang), again.get("age", "adult")),
            Field(pick(("Dal", "Since"), lang), "since", again.get("since", ""),
                  hint=pick(("oggi", "today"), lang), echo=day_echo(lang)),
        ],
        pick(("Aggiungi", "Add"), lang),
        lang,
        lambda values: Joining(check_on_file(values["member"]), values["age"], _day(values["since"])),
    )  # fmt: skip


def code_form(again: Values, lang: str) -> Form[str]:
    """Return the form that asks for the person's other code."""
    lines = [
        pick(("L'altro codice della stessa persona. Prima di collegare si vedono i due lati.",
              "The other code of the same person. Both sides are shown before anything is linked."), lang)
    ]  # fmt: skip
    field = Field(pick(("Codice", "Code"), lang), "other", again.get("other", ""), width=30)
    title, send = pick(("COLLEGA CODICE", "LINK A CODE"), lang), pick(("Mostra i due lati", "Show both sides"), lang)
    return Form(title, lines, [field], send, lang, lambda values: check_on_file(values["other"]))


def consent_form(code: str, notice: Notice, again: Values, lang: str) -> Form[Consent]:
    """Return the form of a consent to the notice that is read here; none is recorded before it is read (law rule 8)."""
    read = (
        f"informativa {notice.version} ({notice.language}) letta alla persona",
        f"notice {notice.version} ({notice.language}) read to the person",
    )
    both = (pick(("Tutti e due", "Both"), lang), _BOTH)
    purposes = [*((label(PURPOSES, one, lang), one.value) for one in (Purpose.AID_OVERLAP, Purpose.REFERRAL)), both]
    everybody = (pick(("tutti gli enti accreditati", "every accredited body"), lang), "everybody")
    kinds = [everybody, *((f"{pick(('solo', 'only'), lang)} {label(KINDS, kind, lang)}", kind.value) for kind in Kind)]
    year = pick(("un anno, se vuoto", "a year, if empty"), lang)

    def consent(values: Values) -> Consent:
        if not values["read"]:
            raise MagliaError(Code.INPUT_MISSING, field="notice_version")
        audience = () if values["audience"] == "everybody" else (values["audience"],)
        given = tuple(one.value for one in _PURPOSES[values["purpose"]])
        return Consent(code, given, notice.version, notice.language, "", values["method"], audience,
                       _day(values["expires"]))  # fmt: skip

    return Form(
        pick(("CONSENSO", "CONSENT"), lang),
        [pick(("Chiusa questa finestra, F8 stampa informativa e modulo.",
               "With this window closed, F8 prints the notice and the form."), lang)],
        [
            TickBox(pick(read, lang), id="read", compact=True),
            Choice(pick(("Scopo", "Purpose"), lang), "purpose", purposes, again.get("purpose", Purpose.AID_OVERLAP)),
            Choice(pick(("Come", "How"), lang), "method", options(METHODS, list(METHODS), lang),
                   again.get("method", "oral")),
            Choice(pick(("Vale per", "Valid for"), lang), "audience", kinds, again.get("audience", "everybody")),
            Field(pick(("Fino al", "Until"), lang), "expires", again.get("expires", ""),
                  hint=year, echo=day_echo(lang)),
        ],
        pick(("Registra", "Record"), lang),
        lang,
        consent,
    )  # fmt: skip


def need_form(code: str, again: Values, lang: str) -> Form[NewNeed]:
    """Return the form of a new need: known by a number, or else by creditor and period."""

    def field(words: tuple[str, str], name: str, hint: str = "") -> Field:
        echo = amount_echo(lang) if name == "owed" else day_echo(lang) if name.startswith("period") else None
        return Field(pick(words, lang), name, again.get(name, ""), width=20 if echo else 44, hint=hint, echo=echo)

    return Form(
        pick(("NUOVO BISOGNO", "NEW NEED"), lang),
        [pick(("Che cosa si deve in tutto. Con un numero, o con creditore e periodo.",
               "What is owed in all. With a number, or with creditor and period."), lang)],
        [
            Choice(pick(("Aiuto", "Aid"), lang), "facet", options(FACETS, list(Facet), lang),
                   again.get("facet", Facet.RENT_ARREARS)),
            field(("Dovuto", "Owed"), "owed"),
            field(("Numero", "Number"), "need", "POD: / PDR: / LEASE:"),
            field(("Creditore", "Creditor"), "creditor"),
            field(("Dal", "From"), "period_from"),
            field(("Fino al", "To"), "period_to"),
            Choice(pick(("Visto da", "Seen by"), lang), "visibility", options(VISIBILITIES, list(VISIBILITIES), lang),
                   again.get("visibility", Visibility.NETWORK)),
        ],
        pick(("Apri", "Open"), lang),
        lang,
        lambda values: _need(code, values),
    )  # fmt: skip


def _need(code: str, values: Values) -> NewNeed:
    """Return the need as it is written; raise `input.*`, as `maglia need open` does."""
    number = parse_need(values["need"]).text if values["need"] else ""
    if not number and not (values["creditor"] and values["period_from"] and values["period_to"]):
        raise MagliaError(Code.INPUT_NEED_UNNAMED)
    if values["period_from"] and values["period_to"]:
        check_span(parse_day(values["period_from"]), parse_day(values["period_to"]))
    return NewNeed(
        parse_identifier(code).text,
        check_aid_facet(values["facet"]),
        parse_amount(values["owed"]),
        number,
        values["creditor"],
        _day(values["period_from"]),
        _day(values["period_to"]),
        visibility=values["visibility"],
    )


def note_form(again: Values, lang: str) -> Form[str]:
    """Return the form of a private note."""

    def text(values: Values) -> str:
        if not values["note"]:
            raise MagliaError(Code.INPUT_MISSING, field="note")
        return values["note"]

    stays = ("Resta in questo ente: la rete non la vede mai.", "It stays at this body: the network never sees it.")
    field = Field(pick(("Nota", "Note"), lang), "note", again.get("note", ""), width=54, longest=2000)
    title, send = pick(("NUOVA NOTA", "NEW NOTE"), lang), pick(("Registra", "Record"), lang)
    return Form(title, [pick(stays, lang)], [field], send, lang, text)


def leave_lines(codes: Sequence[str], lang: str) -> list[str]:
    """Return what it means that somebody leaves a household."""
    who = ", ".join(codes)
    return [
        who,
        pick(("Da oggi risulta uscito dal nucleo: le verifiche insieme non chiederanno più di questa persona.",
              "Has left the household as of today: checks of the household no longer ask about this person."), lang),
    ]  # fmt: skip


def _day(text: str) -> str:
    return parse_day(text).isoformat() if text else ""
