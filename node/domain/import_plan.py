"""How a file with columns of its own is read: which column is which, what it leaves out, how it writes amounts."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from maglia.core.errors import Code, MagliaError
from node.domain.amounts import Decimals
from node.domain.forms import echo
from node.domain.sheet import Line, Sheet, plain_name

SCHEMA = "maglia.import-template/1"
MAX_PLAN = 16_384
"""Characters of a plan as JSON."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_ALIKE = 0.75
"""How like a title must be to be named; the next best must be clearly less so."""
_CLEARLY = 0.1
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "chiave": ("id", "identificativo", "numero", "numero pratica", "codice pratica", "progressivo", "n."),
    "codice": (
        "codice fiscale",
        "cf",
        "c.f.",
        "cod. fiscale",
        "codice fiscale beneficiario",
        "codice fiscale richiedente",
    ),
    "aiuto": ("tipo aiuto", "tipo di aiuto", "tipologia", "prestazione", "intervento", "contributo"),
    "data": ("data aiuto", "data erogazione", "data consegna", "giorno", "erogato il"),
    "importo": ("importo erogato", "importo euro", "valore", "euro", "somma", "ammontare"),
    "stato": ("stato aiuto", "esito"),
    "base": ("base giuridica",),
    "consenso": ("data consenso", "consenso del"),
    "informativa": ("versione informativa",),
    "creditore": ("beneficiario del pagamento", "locatore", "fornitore", "pagato a"),
    "fornitura": ("pod", "pdr", "pod/pdr", "contratto"),
    "dal": ("periodo dal", "inizio", "inizio periodo"),
    "al": ("periodo al", "fine", "fine periodo"),
    "nucleo": ("nucleo familiare", "codice nucleo", "numero nucleo", "famiglia"),
    "periodo": ("mese", "mesi", "periodo richiesto", "periodo del canone"),
    "punteggio": ("punti", "punteggio totale", "totale punti"),
}


@dataclass(frozen=True)
class Plan:
    """`columns` gives the title in the file, by our column; `fixed` the value of a column that the file does not have.

    `decimals` is what stands before the decimals of amounts that are texts, None where nobody said.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    decimals: Decimals | None = None
    sheet: str = ""

    def over(self, kept: Plan) -> Plan:
        """Return this plan, with what it leaves open as in a kept one."""
        return Plan(
            {**kept.columns, **self.columns},
            {**kept.fixed, **self.fixed},
            self.decimals or kept.decimals,
            self.sheet or kept.sheet,
        )


def check_plan(plan: Plan, known: Sequence[str]) -> Plan:
    """Return the plan; raise `input.map` unless it names our columns, each once, and nothing too long."""
    for column, title in (*plan.columns.items(), *plan.fixed.items()):
        if column not in known or not title.strip():
            raise MagliaError(Code.INPUT_MAP, value=echo(column), allowed=", ".join(known))
    if both := set(plan.columns) & set(plan.fixed):
        raise MagliaError(Code.INPUT_MAP, value=echo(min(both)), allowed=", ".join(known))
    if len(encode_plan(plan)) > MAX_PLAN:
        raise MagliaError(Code.INPUT_TOO_LARGE, field="template", limit=f"{MAX_PLAN} B")
    return plan


def check_name(name: str) -> str:
    """Return a template's name; raise `input.field`."""
    if not _NAME.fullmatch(name):
        raise MagliaError(Code.INPUT_FIELD, field="template")
    return name


def encode_plan(plan: Plan) -> str:
    """Return the plan as JSON, as a template is kept."""
    return json.dumps({"schema": SCHEMA, **asdict(plan)}, ensure_ascii=False, sort_keys=True)


def decode_plan(text: str) -> Plan:
    """Return the plan of a template; raise `input.malformed`."""
    try:
        read: dict[str, Any] = json.loads(text)
        decimals = Decimals(read["decimals"]) if read["decimals"] else None
        plan = Plan(dict(read["columns"]), dict(read["fixed"]), decimals, str(read["sheet"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MagliaError(Code.INPUT_MALFORMED) from error
    if read.get("schema") != SCHEMA:
        raise MagliaError(Code.INPUT_MALFORMED)
    return plan


@dataclass(frozen=True)
class PlannedSheet:
    """A sheet under the columns that a plan gives it; see `Sheet`."""

    sheet: Sheet
    header: tuple[str, ...]
    titles: tuple[str, ...]

    def lines(self) -> Iterator[Line]:
        """Yield the rows under the header."""
        return self.sheet.lines()

    def line_at(self, row: int, start: int, end: int) -> Line:
        """Return again a row that `lines` yielded."""
        return self.sheet.line_at(row, start, end)


def apply_plan(sheet: Sheet, plan: Plan, file: str, required: Sequence[str], optional: Sequence[str]) -> Sheet:
    """Return the sheet under our columns; a title that the plan gives to a column is that column alone.

    Raises `input.column` for a title or a column that is not there, `input.column_like` where titles are much like the
    missing columns: they are named, and used only when somebody says so; `input.field` for one that is there twice.
    """
    by_title = {plain_name(title): column for column, title in plan.columns.items()}
    for title in by_title:
        if title not in sheet.header:
            raise MagliaError(Code.INPUT_COLUMN, file=file, field=echo(title))
        if sheet.header.count(title) > 1:
            raise MagliaError(Code.INPUT_FIELD, field=echo(title))
    taken = {*plan.columns, *plan.fixed}
    header = tuple(by_title.get(title, "" if title in taken else title) for title in sheet.header)
    missing = [column for column in required if column not in header and column not in plan.fixed]
    if missing:
        raise _missing(missing, sheet, header, file)
    for column in (*required, *optional):
        if header.count(column) > 1:
            raise MagliaError(Code.INPUT_FIELD, field=column)
    return PlannedSheet(sheet, header, sheet.titles)


def _missing(missing: Sequence[str], sheet: Sheet, header: Sequence[str], file: str) -> MagliaError:
    ours = {*_OTHER_NAMES, "lingua", "visibilita"}
    free = [title for title, column in zip(sheet.titles, header, strict=True) if column not in ours and title.strip()]
    like = suggest_columns(free, missing)
    if not like:
        return MagliaError(Code.INPUT_COLUMN, file=file, field=missing[0])
    options = " ".join(f'--map "{echo(title)}={column}"' for column, title in like.items())
    return MagliaError(Code.INPUT_COLUMN_LIKE, file=file, fields=", ".join(missing), options=options)


def suggest_columns(titles: Sequence[str], missing: Sequence[str]) -> dict[str, str]:
    """Return for a missing column the title that is clearly most like it; none where there is a doubt."""
    found: dict[str, str] = {}
    for column in missing:
        ranked = sorted(((_likeness(column, title), title) for title in titles), reverse=True)[:2]
        if ranked and ranked[0][0] >= _ALIKE and (len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= _CLEARLY):
            found[column] = ranked[0][1]
    twice = {title for title in found.values() if list(found.values()).count(title) > 1}
    return {column: title for column, title in found.items() if title not in twice}


def _likeness(column: str, title: str) -> float:
    plain = plain_name(title)
    return max(difflib.SequenceMatcher(None, name, plain).ratio() for name in (column, *_OTHER_NAMES.get(column, ())))
