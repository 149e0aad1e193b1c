"""What an officer asks to be changed: read from what was typed, and checked before anything leaves the console."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from maglia.core.errors import Code, MagliaError
from maglia.core.folding import fold
from maglia.core.procedures import check_procedure
from maglia.core.translation import mark, tr
from tui.office_model import Change
from tui.office_text import lapsing_line, open_draft_lines
from tui.question import check_facet, check_purpose
from tui.text import plain

if TYPE_CHECKING:
    from tui.signing import Reading

_WITH_REASON = frozenset({"reinstate", "revoke", "dismiss"})
_NOT_WAITED = mark("!! Senza attendere: {names}. Chi manca, se torna, risponde in parte finché non ha iscritto i suoi.")


def check_wanted(wanted: Change) -> None:
    """Raise `input.field` with what is missing, `input.facet`, `input.purpose`, or what `check_procedure` raises."""
    _require(wanted.act not in _WITH_REASON or bool(wanted.reason), "reason")
    for facet in wanted.facets:
        check_facet(facet)
    for purpose in wanted.purposes:
        check_purpose(purpose)
    if wanted.procedure is not None:
        check_procedure(wanted.procedure)
    elif wanted.act == "change":
        _require(bool(wanted.facets or wanted.purposes or wanted.act_protocol or wanted.act_expiry), "facets")


def _require(condition: bool, field: str) -> None:
    if not condition:
        raise MagliaError(Code.INPUT_FIELD, field=field)


def replaced(changes: Sequence[Change], reading: Reading) -> list[Change]:
    """Return the changes that declare anew, otherwise, a procedure that is in force."""
    return [
        change
        for change in changes
        if change.procedure is not None
        and reading.before.procedures.get(change.procedure.id) not in (None, change.procedure)
    ]


def difference_lines(
    reading: Reading, lang: str, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> list[str]:
    """Return exactly what a draft changes, and who has signed it; takes some seconds where the rules change.

    `tell` hears how many cases of the rules were tried, and of how many.
    """
    from tui.draft_text import decision_lines, draft_lines  # noqa: PLC0415 - cryptography is loaded when it is needed

    lines = draft_lines(reading.draft, reading.before, lang, reading.suspended)
    lines += decision_lines(reading.draft, reading.before, lang, tell=tell)
    if reading.signer_names:
        lines.append(tr("Ha già firmato: {names}", lang).format(names=", ".join(reading.signer_names)))
    return lines


def reason_lines(changes: Sequence[Change], lang: str) -> list[str]:
    """Return what no draft holds and the office's log does: who is not waited for, and why, as the first wrote it."""
    words, more = tr("Motivo", lang), tr(_NOT_WAITED, lang)
    waited = [more.format(names=", ".join(change.without)) for change in changes if change.without]
    return waited + [f"{words}: {plain(change.reason)}" for change in changes if change.reason]


def shown_lines(reading: Reading, lang: str) -> list[str]:
    """Return what an officer sees before signing: the exact difference, who signed it, what else waits."""
    lines = fold(difference_lines(reading, lang))
    lines += [line for other in reading.others for line in open_draft_lines(other, lang)]
    return lines + fold([lapsing_line(reading.others, lang)] if reading.others else [])
