"""The forms of ACCREDITAMENTO: what a body may do from now on, who is appointed, which procedure is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static

from maglia.core.epochs import EpochAct
from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import Facet, Purpose
from tui.labels import FACETS, PURPOSES, Labels, label, pick
from tui.office_changes import check_wanted
from tui.office_model import Change, MemberDetail
from tui.office_rows import day_text
from tui.screens.office_dialogs import Form
from tui.text import parse_day
from tui.widgets.entry import Field, TickBox, day_echo

T = TypeVar("T")
_ASKED = tuple(one for one in Purpose if one not in {Purpose.AUDIT, Purpose.ACCESS_REPORT})
_LONGEST_REASON = 200


class Ticks(Container):
    """Boxes to tick, one for each code."""

    DEFAULT_CSS = """
    Ticks { layout: grid; grid-rows: 1; height: auto; }
    Ticks TickBox { width: 1fr; height: 1; }
    """

    def __init__(self, labels: Labels, codes: Iterable[str], ticked: Iterable[str], lang: str, *, across: int) -> None:
        super().__init__()
        self.styles.grid_size_columns = across
        chosen = set(ticked)
        self._boxes = {code: TickBox(label(labels, code, lang), code in chosen, compact=True) for code in codes}

    def compose(self) -> Iterable[Widget]:
        """Lay out the boxes."""
        yield from self._boxes.values()

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes that are ticked, sorted."""
        return tuple(sorted(code for code, box in self._boxes.items() if box.value))


def change_form(detail: MemberDetail, lang: str) -> Form[Change]:
    """Ask what a body has from now on: a new act, other aid, other purposes; only what differs is changed."""
    row = detail.row
    protocol = Field(_say(("Protocollo", "Protocol"), lang), "protocol", width=30)
    expiry = Field(_say(("Scadenza", "Expiry"), lang), "expiry", width=12, longest=10, echo=day_echo(lang))
    reason = Field(_say(("Motivo", "Reason"), lang), "reason", width=56, longest=_LONGEST_REASON)
    facets = Ticks(FACETS, list(Facet), detail.facets, lang, across=3)
    purposes = Ticks(PURPOSES, _ASKED, detail.purposes, lang, across=2)
    kept = tuple(code for code in detail.purposes if code not in _ASKED)

    def read() -> Change:
        given, wanted = facets.codes, tuple(sorted((*purposes.codes, *kept)))
        _refuse_none(given, "facets")
        _refuse_none(wanted, "purposes")
        change = Change(
            act="change",
            member=row.member,
            reason=reason.text,
            facets=given if set(given) != set(detail.facets) else (),
            purposes=wanted if set(wanted) != set(detail.purposes) else (),
            act_protocol=protocol.text,
            act_expiry=parse_day(expiry.text).isoformat() if expiry.text else "",
        )
        check_wanted(change)
        return change

    now = f"{detail.applied.act_protocol or '-'}, {day_text(row.act_expiry) or '-'}"
    said = (f"Atto di ora: {now}. Lasciare vuoto ciò che non cambia.", f"Act now: {now}. Leave empty what stays.")
    body = (
        protocol,
        expiry,
        reason,
        Static(_say(("Aiuti:", "Aid:"), lang), markup=False, classes="head"),
        facets,
        Static(_say(("Scopi:", "Purposes:"), lang), markup=False, classes="head"),
        purposes,
    )
    return _form((f"MODIFICA: {row.name}", f"CHANGE: {row.name}"), (said,), body, read, lang)


