"""How many persons and needs an act would let be enrolled who may not be yet: counted before it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import Basis, Facet, PseudonymClass, Visibility
from node.domain.model import AidRecord
from node.domain.needs import NewNeed
from node.store import tables
from node.store.database import Part
from node.store.filed_needs import SUBJECT
from node.store.pseudonyms import is_shareable
from node.store.records import IS_LIVE
from node.store.subjects import SUBJECTS, index_of

_AID, _LINK = tables.aid_record, tables.known_as
_KNOWN = select(_AID.c.source_key_index).where(_AID.c.source_key_index.in_(bindparam("keys", expanding=True)))
_SHARED = {
    cls: select(func.count())
    .select_from(subject)
    .where(subject.c.code_index.in_(bindparam("indexes", expanding=True)), is_shareable(cls, subject.c.id))
    for cls, (subject, _) in SUBJECTS.items()
}
_OWN, _WHO = _AID.alias(), tables.person.alias()
_HIDDEN_OF = {PseudonymClass.PERSON: _OWN.c.person_id, PseudonymClass.NEED: _OWN.c.need_id}


def _hidden(cls: PseudonymClass) -> Select[int]:
    """Count the subjects of a person's records and needs without consent that nothing else lets be enrolled."""
    subject, _ = SUBJECTS[cls]
    of_their_records = (
        select(_HIDDEN_OF[cls])
        .select_from(_OWN.join(_WHO, _WHO.c.id == _OWN.c.person_id))
        .where(
            _WHO.c.code_index == bindparam("person"),
            _OWN.c.visibility == Visibility.NETWORK.value,
            _OWN.c.basis == Basis.CONSENT.value,
            _OWN.c.consent_withdrawn,
            _OWN.c.keep_until >= bindparam("today"),
            _OWN.c.status.in_([status.value for status in IS_LIVE]),
        )
    )
    of_their_needs = (
        select(SUBJECT[cls])
        .select_from(tables.filed_need.join(_WHO, _WHO.c.id == tables.filed_need.c.person_id))
        .where(_WHO.c.code_index == bindparam("person"), tables.filed_need.c.basis == Basis.CONSENT.value)
    )
    theirs: ColumnElement[bool] = or_(subject.c.id.in_(of_their_records), subject.c.id.in_(of_their_needs))
    if cls is PseudonymClass.PERSON:  # a former code is enrolled for the sake of the same records and needs
        has_them = or_(_LINK.c.current_id.in_(of_their_records), _LINK.c.current_id.in_(of_their_needs))
        theirs |= subject.c.id.in_(select(_LINK.c.former_id).where(has_them))
    return select(func.count()).select_from(subject).where(theirs & ~is_shareable(cls, subject.c.id))


_HIDDEN = {cls: _hidden(cls) for cls in PseudonymClass}
_A_DAY = timedelta(days=1)
_FACETS = frozenset(facet.value for facet in Facet)


class Newcomers(Part):
    """The `Store`'s methods that count whom an act would let be enrolled: never too few, at times one too many."""

    def newcomers(self, records: Sequence[AidRecord]) -> Mapping[PseudonymClass, int]:
        """Return how many of the records' persons and needs have no other record that may be answered."""
        fresh = self._fresh([one for one in records if _may_be_answered(one)])
        named = {
            PseudonymClass.PERSON: {one.identifier for one in fresh},
            PseudonymClass.NEED: {one.need for one in fresh if one.need is not None},
        }
        rows = {cls: self._codes_rows(wanted) for cls, wanted in named.items() if wanted}
        return Counter({cls: len(indexes) - self._shared(cls, indexes) for cls, indexes in rows.items()})

    def not_shared(self, persons: Collection[Identifier]) -> int:
        """Return how many of some persons' codes, former ones too, are not there or have nothing to be answered."""
        rows = self._codes_rows(persons)
        return len(rows) - self._shared(PseudonymClass.PERSON, rows)

    def newcomers_of_need(self, need: NewNeed) -> Mapping[PseudonymClass, int]:
        """Return how many of a need's person and number may be enrolled for nothing else."""
        if need.visibility is not Visibility.NETWORK or need.facet not in _FACETS:
            return Counter()
        named = {PseudonymClass.PERSON: {need.person}, PseudonymClass.NEED: {need.need} if need.need else set()}
        rows = {cls: self._codes_rows(wanted) for cls, wanted in named.items() if wanted}
        return Counter({cls: len(indexes) - self._shared(cls, indexes) for cls, indexes in rows.items()})

    def hidden_subjects(self, person: Identifier) -> Mapping[PseudonymClass, int]:
        """Return how many persons and needs have nothing to be answered but this person's records without consent."""
        asked = {"person": index_of(self._fields, person), "today": self._clock.today(), "now": self._clock.now()}
        return Counter({cls: int(self._db.rows(one, asked)[0][0]) for cls, one in _HIDDEN.items()})

    def _fresh(self, records: Sequence[AidRecord]) -> list[AidRecord]:
        """Leave out what is on file under its key already, and so is not stored again."""
        keys = {one.source_key: self._fields.index("source_key", one.source_key.encode()) for one in records}
        wanted = [index for key, index in keys.items() if key]
        known = {row[0] for row in self._db.rows(_KNOWN, {"keys": wanted})} if wanted else set()
        return [one for one in records if not one.source_key or keys[one.source_key] not in known]

    def _codes_rows(self, wanted: Collection[Identifier]) -> set[bytes]:
        """Return the indexes of the rows that records of these would let be enrolled: of a person, each code's."""
        replaced, found = self._fields.replaced, {index_of(self._fields, one) for one in wanted}
        return found | {former for former, current in replaced.items() if current in found}

    def _shared(self, cls: PseudonymClass, indexes: Collection[bytes]) -> int:
        """Count who has a record that may be answered tomorrow too: the others may lose their last one meanwhile."""
        tomorrow = {"today": self._clock.today() + _A_DAY, "now": self._clock.now() + _A_DAY.total_seconds()}
        asked = {"indexes": list(indexes)} | tomorrow
        return int(self._db.rows(_SHARED[cls], asked)[0][0])


def _may_be_answered(record: AidRecord) -> bool:
    return record.visibility is Visibility.NETWORK and record.facet in _FACETS and record.status in IS_LIVE
