"""The first rows of a file as an import reads them, said in words: days with their month's name, amounts spelt out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from maglia.core.identifiers import Identifier
from maglia.core.import_file import PreviewedLine
from node.domain.model import AidRecord
from node.domain.spoken import cents_in_words, day_in_words
from node.importing.columns import CellError


def previewed(rows: Iterable[tuple[int, AidRecord | CellError]], lang: str) -> Iterator[PreviewedLine]:
    """Yield the rows in words of a language."""
    for row, read in rows:
        if isinstance(read, CellError):
            yield PreviewedLine(row, (), read.error.code.value, read.column, read.error.params)
        else:
            yield PreviewedLine(row, list(_words(read, lang)))


def _words(record: AidRecord, lang: str) -> Iterator[tuple[str, str]]:
    yield "chiave", record.source_key
    yield "codice", _code(record.identifier)
    yield "aiuto", record.facet
    yield "data", day_in_words(record.day, lang)
    if record.amount_cents is not None:
        yield "importo", cents_in_words(record.amount_cents, lang)
    yield "stato", record.status.value
    yield "base", record.basis.value
    if record.consent is not None:
        yield "consenso", day_in_words(record.consent.day, lang)
    if record.creditor:
        yield "creditore", record.creditor
    if record.need is not None:
        yield "fornitura", _code(record.need)
    if record.period_from is not None:
        yield "dal", day_in_words(record.period_from, lang)
    if record.period_to is not None:
        yield "al", day_in_words(record.period_to, lang)
    if record.protocol:
        yield "protocollo", record.protocol


def _code(identifier: Identifier) -> str:
    return identifier.text
