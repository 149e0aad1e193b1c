"""The forms of ACCREDITAMENTO: what a body may do from now on, who is appointed, which procedure is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from maglia.core.epochs import EpochAct
from maglia.core.errors import Code, MagliaError
from maglia.core.procedures import MAX_CAP, Procedure, check_id
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import PUBLIC_KINDS, Facet, MemberState, Purpose
from tui.labels import FACETS, PURPOSES, Labels, label
from tui.office_body import today
from tui.office_changes import check_wanted
from tui.office_model import Board, Change, MemberDetail, MemberRow
from tui.office_rows import day_text
from tui.screens.faults import needed
from tui.screens.office.dialogs import Form
from tui.text import number, parse_day
from tui.widgets.entry import Field, TickBox, day_echo

T = TypeVar("T")
_ASKED = tuple(one for one in Purpose if one not in {Purpose.AUDIT, Purpose.ACCESS_REPORT})
_LONGEST_REASON = 200
_HALF = 30
"""Letters of a name that leave room for another beside it."""


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
            code: TickBox(Content(label(labels, code, lang)), code in chosen, compact=True, id=f"tick-{code}")
            for code in codes
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
    expiry = Field(
        tr("Scadenza", lang), "expiry", width=12, longest=10, echo=day_echo(lang), read=_to_come(row.name or row.member)
    )
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


def public_bodies(rows: Sequence[MemberRow]) -> dict[str, str]:
    """Return the public bodies of the network, which alone may have a procedure: their names by their short names."""
    gone = {MemberState.APPLIED, MemberState.DOCUMENTS_MISSING, MemberState.REVOKED}
    return {row.member: row.name or row.member for row in rows if row.kind in PUBLIC_KINDS and row.state not in gone}


def procedure_form(known: Procedure | None, bodies: Mapping[str, str], lang: str) -> Form[Change]:
    """Ask for a procedure of some `bodies`, by short name, or for what one in force is to be from now on."""
    held = known.members if known else ()
    called, id_echo = known.id if known else "", _says(check_id, tr("solo a-z, 0-9 e trattini", lang))
    name = Field(tr("Nome breve", lang), "id", called, width=30, longest=40, echo=id_echo, read=needed("id", check_id))
    act = Field(tr("Protocollo", lang), "act", known.act if known else "", width=30, read=needed("act_protocol", str))
    most = number(MAX_CAP, lang)
    cap_echo = _says(_read_cap, tr("un numero intero, da 1 a {most}", lang).format(most=most))
    limit = str(known.cap) if known else ""
    cap = Field(tr("Limite", lang), "cap", limit, width=10, longest=8, echo=cap_echo, read=needed("cap", _read_cap))
    until = day_text(known.expires) if known else ""
    until_day = needed("expires", parse_day)
    expires = Field(tr("Fino al", lang), "expires", until, width=12, longest=10, echo=day_echo(lang), read=until_day)
    offered = {**dict.fromkeys(held, ""), **bodies}
    shown = {code: words or code for code, words in offered.items()}
    across = 2 if all(len(words) <= _HALF for words in shown.values()) else 1
    whose = Ticks(shown, shown, held, lang, across=across)
    room = VerticalScroll(whose, can_focus=False, classes="room")

    def read() -> Change:
        if not whose.codes:
            raise MagliaError(Code.INPUT_MISSING, field="members")
        day = parse_day(expires.text).isoformat()
        change = Change("declare", procedure=Procedure(name.text, act.text, int(cap.text), day, whose.codes))
        check_wanted(change)
        return change

    said = tr("Un bando di uno o più enti pubblici. Limite: quante persone, per ciascun ente.", lang)
    words = mark("Enti:") if shown else mark("Nessun ente pubblico nella rete: prima se ne ammette uno.")
    head = Static(tr(words, lang), markup=False, classes="head")
    return Form(tr("PROCEDURA", lang), (said,), (name, act, cap, expires, head, room), read, lang)


def epoch_form(act: EpochAct, title: str, board: Board, lang: str) -> Form[Change]:
    """Ask why a step of a change of keys is taken, and which bodies are not waited for; tell who is not ready."""
    reason = Field(tr("Motivo", lang), "reason", width=56, longest=_LONGEST_REASON)
    without = Field(tr("Senza", lang), "without", width=56, longest=300)

    def read() -> Change:
        left_out = left_out_of(without.text, board)
        if left_out:
            _refuse_none(reason.text, "reason")
        return Change(act, reason=reason.text, without=left_out)

    if act is EpochAct.START:
        said = tr("Ogni ente iscrive i suoi con le nuove chiavi; si chiede ancora con quelle in uso.", lang)
        return Form(title, [said], (reason,), read, lang)
    said = tr("Si attende che ogni ente sia pronto. Senza: enti da non attendere, con il motivo.", lang)
    return Form(title, [*ready_lines(board, lang), said], (reason, without), read, lang)


def left_out_of(text: str, board: Board) -> tuple[str, ...]:
    """Return the short names of the bodies named in a text, by short or by whole name; raise `member.unknown`."""
    short = {node.member.casefold(): node.member for node in board.nodes}
    whole = {node.name.casefold(): node.member for node in board.nodes}
    found = set()
    for part in filter(None, (part.strip() for part in text.casefold().split(","))):
        for name in [part] if part in whole else part.split():
            if name not in short and name not in whole:
                raise MagliaError(Code.MEMBER_UNKNOWN, member=name)
            found.add(whole.get(name) or short[name])
    return tuple(sorted(found))


def ready_lines(board: Board, lang: str) -> list[str]:
    """Return how many bodies are ready for the newest keys, and the short names of those that are not."""
    newest = max(board.epochs.all)
    late = [node.member for node in board.nodes if newest not in node.ready_epochs]
    total = len(board.nodes)
    lines = [tr("Pronti: {ready} enti su {total}.", lang).format(ready=total - len(late), total=total)]
    return [*lines, tr("NON PRONTI: {names}.", lang).format(names=", ".join(late))] if late else lines


def _to_come(name: str) -> Callable[[str], object]:
    """Return what reads the last day of a body's act, "" for the one it has: one that is over admits nobody."""

    def read(text: str) -> object:
        if text and parse_day(text) < today():
            raise MagliaError(Code.MEMBER_ACT_EXPIRED, member=name)
        return text

    return read


def _read_cap(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MAX_CAP:
        raise MagliaError(Code.INPUT_FIELD, field="cap")
    return int(text)


def _says(read: Callable[[str], object], otherwise: str) -> Callable[[str], str]:
    """Return what says beside a field how it is written, while it is not written so."""

    def echo(text: str) -> str:
        try:
            read(text)
        except MagliaError:
            return f"!! {otherwise}"
        return ""

    return echo


def _refuse_none(given: object, field: str) -> None:
    if not given:
        raise MagliaError(Code.INPUT_MISSING, field=field)
