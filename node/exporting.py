"""All that a body keeps, for the body itself: every table, the national flow of a public body, the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from maglia.core.vocabulary import PUBLIC_KINDS, Kind
from node.domain.export import ExportedTable
from node.domain.national_flow import national_flow
from node.domain.processing_register import processing_register
from node.domain.record_file import FiledRecord
from node.ports import Store

_PAGE = 500


def export_all(store: Store, rules: Mapping[str, Any], kind: Kind, name: str, revision: str) -> Iterator[ExportedTable]:
    """Yield every table of a body; `rules` are the data of the rules in force. Rows are read when asked for."""
    yield processing_register(rules, kind, name, revision)
    yield from store.exported_tables()
    if kind in PUBLIC_KINDS:
        yield national_flow(_filed(store))


def _filed(store: Store) -> Iterator[FiledRecord]:
    last = ""
    while page := store.records_after(last, _PAGE):
        yield from page
        last = page[-1].id
