"""Aid records as a body hands them to its own import: one semicolon-separated file, as a spreadsheet saves it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import AidStatus, Basis, Visibility

HEADER = (
    "chiave",
    "codice",
    "aiuto",
    "data",
    "importo",
    "stato",
    "base",
    "consenso",
    "informativa",
    "lingua",
    "visibilita",
    "creditore",
    "fornitura",
    "dal",
    "al",
)
"""The columns of the import, in order."""

STATUS_WORDS = {AidStatus.GIVEN: "dato", AidStatus.RESERVED: "riservato", AidStatus.CANCELLED: "annullato"}
BASIS_WORDS = {Basis.CONSENT: "consenso", Basis.PUBLIC_TASK: "compito pubblico"}
VISIBILITY_WORDS = {Visibility.NETWORK: "rete", Visibility.ONLY_US: "solo noi"}


@dataclass(frozen=True)
class Record:
    """One row. `cents` are euro cents; a third-sector record without `consent` date stays with its body."""

    identifier: Identifier
    facet: str
    day: date
    cents: int
    basis: Basis
    status: AidStatus = AidStatus.GIVEN
    consent: date | None = None
    visibility: Visibility = Visibility.NETWORK
    creditor: str = ""
    need: Identifier | None = None
    since: date | None = None
    until: date | None = None
    key: str = ""

    def row(self) -> list[str]:
        """Return the row's cells in the order of `HEADER`."""
        return [
            self.key,
            self.identifier.text,
            self.facet,
            _day(self.day),
            _amount(self.cents),
            STATUS_WORDS[self.status],
            BASIS_WORDS[self.basis],
            _day(self.consent),
            f"{self.consent.year}-1" if self.consent else "",
            "it" if self.consent else "",
            VISIBILITY_WORDS[self.visibility],
            self.creditor,
            self.need.text if self.need else "",
            _day(self.since),
            _day(self.until),
        ]


def write_csv(path: Path, records: Iterable[Record]) -> None:
    """Write records for `maglia-node import`: UTF-8, semicolons, dates dd/mm/yyyy, amounts 1.234,50."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(record.row() for record in records)


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _amount(cents: int) -> str:
    euros = f"{cents // 100:,}".replace(",", ".")
    return f"{euros},{cents % 100:02d}"
