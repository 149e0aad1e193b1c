"""What to do next, for whoever works at the office: an officer or an auditor asks nobody's office, and has no node.

Where the catalog's sentence is written for a body's operator, this one stands in its place. Without parameters, since
what happened is told before it.
"""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.translation import mark

_HANDS = mark("Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.")
_LOG = mark("Non firmare; avvisare il revisore e i custodi della radice.")
_REGISTRY = mark("Riprovare; se il caso continua, avvisare chi amministra il registro.")
AT_THE_OFFICE: dict[Code, str] = {
    Code.SESSION_CREDENTIALS: mark(
        "Ricontrollare utente e password; se persi, chi amministra il registro ne mette un'altra, con «maglia-registry "
        "officer add», o «auditor add»."
    ),
    Code.SESSION_ROLE: mark("Chiedere a chi ne ha l'incarico: chi è lo dice un funzionario dell'ufficio."),
    Code.MEMBER_UNKNOWN: mark("Ricopiare il nome breve da «maglia office list» e ripetere."),
    Code.MEMBER_INACTIVE: mark("Vedere con «maglia office show» in che stato è, e perché."),
    Code.MEMBER_NOT_ENTITLED: mark(
        "Indicare con --member solo enti pubblici che possono chiedere per un bando, e ripetere."
    ),
    Code.MEMBER_SIGNATURE: mark(
        "Controllare che «officer_key» nel profilo sia la chiave con cui questo utente è nominato funzionario; se è "
        "stata cambiata, mettervi quella nuova."
    ),
    Code.DIRECTORY_ROLLBACK: mark(
        "Non firmare. Se il registro è stato ripristinato da una copia vecchia, vi serve «maglia-registry recover»; se "
        "no, avvisare i custodi della radice."
    ),
    Code.DIRECTORY_UNTRUSTED: _HANDS,
    Code.DIRECTORY_MIXED: _REGISTRY,
    Code.DIRECTORY_EXPIRED: _REGISTRY,
    Code.DIRECTORY_ROOT_EXPIRED: mark("Far firmare ai custodi una nuova radice: «maglia-registry root prepare»."),
    Code.DIRECTORY_NOT_THERE: mark("Ammettere il primo ente con due firme, «maglia office approve», e riprovare."),
    Code.LOG_BROKEN: _LOG,
    Code.LOG_CHECKPOINT: _LOG,
    Code.LOG_FORK: _LOG,
    Code.PSEUDONYM_KEY_SET: _REGISTRY,
    Code.NETWORK_UNREACHABLE: mark(
        "Controllare il collegamento e che il registro sia acceso; se il suo certificato è cambiato, rifare il profilo "
        "con «maglia office setup»."
    ),
    Code.NETWORK_ANSWER: _REGISTRY,
}
MESSAGES: dict[Code, str] = {
    Code.NETWORK_UNREACHABLE: mark("Il registro non risponde."),
    Code.MEMBER_NOT_ENTITLED: mark("Uno degli enti non può svolgere una procedura."),
    Code.DIRECTORY_EXPIRED: mark("L'elenco degli enti è scaduto."),
}
"""What happened, where the catalog speaks of a check that was not done."""
