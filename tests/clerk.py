"""A body's desk for tests: a store on a real database, a clock that stands still, fictional persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from maglia.core.identifiers import Identifier, parse_identifier, tax_code_check_letter
from maglia.core.vocabulary import AidStatus, Basis, Frequency, MeansTest, Visibility
from maglia.sql.engine import open_engine, open_sqlite
from node.domain.model import AidRecord, Consent
from node.store.migrations import migrate
from node.store.sql import SqlStore

TODAY = date(2025, 6, 1)
FIELD_KEY = bytes(range(32))
CONSENT = Consent(("aid_overlap",), "2025-1", "it", date(2025, 1, 2))


@dataclass
class StoppedClock:
    day: date = TODAY
    instant: float = 1_748_736_000.0

    def now(self) -> float:
        return self.instant

    def today(self) -> date:
        return self.day

    def next_day(self) -> None:
        """Let a whole day pass, after which nothing can be undone."""
        self.day += timedelta(days=1)
        self.instant += 86_400


def fictional_code(number: int) -> str:
    """Return the valid code of a person who can't exist: name letters XQZ XQW."""
    first_15 = f"XQZXQW{60 + number // 28 % 40}A{1 + number % 28:02d}H{number // 1120:03d}"
    return first_15 + tax_code_check_letter(first_15)


def person(number: int) -> Identifier:
    return parse_identifier(fictional_code(number))


def record(
    who: Identifier,
    facet: str = "rent_arrears",
    day: date = date(2025, 5, 1),
    *,
    amount_cents: int | None = 900_00,
    status: AidStatus = AidStatus.GIVEN,
    basis: Basis = Basis.CONSENT,
    visibility: Visibility = Visibility.NETWORK,
    consent: Consent | None = CONSENT,
    creditor: str = "",
    need: Identifier | None = None,
    source_key: str = "",
    frequency: Frequency = Frequency.ONE_OFF,
    protocol: str = "",
    means_test: MeansTest = MeansTest.NONE,
) -> AidRecord:
    return AidRecord(
        who,
        facet,
        day,
        amount_cents,
        status,
        basis,
        visibility,
        consent,
        creditor,
        need,
        source_key=source_key,
        frequency=frequency,
        protocol=protocol,
        means_test=means_test,
    )


def open_store(place: Path | str, clock: StoppedClock | None = None, key: bytes = FIELD_KEY) -> SqlStore:
    """Open the store in a file, or at the address of a database."""
    engine = open_sqlite(place) if isinstance(place, Path) else open_engine(place)
    migrate(engine)
    return SqlStore(engine, key, clock or StoppedClock())
