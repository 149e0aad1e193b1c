"""Why a body that was asked gave no whole answer, as people read it."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.translation import mark
from maglia.core.vocabulary import Silence

SILENCE_WORDS: Mapping[str, str] = {
    Silence.UNREACHABLE: mark("non risponde"),
    Silence.DEADLINE: mark("non risponde in tempo"),
    Silence.REFUSED_CONNECTION: mark("rifiuta il collegamento"),
    Silence.CARD_EXPIRED: mark("certificato scaduto"),
    Silence.METADATA_EXPIRED: mark("elenco degli enti scaduto"),
    Silence.SUSPENDED_HERE: mark("sospeso dalla rete"),
    Silence.COVERAGE_PARTIAL: mark("risponde solo in parte"),
    Silence.OVERLOADED: mark("sovraccarico"),
    Silence.VERSION: mark("versione non compatibile"),
    Silence.NOT_JOINED: mark("non ancora attivo"),
    Silence.INTERRUPTED: mark("domanda interrotta"),
}
