"""A call for applicants for programs: what `--json` prints of a batch, of its rows, of how a file is read."""

from __future__ import annotations

from tui.batch_model import Batch, BatchRow, FileReading
from tui.batch_row_text import detail, in_file, rejection


def batch_document(batch: Batch) -> dict[str, object]:
    """Return a batch for programs."""
    return {
        "id": batch.id,
        "procedure": batch.procedure,
        "facet": batch.facet,
        "months": batch.months,
        "file": batch.file_name,
        "state": batch.state,
        "stopped": batch.stopped or None,
        "stopped_params": dict(batch.stopped_params),
        "answered_at_ms": batch.answered_at_ms or None,
        "erase_on": batch.erase_on,
        "bodies": batch.bodies,
        "rows": batch.rows,
        "match": batch.matches,
        "partial": batch.partial,
        "none": batch.none,
        "rejected": batch.rejected,
    }


def row_document(row: BatchRow, lang: str) -> dict[str, object]:
    """Return a row by its number: whose it is stands in the file."""
    return {
        "row": row.row,
        "verdict": row.verdict,
        "complete": row.asked > 0 and row.answered == row.asked,
        "answered": row.answered,
        "asked": row.asked,
        "findings": len(row.findings),
        "silent": [{"member": one.member, "reason": one.reason} for one in row.silent],
        "refused": [{"member": one.member, "reason": one.reason} for one in row.refused],
        "detail": "" if row.code else detail(row, lang),
        "same_household": list(row.same_household),
        "same_need": list(row.same_need),
        "column": row.column or None,
        "code": row.code or None,
        "reason": rejection(row, lang) if row.code else None,
        "in_file": in_file(row, lang) or None,
    }


def reading_document(read: FileReading) -> dict[str, object]:
    """Return how a file is read; no person's code is in it."""
    return {
        "titles": list(read.titles),
        "columns": dict(read.columns),
        "rows": read.rows,
        "rejected": read.rejected,
        "code": read.code or None,
        "first": [
            {"row": one.row, "column": one.column or None, "code": one.code or None, "columns": sorted(one.cells)}
            for one in read.first
        ],
    }