def appoint_form(network: str, lang: str) -> Form[Sequence[Change]]:
    """Ask for the request of whoever is appointed, and for the act."""
    file = Field(_say(("Richiesta", "Request"), lang), "file", width=44, longest=200, hint="sara.request.json")
    protocol = Field(_say(("Protocollo", "Protocol"), lang), "protocol", width=30)
    expiry = Field(_say(("Fino al", "Until"), lang), "expiry", width=12, longest=10, echo=day_echo(lang))

    def read() -> Sequence[Change]:
        from tui.appointing import appointments  # noqa: PLC0415 - cryptography is loaded after the first paint

        for field, name in ((file, "file"), (protocol, "act_protocol"), (expiry, "act_expiry")):
            _refuse_none(field.text, name)
        day = parse_day(expiry.text).isoformat()
        return appointments([Path(file.text).expanduser()], protocol.text, day, network)

    said = (
        "Il file accanto alla chiave di chi è nominato, fatto con «maglia office official-key».",
        "The file beside the key of whoever is appointed, made with “maglia office official-key”.",
    )
    return _form(("NOMINA", "APPOINTMENT"), (said,), (file, protocol, expiry), read, lang)


def procedure_form(known: Procedure | None, lang: str) -> Form[Change]:
    """Ask for a procedure, or for what one in force is to be from now on."""
    name = Field(_say(("Nome breve", "Short name"), lang), "id", known.id if known else "", width=42, longest=40)
    act = Field(_say(("Protocollo", "Protocol"), lang), "act", known.act if known else "", width=30)
    cap = Field(_say(("Persone", "Persons"), lang), "cap", str(known.cap) if known else "", width=10, longest=8)
    until = day_text(known.expires) if known else ""
    expires = Field(_say(("Fino al", "Until"), lang), "expires", until, width=12, longest=10, echo=day_echo(lang))
    held = " ".join(known.members) if known else ""
    members = Field(_say(("Enti", "Bodies"), lang), "members", held, width=56, longest=300)

    def read() -> Change:
        if not cap.text.isdecimal():
            raise MagliaError(Code.INPUT_FIELD, field="cap")
        whose = tuple(sorted(set(members.text.replace(",", " ").split())))
        day = parse_day(expires.text).isoformat()
        change = Change("declare", procedure=Procedure(name.text, act.text, int(cap.text), day, whose))
        check_wanted(change)
        return change

    said = (
        "Un bando di uno o più enti pubblici. Le persone sono il limite di ciascun ente.",
        "A call for applicants of one or more public bodies. Persons are each body's limit.",
    )
    named = ("Enti: nomi brevi, separati da spazi.", "Bodies: short names, parted by blanks.")
    return _form(("PROCEDURA", "PROCEDURE"), (said, named), (name, act, cap, expires, members), read, lang)


def epoch_form(act: EpochAct, title: str, lang: str) -> Form[Change]:
    """Ask why a step of a change of keys is taken, and which bodies are not waited for."""
    reason = Field(_say(("Motivo", "Reason"), lang), "reason", width=56, longest=_LONGEST_REASON)
    without = Field(_say(("Senza", "Without"), lang), "without", width=56, longest=300)

    def read() -> Change:
        left_out = tuple(sorted(set(without.text.replace(",", " ").split())))
        if left_out:
            _refuse_none(reason.text, "reason")
        return Change(act, reason=reason.text, without=left_out)

    if act is EpochAct.START:
        said = ("Ogni ente iscrive i suoi con le nuove chiavi; si chiede ancora con quelle in uso.",
                "Every body enrols its own under the new keys; those in use are still asked under.")  # fmt: skip
        return Form(title, [_say(said, lang)], (reason,), read, lang)
    said = ("Si attende che ogni ente sia pronto. Senza: enti da non attendere, con il motivo.",
            "Every body is waited for. Without: bodies not to be waited for, with the reason.")  # fmt: skip
    return Form(title, [_say(said, lang)], (reason, without), read, lang)


def _form(
    title: tuple[str, str],
    lines: Sequence[tuple[str, str]],
    body: Sequence[Widget],
    read: Callable[[], T],
    lang: str,
) -> Form[T]:
    return Form(_say(title, lang), [_say(line, lang) for line in lines], body, read, lang)


def _say(words: tuple[str, str], lang: str) -> str:
    return pick(words, lang)


def _refuse_none(given: object, field: str) -> None:
    if not given:
        raise MagliaError(Code.INPUT_MISSING, field=field)
