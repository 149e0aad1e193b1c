"""Which records the national flow (SIUSS) takes as they are, and in plain words why it would not take the others.

The rules are those of the flow's own schema (domain "National flow"): its pattern of a tax code is narrower than the
law's, and refuses valid codes with four or more substituted digits and everybody with an STP or ENI code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from maglia.core.identifiers import Identifier, IdentifierType
from maglia.core.national import national_code
from maglia.core.vocabulary import AidStatus, Frequency, MeansTest
from node.domain.export import Column, ExportedTable, Type
from node.domain.model import AidRecord
from node.domain.record_file import FiledRecord

_OFFICIAL = re.compile(r"([A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z][A-Za-z0-9]{3}[A-Za-z])|(\d{11} {0,5})", re.ASCII)
_MEANS = {MeansTest.ISEE: "1", MeansTest.OTHER: "2", MeansTest.EXEMPT: "3", MeansTest.NONE: "4"}
_COLUMNS = [
    Column("registrazione"),
    Column("codice fiscale"),
    Column("codice prestazione"),
    Column("protocollo"),
    Column("prova dei mezzi"),
    Column("carattere"),
    Column("data", Type.DAY),
    Column("fine", Type.DAY),
    Column("importo", Type.CENTS),
    Column("esito"),
    Column("da correggere, o da controllare"),
]


def national_flow(records: Iterable[FiledRecord]) -> ExportedTable:
    """Return help given as the flow describes it, each record with what keeps it out."""
    return ExportedTable("Flusso nazionale", _COLUMNS, _rows(records))


def problems(record: AidRecord) -> Iterator[str]:
    """Yield why the flow would not take a record, each a sentence with what to do."""
    yield from _of_code(record.identifier)
    code = national_code(record.facet, record.day)
    if code is None:
        yield "Questo tipo di aiuto non ha un codice nazionale: non va inviato."
    elif not code.sure:
        yield f"Il codice {code.code} non è certo: controllarlo prima di inviare."
    if not record.amount_cents or record.amount_cents <= 0:
        yield "Manca l'importo: scriverne uno maggiore di zero."
    if not record.protocol:
        yield "Manca il protocollo della domanda: aggiungerlo."
    if record.frequency is Frequency.MONTHLY:
        yield from _of_period(record)


def _of_code(identifier: Identifier) -> Iterator[str]:
    if _OFFICIAL.fullmatch(identifier.value):
        return
    if identifier.type in {IdentifierType.STP, IdentifierType.ENI}:
        yield "Il flusso non accetta codici STP ed ENI: comunicare l'aiuto per altra via."
    elif identifier.type is IdentifierType.CF:
        yield "Il codice fiscale è giusto, ma il flusso non accetta le sue lettere al posto di cifre: per altra via."
    else:
        yield "Il flusso accetta solo un codice fiscale: chiederlo alla persona."


def _of_period(record: AidRecord) -> Iterator[str]:
    begin, end = record.period_from, record.period_to
    if begin is None or end is None:
        yield "Di un aiuto mensile servono inizio e fine: scriverli."
    elif begin.year != end.year:
        yield "La fine di un aiuto mensile deve essere nello stesso anno: dividerlo per anni."


def _rows(records: Iterable[FiledRecord]) -> Iterator[Sequence[str]]:
    for filed in records:
        record = filed.record
        if record.status is not AidStatus.GIVEN:
            continue
        found = list(problems(record))
        code = national_code(record.facet, record.day)
        monthly = record.frequency is Frequency.MONTHLY
        begin, end = (record.period_from, record.period_to) if monthly else (record.day, None)
        yield (
            filed.id,
            record.identifier.value,
            code.code if code else "",
            record.protocol,
            _MEANS[record.means_test],
            "1 periodico" if monthly else "2 una volta",
            begin.isoformat() if begin else "",
            end.isoformat() if end else "",
            "" if record.amount_cents is None else str(record.amount_cents),
            "da correggere" if found else "pronto",
            " ".join(found),
        )
