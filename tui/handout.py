"""The papers of this counter's body: which notice, on which basis, which receipt or table, under which name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from maglia.core.vocabulary import PUBLIC_KINDS, Basis, Purpose
from tui.access_model import Report
from tui.model import CheckState, Operator
from tui.papers.consent_paper import Controller, notice_text, print_notice
from tui.papers.forms import Form
from tui.papers.notice import ON_PAPER, Notice
from tui.papers.receipt import Followed, Receipt, receipt_stem, write_receipt
from tui.papers.roll import COLUMNS
from tui.papers.writing import check_name, free_path, holds, write_paper
from tui.profile import Profile
from tui.records_model import FoundAid
from tui.session import notice_at
from tui.table import Table
from tui.table_file import write_table
from tui.text import short_number


@dataclass(frozen=True)
class Printed:
    """A paper that was written; `has_form` tells that the consent form is behind the notice.

    Plain text has no pages, whose number is None then.
    """

    path: Path
    notice: Notice
    basis: Basis
    pages: int | None

    @property
    def has_form(self) -> bool:
        """Return whether there is something to sign."""
        return self.basis is Basis.CONSENT


def file_name(notice: Notice, form: Form = Form.PDF) -> str:
    """Return the name of a notice's file, which names no person."""
    return f"{tr('informativa', notice.language)}-{notice.version}-{notice.language}{form.suffix}"


def basis_of(here: Operator, basis: str = "") -> Basis:
    """Return on which basis the papers stand: the one named, else the body's own (law rule 2); raise `input.field`."""
    public = here.kind in PUBLIC_KINDS
    if not basis:
        return Basis.PUBLIC_TASK if public else Basis.CONSENT
    if basis not in ON_PAPER or (basis == Basis.PUBLIC_TASK and not public):
        raise MagliaError(Code.INPUT_FIELD, field="basis")
    return Basis(basis)


def hand_out(
    profile: Profile,
    here: Operator,
    notice: Notice,
    basis: Basis,
    path: Path,
    purposes: Iterable[Purpose] = (),
    *,
    form: Form = Form.PDF,
    columns: int = COLUMNS,
) -> Printed:
    """Write the body's notice, with its form where there is one; raise what `print_notice` and `write_paper` raise."""
    content, pages = _written(notice, basis, _body(profile, here), purposes, form, columns)
    write_paper(path, content)
    return Printed(path, notice, basis, pages)


def _written(
    notice: Notice, basis: Basis, who: Controller, purposes: Iterable[Purpose], form: Form, columns: int
) -> tuple[bytes, int | None]:
    if form is Form.PDF:
        return print_notice(notice, basis, who, purposes)
    return notice_text(notice, basis, who, purposes, form=form, columns=columns).encode(), None


def hand_out_newest(profile: Profile, here: Operator, folder: Path) -> Printed:
    """Write the newest notice on the body's own basis into `folder`, unless the same is there already.

    In the form that the console is set to print in.

    Raises what `hand_out` raises, and `input.file_exists` for another paper under that name.
    """
    notice, basis = notice_at(profile), basis_of(here)
    form, columns = Form(profile.settings.printer), profile.settings.columns
    path = folder / file_name(notice, form)
    content, pages = _written(notice, basis, _body(profile, here), (), form, columns)
    if not holds(path, content):
        check_name(path, force=False)
        write_paper(path, content)
    return Printed(path, notice, basis, pages)


def receipt_of(
    profile: Profile, here: Operator, found: FoundAid, followed: Followed | None = None, language: str = ""
) -> Receipt:
    """Return the receipt of a record on file; raise `input.record_corrected` for one that another took the place of."""
    filed = found.record
    if filed.replaced_by:
        raise MagliaError(Code.INPUT_RECORD_CORRECTED, number=short_number(filed.replaced_by))
    return Receipt(
        record_id=filed.id,
        body=here.member_name or here.member,
        contact=here.contact,
        facet=filed.facet,
        day=filed.date,
        amount_cents=filed.amount_cents,
        made=date.fromisoformat(found.day),
        code=found.identifier,
        status=filed.status,
        monthly=filed.frequency == "monthly",
        until_ms=filed.reserved_until_ms,
        period_from=filed.period_from,
        period_to=filed.period_to,
        followed=followed,
        dpo=profile.dpo,
        language=language or profile.lang,
    )


def followed_by(state: CheckState) -> Followed:
    """Return what a receipt says of a check."""
    return Followed(state.check_id, state.answered, state.asked, state.complete)


def hand_out_receipt(receipt: Receipt, folder: Path, form: Form, columns: int = COLUMNS) -> Path:
    """Write a receipt into `folder` under a name that nothing has yet; raise what `write_receipt` raises."""
    path = free_path(folder, receipt_stem(receipt), form.suffix)
    return write_receipt(receipt, path, form, columns=columns)


def report_paper(profile: Profile, here: Operator, report: Report, lang: str) -> tuple[bytes, int]:
    """Return an access report as a PDF for the person, and its pages; raise `input.report_closed` for one forgotten."""
    from tui.papers.access_paper import print_report  # noqa: PLC0415 - few hand one out

    if report.case.closed:
        raise MagliaError(Code.INPUT_REPORT_CLOSED, number=report.case.name)
    return print_report(report, _body(profile, here), lang, date.fromisoformat(report.case.day))


def hand_out_report(profile: Profile, here: Operator, report: Report, lang: str, folder: Path) -> tuple[Path, int]:
    """Write an access report for its owner alone into `folder`, under the request's number; return it and its pages."""
    content, pages = report_paper(profile, here, report, lang)
    path = free_path(folder, f"{tr('resoconto', lang)}-{report.case.name}", ".pdf")
    write_paper(path, content, private=True)  # what was asked about one person
    return path, pages


def hand_out_table(table: Table, folder: Path, suffix: str = ".xlsx") -> Path:
    """Write a table into `folder` under a name made of its title, which nothing has yet; `.csv` or `.xlsx`.

    Raises what `write_table` raises.
    """
    return write_table(free_path(folder, table.title, suffix), table)


def _body(profile: Profile, here: Operator) -> Controller:
    return Controller(here.member_name or here.member, here.contact, profile.network, profile.dpo)
