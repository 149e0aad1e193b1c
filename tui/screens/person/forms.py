"""PERSONA's smaller forms: who lives there, another code, a consent, a need, a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Facet, Kind, Purpose, Visibility
from tui.consent_text import METHODS
from tui.labels import FACETS, KINDS, PURPOSES, label, options
from tui.model import Consent
from tui.needs_model import NewNeed
from tui.papers.notice import Notice
from tui.persons_text import AGES
from tui.question import check_aid_facet, check_on_file
from tui.records_text import VISIBILITIES
from tui.screens.faults import needed
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
        tr("NUCLEO", lang),
        [tr("Chi vive con questa persona. Chi è già nel nucleo resta.", lang)],
        [
            Field(tr("Codice", lang), "member", again.get("member", ""), width=30, read=check_on_file),
            Choice(tr("Chi", lang), "age", options(AGES, list(AGES), lang), again.get("age", "adult")),
            Field(
                tr("Dal", lang), "since", again.get("since", ""), hint=tr("oggi", lang), echo=day_echo(lang), read=_day
            ),
        ],
        tr("Aggiungi", lang),
        lang,
        lambda values: Joining(check_on_file(values["member"]), values["age"], _day(values["since"])),
    )


def code_form(again: Values, lang: str) -> Form[str]:
    """Return the form that asks for the person's other code."""
    lines = [tr("L'altro codice della stessa persona. Prima di collegare si vedono i due lati.", lang)]
    field = Field(tr("Codice", lang), "other", again.get("other", ""), width=30, read=check_on_file)
    title, send = tr("COLLEGA CODICE", lang), tr("Mostra i due lati", lang)
    return Form(title, lines, [field], send, lang, lambda values: check_on_file(values["other"]))


def consent_form(code: str, notice: Notice, again: Values, lang: str) -> Form[Consent]:
    """Return the form of a consent to the notice that is read here; none is recorded before it is read (law rule 8)."""
    read = tr("informativa {version} ({language}) letta alla persona", lang).format(
        version=notice.version, language=notice.language
    )
    both = (tr("Tutti e due", lang), _BOTH)
    purposes = [*((label(PURPOSES, one, lang), one.value) for one in (Purpose.AID_OVERLAP, Purpose.REFERRAL)), both]
    everybody = (tr("tutti gli enti accreditati", lang), "everybody")
    kinds = [everybody, *((f"{tr('solo', lang)} {label(KINDS, kind, lang)}", kind.value) for kind in Kind)]
    year = tr("un anno, se vuoto", lang)

    def consent(values: Values) -> Consent:
        if not values["read"]:
            raise MagliaError(Code.INPUT_NOTICE_UNREAD)
        audience = () if values["audience"] == "everybody" else (values["audience"],)
        given = tuple(one.value for one in _PURPOSES[values["purpose"]])
        return Consent(code, given, notice.version, notice.language, "", values["method"], audience,
                       _day(values["expires"]))  # fmt: skip

    return Form(
        tr("CONSENSO", lang),
        [tr("Chiusa questa finestra, F8 stampa informativa e modulo.", lang)],
        [
            TickBox(read, id="read", compact=True),
            Choice(tr("Scopo", lang), "purpose", purposes, again.get("purpose", Purpose.AID_OVERLAP)),
            Choice(tr("Come", lang), "method", options(METHODS, list(METHODS), lang), again.get("method", "oral")),
            Choice(tr("Vale per", lang), "audience", kinds, again.get("audience", "everybody")),
            Field(tr("Fino al", lang), "expires", again.get("expires", ""), hint=year, echo=day_echo(lang), read=_day),
        ],
        tr("Registra", lang),
        lang,
        consent,
    )


def need_form(code: str, again: Values, lang: str) -> Form[NewNeed]:
    """Return the form of a new need: known by a number, or else by creditor and period."""

    def field(words: str, name: str, hint: str = "") -> Field:
        echo = amount_echo(lang) if name == "owed" else day_echo(lang) if name.startswith("period") else None
        width, read = 20 if echo else 44, _READS.get(name)
        return Field(tr(words, lang), name, again.get(name, ""), width=width, hint=hint, echo=echo, read=read)

    return Form(
        tr("NUOVO BISOGNO", lang),
        [tr("Che cosa si deve in tutto. Con un numero, o con creditore e periodo.", lang)],
        [
            Choice(
                tr("Aiuto", lang), "facet", options(FACETS, list(Facet), lang), again.get("facet", Facet.RENT_ARREARS)
            ),
            field(mark("Dovuto"), "owed"),
            field(mark("Numero"), "need", "POD: / PDR: / LEASE:"),
            field(mark("Creditore"), "creditor"),
            field(mark("Dal"), "period_from"),
            field(mark("Fino al"), "period_to"),
            Choice(
                tr("Visto da", lang),
                "visibility",
                options(VISIBILITIES, list(VISIBILITIES), lang),
                again.get("visibility", Visibility.NETWORK),
            ),
        ],
        tr("Apri", lang),
        lang,
        lambda values: _need(code, values),
    )


def _number(text: str) -> str:
    return parse_need(text).text if text else ""


def _need(code: str, values: Values) -> NewNeed:
    """Return the need as it is written; raise `input.*`, as `maglia need open` does."""
    number = _number(values["need"])
    if not number and not (values["creditor"] and values["period_from"] and values["period_to"]):
        raise MagliaError(Code.INPUT_NEED_UNNAMED)
    if values["period_from"] and values["period_to"]:
        check_span(parse_day(values["period_from"]), parse_day(values["period_to"]))
    return NewNeed(
        parse_identifier(code).text,
        check_aid_facet(values["facet"]),
        needed("amount", parse_amount)(values["owed"]),
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

    stays = tr("Resta in questo ente: la rete non la vede mai.", lang)
    field = Field(tr("Nota", lang), "note", again.get("note", ""), width=54, longest=2000)
    title, send = tr("NUOVA NOTA", lang), tr("Registra", lang)
    return Form(title, [stays], [field], send, lang, text)


def leave_lines(codes: Sequence[str], lang: str) -> list[str]:
    """Return what it means that somebody leaves a household."""
    who = ", ".join(codes)
    return [
        who,
        tr("Da oggi risulta uscito dal nucleo: le verifiche insieme non chiederanno più di questa persona.", lang),
    ]


def _day(text: str) -> str:
    return parse_day(text).isoformat() if text else ""


_READS: Mapping[str, Callable[[str], object]] = {
    "owed": needed("amount", parse_amount),
    "need": _number,
    "period_from": _day,
    "period_to": _day,
}
