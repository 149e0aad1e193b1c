"""All that the body keeps, table by table, opened: for the body itself and nobody else.

Every table of the database is either here or named in `NOT_EXPORTED` with the reason (a test compares).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Connection, Row, Select, bindparam, select, tuple_

from node.domain.export import Column, ExportedTable, Type
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import Exported
from node.store.fields import Fields
from node.store.referral_rows import read_referral
from node.store.subjects import need_from, open_code, person_from

NOT_EXPORTED: Mapping[str, str] = {
    "pseudonym": "made again from the codes",
    "pseudonym_cache": "made again from the codes",
    "named_key": "made again from the names",
    "budget_item": "counters of a day",
    "procedure_item": "counters of a procedure",
    "procedure_budget": "counters of a procedure",
    "access_part": "what other bodies told of a person: it is the person's, and is in the report",
    "reservation_late": "what other bodies answered",
    "batch": "what other bodies answered",
    "batch_page": "what other bodies answered",
    "batch_reply": "what other bodies answered",
    "notice": "what the node told its operators: checks and records by their numbers",
    "waiting_check": "what other bodies answered",
    "import_template": "how files are read",
    "answering_line": "counters of how other bodies answered",
    "answering_day": "counters of how other bodies answered",
    "answering_place": "counters of how other bodies answered",
    "device": "which consoles are let in: their keys are here, and at another node they open nothing",
    "device_invite": "which consoles are let in",
    "field_key": "a proof of the key",
    "log_entry": "the log, which has archive files of its own",
    "log_tile": "the log, which has archive files of its own",
    "log_checkpoint": "the log, which has archive files of its own",
    "log_archive": "the log, which has archive files of its own",
}
_PAGE = 500
_PERSON, _NEED = tables.person, tables.need
_Cell = Callable[[Fields, Row[Any]], object]


@dataclass(frozen=True)
class _Out:
    """One column of a file: its title, its type, and how a row's cell is read."""

    title: str
    cell: _Cell
    type: Type = Type.TEXT


@dataclass(frozen=True)
class _Table:
    """One table of the database as it goes out; `key` orders its rows."""

    name: str
    statement: Select[Any]
    key: SqlColumn[Any]
    columns: Sequence[_Out]


def _plain(title: str, column: str, kind: Type = Type.TEXT) -> _Out:
    return _Out(title, lambda _fields, row: getattr(row, column), kind)


def _sealed(title: str, column: str, label: str, bound: str = "id") -> _Out:
    """Return a column whose cells are sealed under `label`, bound to the row's id or its salt."""

    def read(fields: Fields, row: Row[Any]) -> object:
        sealed = getattr(row, column)
        place = getattr(row, bound)
        return (
            fields.open(label, place if isinstance(place, bytes) else place.encode(), sealed).decode() if sealed else ""
        )

    return _Out(title, read)


def _from_json(title: str, column: str, label: str, name: str | int, kind: Type = Type.TEXT) -> _Out:
    """Return a column whose cells are one value of a sealed JSON."""

    def read(fields: Fields, row: Row[Any]) -> object:
        sealed = getattr(row, column)
        return json.loads(fields.open(label, row.salt, sealed))[name] if sealed else ""

    return _Out(title, read, kind)


def _person(fields: Fields, row: Row[Any]) -> object:
    return person_from(open_code(fields, _PERSON, row.person_index, row.person_code)).text


def _need(fields: Fields, row: Row[Any]) -> object:
    return need_from(open_code(fields, _NEED, row.need_index, row.need_code)).text if row.need_code else ""


def _referred(fields: Fields, row: Row[Any]) -> object:
    referral = read_referral(row, fields.open("referral.content", row.salt, row.content))
    return "" if referral.person is None else referral.person.identifier


_WHO = _Out("codice", _person)
_OF_PERSON = _PERSON.c.code.label("person_code"), _PERSON.c.code_index.label("person_index")
_AID = tables.aid_record


