"""What VERIFICA says of itself, and what to do next on it, where an error's own sentence names a command."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.errors import Code
from maglia.core.translation import mark

ABOUT = mark(
    "Codice   Sulla tessera sanitaria; lo scanner lo scrive e preme Invio.\n"
    "Aiuto    Il tipo di aiuto che la persona chiede.\n"
    "Mesi     Quanti mesi indietro guardare, da 1 a 36.\n"
    "Consenso Segnare dopo avere letto l'informativa: viene registrato.\n"
    "Pratica  Gli enti pubblici indicano il numero di protocollo.\n"
    "Bisogno  Il numero della fornitura o del contratto, se c'è.\n"
    "Nucleo   F5 tiene la persona e chiede la prossima; senza codice toglie\n"
    "         l'ultima. F2 verifica tutti, ognuno sulla propria base.\n"
    "\n"
    "TROVATO  un aiuto già dato      IMPEGNO  un aiuto promesso\n"
    "MANCA    di questa persona non si chiede: manca la sua base\n"
    "MUTO     l'ente non ha risposto: il risultato è parziale\n"
    "RIFIUTO  l'ente non può rispondere a questa domanda: parziale\n"
    "=        lo stesso bisogno: stessa fornitura, contratto o periodo\n"
    "riservato: le regole della rete non mostrano il dato"
)
NEXT_HERE: Mapping[Code, str] = {
    Code.CONSENT_MISSING: mark(
        "Leggere l'informativa (F8 la stampa), segnare Consenso con la barra spaziatrice, poi F2."
    ),
    Code.CONSENT_EXPIRED: mark(
        "Rileggere l'informativa (F8 la stampa), segnare Consenso con la barra spaziatrice, poi F2."
    ),
    Code.CONSENT_REFUSED: mark(
        "F3 registra l'aiuto lo stesso, se serve; se la persona ora è d'accordo, segnare Consenso, poi F2."
    ),
    Code.CONSENT_CASE_MISSING: mark("Scrivere il numero di protocollo nel campo Pratica, poi F2."),
    Code.INPUT_COMPOSITE_NAME: mark(
        "Chiedere il codice fiscale, o un codice STP o ENI; se non ne ha nessuno, F3 e poi F6 registrano l'aiuto"
        " per nome."
    ),
}
WRONG_IN: Mapping[Code, str] = {
    Code.CONSENT_MISSING: "#consent",
    Code.CONSENT_EXPIRED: "#consent",
    Code.CONSENT_CASE_MISSING: "#case",
    Code.INPUT_SUPPLY: "#need",
}
"""The field that the cursor goes to, since what is missing is given there."""


_SAYS_NOTHING = "network.", "storage.", "directory.", "session."


def says_something(code: Code) -> bool:
    """Whether an error is of the question; after any other what was known before stays."""
    return code is not Code.POLICY_UNAVAILABLE and not code.value.startswith(_SAYS_NOTHING)
