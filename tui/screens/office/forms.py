"""The forms of ACCREDITAMENTO: what a body may do from now on, who is appointed, which procedure is declared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static

from maglia.core.epochs import EpochAct
from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import Procedure
from maglia.core.translation import tr
from maglia.core.vocabulary import Facet, Purpose
from tui.labels import FACETS, PURPOSES, Labels, label
from tui.office_changes import check_wanted
from tui.office_model import Change, MemberDetail
from tui.office_rows import day_text
from tui.screens.office.dialogs import Form
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
        self._boxes = {
            code: TickBox(label(labels, code, lang), code in chosen, compact=True, id=code) for code in codes
        }

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
    protocol = Field(tr("Protocollo", lang), "protocol", width=30)
    expiry = Field(tr("Scadenza", lang), "expiry", width=12, longest=10, echo=day_echo(lang))
    reason = Field(tr("Motivo", lang), "reason", width=56, longest=_LONGEST_REASON)
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
    said = tr("Atto di ora: {now}. Lasciare vuoto ciò che non cambia.", lang).format(now=now)
    body = (
        protocol,
        expiry,
        reason,
        Static(tr("Aiuti:", lang), markup=False, classes="head"),
        facets,
        Static(tr("Scopi:", lang), markup=False, classes="head"),
        purposes,
    )
    return Form(tr("MODIFICA: {name}", lang).format(name=row.name), (said,), body, read, lang)


def appoint_form(network: str, lang: str) -> Form[Sequence[Change]]:
    """Ask for the request of whoever is appointed, and for the act."""
    file = Field(tr("Richiesta", lang), "file", width=44, longest=200, hint="sara.request.json")
    protocol = Field(tr("Protocollo", lang), "protocol", width=30)
    expiry = Field(tr("Fino al", lang), "expiry", width=12, longest=10, echo=day_echo(lang))

    def read() -> Sequence[Change]:
        from tui.appointing import appointments  # noqa: PLC0415 - cryptography is loaded after the first paint

        for field, name in ((file, "file"), (protocol, "act_protocol"), (expiry, "act_expiry")):
            _refuse_none(field.text, name)
        day = parse_day(expiry.text).isoformat()
        return appointments([Path(file.text).expanduser()], protocol.text, day, network)

    said = tr("Il file accanto alla chiave di chi è nominato, fatto con «maglia office official-key».", lang)
    return Form(tr("NOMINA", lang), (said,), (file, protocol, expiry), read, lang)


def procedure_form(known: Procedure | None, lang: str) -> Form[Change]:
    """Ask for a procedure, or for what one in force is to be from now on."""
    name = Field(tr("Nome breve", lang), "id", known.id if known else "", width=42, longest=40)
    act = Field(tr("Protocollo", lang), "act", known.act if known else "", width=30)
    cap = Field(tr("Limite", lang), "cap", str(known.cap) if known else "", width=10, longest=8)
    until = day_text(known.expires) if known else ""
    expires = Field(tr("Fino al", lang), "expires", until, width=12, longest=10, echo=day_echo(lang))
    held = " ".join(known.members) if known else ""
    members = Field(tr("Enti", lang), "members", held, width=56, longest=300)

    def read() -> Change:
        if not cap.text.isdecimal():
            raise MagliaError(Code.INPUT_FIELD, field="cap")
        whose = tuple(sorted(set(members.text.replace(",", " ").split())))
        day = parse_day(expires.text).isoformat()
        change = Change("declare", procedure=Procedure(name.text, act.text, int(cap.text), day, whose))
        check_wanted(change)
        return change

    said = tr("Un bando di uno o più enti pubblici. Limite: quante persone, per ciascun ente.", lang)
    named = tr("Enti: nomi brevi, separati da spazi.", lang)
    return Form(tr("PROCEDURA", lang), (said, named), (name, act, cap, expires, members), read, lang)


def epoch_form(act: EpochAct, title: str, lang: str) -> Form[Change]:
    """Ask why a step of a change of keys is taken, and which bodies are not waited for."""
    reason = Field(tr("Motivo", lang), "reason", width=56, longest=_LONGEST_REASON)
    without = Field(tr("Senza", lang), "without", width=56, longest=300)

    def read() -> Change:
        left_out = tuple(sorted(set(without.text.replace(",", " ").split())))
        if left_out:
            _refuse_none(reason.text, "reason")
        return Change(act, reason=reason.text, without=left_out)

    if act is EpochAct.START:
        said = tr("Ogni ente iscrive i suoi con le nuove chiavi; si chiede ancora con quelle in uso.", lang)
        return Form(title, [said], (reason,), read, lang)
    said = tr("Si attende che ogni ente sia pronto. Senza: enti da non attendere, con il motivo.", lang)
    return Form(title, [said], (reason, without), read, lang)


def _refuse_none(given: object, field: str) -> None:
    if not given:
        raise MagliaError(Code.INPUT_MISSING, field=field)