def _with_person(table: Any) -> Select[Any]:
    return select(table, *_OF_PERSON).select_from(table.join(_PERSON))


_TABLES: Sequence[_Table] = (
    _Table(
        "Persone",
        select(_PERSON, *_OF_PERSON),
        _PERSON.c.id,
        [_plain("numero", "id", Type.NUMBER), _WHO, _plain("tipo di codice", "type")],
    ),
    _Table(
        "Forniture e contratti",
        select(_NEED, _NEED.c.code.label("need_code"), _NEED.c.code_index.label("need_index")),
        _NEED.c.id,
        [_plain("numero", "id", Type.NUMBER), _Out("codice", _need), _plain("tipo", "type")],
    ),
    _Table(
        "Aiuti",
        select(_AID, *_OF_PERSON, _NEED.c.code.label("need_code"), _NEED.c.code_index.label("need_index")).select_from(
            _AID.join(_PERSON).outerjoin(_NEED)
        ),
        _AID.c.id,
        [
            _plain("registrazione", "id"),
            _sealed("chiave", "source_key", "source_key"),
            _WHO,
            _plain("aiuto", "facet"),
            _plain("data", "day", Type.DAY),
            _plain("importo", "amount_cents", Type.CENTS),
            _plain("stato", "status"),
            _plain("base", "basis"),
            _plain("visibilita", "visibility"),
            _sealed("creditore", "creditor", "creditor"),
            _Out("fornitura", _need),
            _plain("dal", "period_from", Type.DAY),
            _plain("al", "period_to", Type.DAY),
            _plain("frequenza", "frequency"),
            _plain("prova dei mezzi", "means_test"),
            _sealed("protocollo", "protocol", "protocol"),
            _plain("riservato fino a", "reserved_until", Type.INSTANT),
            _plain("consenso", "consent_day", Type.DAY),
            _plain("informativa", "consent_notice"),
            _plain("lingua", "consent_language"),
            _plain("finalità del consenso", "consent_purposes"),
            _plain("consenso ritirato", "consent_withdrawn"),
            _plain("opposizione", "objection"),
            _plain("versione", "version", Type.NUMBER),
            _plain("corregge", "replaces"),
            _plain("conservare fino a", "keep_until", Type.DAY),
            _plain("registrato il", "recorded_at", Type.INSTANT),
            _plain("registrato da", "recorded_by"),
        ],
    ),
    _Table(
        "Bisogni",
        select(
            tables.filed_need, *_OF_PERSON, _NEED.c.code.label("need_code"), _NEED.c.code_index.label("need_index")
        ).select_from(tables.filed_need.join(_PERSON).outerjoin(_NEED)),
        tables.filed_need.c.id,
        [
            _plain("numero", "id", Type.NUMBER),
            _WHO,
            _plain("aiuto", "facet"),
            _Out("fornitura", _need),
            _from_json("totale dovuto", "content", "filed_need", 0, Type.CENTS),
            _from_json("creditore", "content", "filed_need", 1),
            _plain("dal", "period_from", Type.DAY),
            _plain("al", "period_to", Type.DAY),
            _plain("base", "basis"),
            _plain("visibilita", "visibility"),
            _plain("aperto il", "opened_at", Type.INSTANT),
            _plain("aperto da", "opened_by"),
            _plain("chiuso il", "closed_at", Type.INSTANT),
            _plain("chiuso da", "closed_by"),
            _plain("conservare fino a", "keep_until", Type.DAY),
        ],
    ),
    _Table(
        "Impegni",
        select(tables.reservation),
        tables.reservation.c.record_id,
        [
            _plain("registrazione", "record_id"),
            _plain("finalità", "purpose"),
            _plain("mesi", "months", Type.NUMBER),
            _plain("riservato da", "reserved_by"),
            _plain("rinnovato il", "renewed_at", Type.INSTANT),
            _plain("confermato il", "given_at", Type.INSTANT),
            _plain("confermato da", "given_by"),
        ],
    ),
    _Table(
        "Verifiche degli impegni",
        select(tables.reservation_sight),
        tables.reservation_sight.c.id,
        [
            _plain("registrazione", "record_id"),
            _plain("passo", "step"),
            _plain("quando", "at", Type.INSTANT),
            _plain("mostrato a", "shown_to"),
            _plain("completa", "complete"),
            _plain("enti chiesti", "asked", Type.NUMBER),
            _plain("enti che hanno risposto", "answered", Type.NUMBER),
            _plain("riscontri", "found", Type.NUMBER),
            _sealed("motivo", "reason", "reservation_reason", "salt"),
        ],
    ),
    _Table(
        "Note",
        _with_person(tables.person_note),
        tables.person_note.c.id,
        [
            _WHO,
            _sealed("nota", "content", "person_note.content", "salt"),
            _plain("scritta da", "written_by"),
            _plain("scritta il", "written_at", Type.INSTANT),
        ],
    ),
    _Table(
        "Consensi",
        _with_person(tables.consent),
        tables.consent.c.id,
        [
            _WHO,
            _plain("finalità", "purposes"),
            _plain("informativa", "notice_version"),
            _plain("lingua", "language"),
            _plain("data", "day", Type.DAY),
            _plain("modo", "method"),
            _plain("ritirato il", "withdrawn_on", Type.DAY),
            _plain("enti compresi", "audience"),
            _plain("ultimo giorno", "expires", Type.DAY),
            _plain("finalità rimaste", "purposes_left"),
            _plain("registrato da", "recorded_by"),
        ],
    ),
    _Table(
        "Ritiri e opposizioni",
        _with_person(tables.opposition),
        tables.opposition.c.id,
        [
            _plain("numero", "id", Type.NUMBER),
            _WHO,
            _plain("tipo", "kind"),
            _plain("finalità", "purposes"),
            _plain("data", "day", Type.DAY),
            _plain("registrato da", "recorded_by"),
            _plain("finito il", "ended_on", Type.DAY),
        ],
    ),
    _Table(
        "Enti da avvisare",
        select(tables.to_tell),
        tables.to_tell.c.opposition_id,
        [
            _plain("ritiro", "opposition_id", Type.NUMBER),
            _plain("ente", "member"),
            _plain("perché", "reason"),
            _plain("ultima volta", "last_day", Type.DAY),
            _plain("avvisato il", "told_on", Type.DAY),
            _plain("avvisato da", "told_by"),
        ],
    ),
    _Table(
        "Pratiche",
        _with_person(tables.case_file),
        tables.case_file.c.id,
        [_WHO, _plain("finalità", "purpose"), _plain("protocollo", "protocol")],
    ),
    _Table(
        "Codici precedenti",
        select(tables.known_as, *_OF_PERSON).join(_PERSON, _PERSON.c.id == tables.known_as.c.current_id),
        tables.known_as.c.id,
        [
            _WHO,
            _sealed("codice precedente", "former", "known_as.former", "former_index"),
            _plain("sostituito il", "linked_at", Type.INSTANT),
            _plain("da chi", "linked_by"),
            _plain("risponde fino al", "answers_until", Type.DAY),
        ],
    ),
    _Table(
        "Nuclei",
        select(tables.household_place),
        tables.household_place.c.id,
        [
            _Out("nucleo", lambda _fields, row: row.household.hex()),
            _from_json("persona", "content", "household_place.content", "who"),
            _from_json("età", "content", "household_place.content", "age"),
            _from_json("nome", "content", "household_place.content", "name"),
            _from_json("nascita", "content", "household_place.content", "born", Type.DAY),
            _from_json("dal", "content", "household_place.content", "since", Type.DAY),
            _plain("fino al", "until", Type.DAY),
            _plain("fonte", "source"),
            _from_json("registrato da", "content", "household_place.content", "by"),
        ],
    ),
    _Table(
        "Persone senza codice",
        select(tables.named_person),
        tables.named_person.c.id,
        [
            _plain("numero", "id", Type.NUMBER),
            _from_json("nome", "who", "named_person.who", 0),
            _from_json("nascita", "who", "named_person.who", 1, Type.DAY),
            _from_json("luogo", "who", "named_person.who", 2),
            _plain("registrata il", "recorded_at", Type.INSTANT),
        ],
    ),
    _Table(
        "Aiuti senza codice",
        select(tables.named_aid),
        tables.named_aid.c.id,
        [
            _plain("registrazione", "id"),
            _plain("persona", "person_id", Type.NUMBER),
            _plain("aiuto", "facet"),
            _plain("data", "day", Type.DAY),
            _plain("importo", "amount_cents", Type.CENTS),
            _plain("stato", "status"),
            _plain("base", "basis"),
            _sealed("creditore", "creditor", "named_aid.creditor"),
            _plain("conservare fino a", "keep_until", Type.DAY),
            _plain("registrato il", "recorded_at", Type.INSTANT),
        ],
    ),
    _Table(
        "Invii",
        select(tables.referral),
        tables.referral.c.id,
        [
            _plain("numero", "id", Type.NUMBER),
            _plain("verso", "direction"),
            _plain("ente", "peer"),
            _Out("codice", _referred),
            _plain("aiuto", "facet"),
            _plain("stato", "state"),
            _plain("mandato il", "created_at", Type.INSTANT),
            _plain("cambiato il", "changed_at", Type.INSTANT),
            _plain("conservare fino a", "keep_until", Type.DAY),
        ],
    ),
    _Table(
        "Richieste di accesso",
        select(tables.access_case),
        tables.access_case.c.id,
        [
            _plain("numero", "id", Type.NUMBER),
            _plain("arrivata il", "received_on", Type.DAY),
            _plain("rispondere entro", "due_on", Type.DAY),
            _plain("aperta da", "opened_by"),
            _plain("prorogata il", "extended_on", Type.DAY),
            _plain("chiusa il", "closed_on", Type.DAY),
            _plain("chiusa da", "closed_by"),
        ],
    ),
    _Table(
        "Operatori",
        select(tables.operator),
        tables.operator.c.user,
        [_plain("utente", "user"), _plain("nome", "name"), _plain("ruolo", "role")],
    ),
    _Table(
        "Registro delle modifiche",
        select(tables.event),
        tables.event.c.id,
        [
            _plain("quando", "at", Type.INSTANT),
            _plain("chi", "actor"),
            _plain("che cosa", "type"),
            _plain("riguarda", "subject"),
        ],
    ),
)
EXPORTED = frozenset(table.key.table.name for table in _TABLES)


