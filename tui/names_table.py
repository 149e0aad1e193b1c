"""Persons without a code whose names are alike, as a table: each help of each, all to be confirmed by a person."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.translation import mark, tr
from maglia.core.vocabulary import AidStatus
from tui.labels import FACETS, label
from tui.model import PastAid, ToConfirm
from tui.table import Cells, Table, day_cell, euros, make_table


def names_table(found: Sequence[ToConfirm], lang: str) -> Table:
    """Return each candidate with their help, one row each; one who had none has a row too. It holds names."""
    rows = [_row(one, aid, lang) for one in found for aid in one.aids or (None,)]
    head = mark("Stato|Persona|Nome|Nascita|Luogo|Aiuto|Dato o promesso|Giorno|Importo")
    return make_table(mark("Nomi simili"), head, rows, lang, has_codes=True)


def _row(one: ToConfirm, aid: PastAid | None, lang: str) -> Cells:
    who = (tr("DA CONFERMARE", lang), one.alias, one.name, day_cell(one.born), one.place)
    if aid is None:
        return (*who, None, None, None, None)
    state = tr("promesso" if aid.status == AidStatus.RESERVED else "dato", lang)
    return (*who, label(FACETS, aid.facet, lang), state, day_cell(aid.date), euros(aid.amount_cents))
