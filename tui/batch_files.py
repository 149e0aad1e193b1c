"""The files of a call for applicants: the results for the office, and what may be published beside its key.

A result is the office's alone: codes are in it, and only its owner can read it. What is published has no code, no
name, no result: a random protocol for each applicant; which is whose stands in the key, a file apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import echo
from maglia.core.tables import Cell
from maglia.core.translation import tr
from tui.batch_model import Batch, BatchRow
from tui.batch_row_text import detail, in_file
from tui.batch_text import VERDICTS, answered
from tui.labels import label
from tui.papers.writing import check_name, is_same_file, write_rows

FORMATS = (".csv", ".xlsx")


@dataclass(frozen=True)
class Outputs:
    """Where results go: the office's own file, and what may be published."""

    out: Path | None
    ranking: Path | None

    def check(self, lang: str, *, force: bool, source: Path | None = None) -> None:
        """Refuse what could not be written; raise as `check_out`."""
        check_out(self.out, self.ranking, lang, force=force, source=source)

    def check_batch(self, batch: Batch, lang: str) -> None:
        """Refuse a name that is the applications' own; what `check` knows by their place, this knows by their name."""
        check_not_applications(self.out, self.ranking, batch, lang)

    def write(self, batch: Batch, rows: Sequence[BatchRow], lang: str) -> list[str]:
        """Write what is wanted; return the names of the files."""
        written = []
        if self.out is not None:
            write_results(self.out, batch, rows, lang)
            written.append(self.out.name)
        if self.ranking is not None:
            key = write_ranking(self.ranking, batch, rows, lang)
            written += [self.ranking.name, key.name]
        return written


def check_out(
    results: Path | None, ranking: Path | None, lang: str, *, force: bool, source: Path | None = None
) -> None:
    """Refuse, before anything is asked, a file that could not be written as its name says.

    Raises `input.table_name` for another format than CSV or XLSX, for two files that would be one, or for one over the
    applications themselves, which are in `source`; `input.file_name`, `input.file_exists` unless `force`,
    `input.file_write`.
    """
    given = _named(results, ranking, lang)
    for path in given:
        is_twice = given.count(path) > 1 or (source is not None and is_same_file(path, source))
        if path.suffix.lower() not in FORMATS or is_twice:
            raise MagliaError(Code.INPUT_TABLE_NAME, file=echo(path.name))
        check_name(path, force=force)
        if not path.absolute().parent.is_dir():
            raise MagliaError(Code.INPUT_FILE_WRITE, file=echo(path.name))


def check_not_applications(results: Path | None, ranking: Path | None, batch: Batch, lang: str) -> None:
    """Raise `input.table_name` for a file called as the applications of a batch are: with --force it would be theirs.

    Where the applications' file is, nobody has kept; its name is what is known of it.
    """
    for path in _named(results, ranking, lang):
        if echo(path.name).casefold() == batch.file_name.casefold():
            raise MagliaError(Code.INPUT_TABLE_NAME, file=echo(path.name))


def _named(results: Path | None, ranking: Path | None, lang: str) -> list[Path]:
    """Return every file that would be written."""
    return [path for path in (results, ranking, key_of(ranking, lang) if ranking else None) if path is not None]


def key_of(ranking: Path, lang: str) -> Path:
    """Return where the key of a ranking is written."""
    return ranking.with_name(f"{ranking.stem}-{tr('chiave', lang)}{ranking.suffix}")


def write_results(path: Path, batch: Batch, rows: Sequence[BatchRow], lang: str) -> None:
    """Write every row with what is known of it; raise `input.file_write`."""
    write_rows(path, batch.procedure, _results(rows, answered(batch, lang), lang))


def write_ranking(path: Path, batch: Batch, rows: Sequence[BatchRow], lang: str) -> Path:
    """Write what may be published, and beside it the key that says which protocol is whose; return the key's path.

    With points the most come first; those with as many, or none, stand in the order of their protocols, which is none.
    """
    admitted = sorted((row for row in rows if row.protocol), key=lambda row: (-(row.points or 0), row.protocol))
    with_points = any(row.points is not None for row in admitted)
    key = key_of(path, lang)
    write_rows(key, batch.procedure, _key(admitted, lang))
    write_rows(path, batch.procedure, _ranking(admitted, with_points, lang))
    return key


def _results(rows: Sequence[BatchRow], when: str, lang: str) -> Iterator[Sequence[Cell]]:
    yield tr("riga|codice|nucleo|esito|enti|dettaglio|nel file|protocollo|risposte", lang).split("|")
    for row in rows:
        bodies = f"{row.answered} {tr('su', lang)} {row.asked}" if row.asked else ""
        verdict = label(VERDICTS, row.verdict, lang)
        told = detail(row, lang), in_file(row, lang), row.protocol
        yield (row.row, row.identifier, row.household, verdict, bodies, *told, when if row.answered else "")


def _ranking(rows: Sequence[BatchRow], with_points: bool, lang: str) -> Iterator[Sequence[Cell]]:
    header = tr("posizione|protocollo|punteggio", lang).split("|")
    yield header if with_points else header[:2]
    for place, row in enumerate(rows, 1):
        points = () if not with_points else (None if row.points is None else Decimal(row.points) / 100,)
        yield (place, row.protocol, *points)


def _key(rows: Sequence[BatchRow], lang: str) -> Iterator[Sequence[Cell]]:
    yield tr("protocollo|riga|codice", lang).split("|")
    for row in rows:
        yield row.protocol, row.row, row.identifier