class Exports(Part):
    """The `Store`'s methods on what a body takes out."""

    def exported_tables(self) -> Iterator[ExportedTable]:
        """Yield every table of the body; rows are read in pages when they are asked for."""
        for table in _TABLES:
            columns = [Column(out.title, out.type) for out in table.columns]
            yield ExportedTable(table.name, columns, self._rows(table))

    def note_export(self, actor: str) -> None:
        """Put on file, as an audit event, that everything is taken out."""

        def work(connection: Connection) -> Audited[None]:
            del connection
            return Audited(None, [Exported(actor, "all")])

        self._db.change(work, records=False)

    def _rows(self, table: _Table) -> Iterator[Sequence[str]]:
        keys = list(table.key.table.primary_key.columns)
        first = table.statement.order_by(*keys).limit(_PAGE)
        later = first.where(tuple_(*keys) > tuple_(*(bindparam(f"last_{key.name}", type_=key.type) for key in keys)))
        found = self._db.rows(first, {})
        while found:
            for row in found:
                yield [_text(out.cell(self._fields, row), out.type) for out in table.columns]
            found = self._db.rows(later, {f"last_{key.name}": getattr(found[-1], key.name) for key in keys})


def _text(value: object, kind: Type) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "sì" if value else "no"
        case float() if kind is Type.INSTANT:
            return datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds")
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
