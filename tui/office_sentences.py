"""What to do next, for whoever works at the office: an officer or an auditor asks nobody's office, and has no node.

Where the catalog's sentence is written for a body's operator, this one stands in its place. Without parameters, since
what happened is told before it.
"""

from __future__ import annotations

from maglia.core.codes import Code

_HANDS = (
    "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
    "Do not sign, and tell the root's holders: the registry may be in other hands.",
)
_LOG = (
    "Non firmare; avvisare il revisore e i custodi della radice.",
    "Do not sign; tell the auditor and the root's holders.",
)
_REGISTRY = (
    "Riprovare; se il caso continua, avvisare chi amministra il registro.",
    "Retry; if it goes on, tell whoever administers the registry.",
)
AT_THE_OFFICE: dict[Code, tuple[str, str]] = {
    Code.SESSION_CREDENTIALS: (
        "Ricontrollare utente e password; se persi, farne mettere un'altra sul registro, con «maglia-registry officer "
        "add», o «auditor add».",
        "Check user and password; if lost, have another set on the registry, with “maglia-registry officer add”, or "
        "“auditor add”.",
    ),
    Code.SESSION_ROLE: (
        "Chiedere a un funzionario dell'ufficio che la radice in vigore nomina.",
        "Ask an officer of the accreditation office whom the root in force names.",
    ),
    Code.MEMBER_UNKNOWN: (
        "Ricopiare il nome breve da «maglia office list» e ripetere.",
        "Copy the short name from “maglia office list” and repeat.",
    ),
    Code.MEMBER_INACTIVE: (
        "Vedere con «maglia office show» in che stato è, e perché.",
        "See with “maglia office show” which state it is in, and why.",
    ),
    Code.MEMBER_NOT_ENTITLED: (
        "Indicare con --member solo enti pubblici che possono chiedere per un bando, e ripetere.",
        "Name with --member public bodies alone that may ask for a call for applicants, and repeat.",
    ),
    Code.MEMBER_SIGNATURE: (
        "Controllare che «officer_key» nel profilo sia la chiave che la radice in vigore nomina per questo utente; se "
        "è stata cambiata, mettervi quella nuova.",
        "Check that “officer_key” in the profile is the key that the root in force names for this user; if it was "
        "changed, put the new one there.",
    ),
    Code.DIRECTORY_ROLLBACK: (
        "Non firmare. Se il registro è stato ripristinato da una copia vecchia, vi serve «maglia-registry recover»; se "
        "no, avvisare i custodi della radice.",
        "Do not sign. If the registry was put back from an older backup, it needs “maglia-registry recover”; if not, "
        "tell the root's holders.",
    ),
    Code.DIRECTORY_UNTRUSTED: _HANDS,
    Code.DIRECTORY_MIXED: _REGISTRY,
    Code.DIRECTORY_EXPIRED: _REGISTRY,
    Code.DIRECTORY_ROOT_EXPIRED: (
        "Far firmare ai custodi una nuova radice: «maglia-registry root prepare».",
        "Have a new root signed by its holders: “maglia-registry root prepare”.",
    ),
    Code.DIRECTORY_NOT_THERE: (
        "Ammettere il primo ente con due firme, «maglia office approve», e riprovare.",
        "Admit the first body with two signatures, “maglia office approve”, and retry.",
    ),
    Code.LOG_BROKEN: _LOG,
    Code.LOG_CHECKPOINT: _LOG,
    Code.LOG_FORK: _LOG,
    Code.PSEUDONYM_KEY_SET: _REGISTRY,
    Code.NETWORK_UNREACHABLE: (
        "Controllare il collegamento e che il registro sia acceso; se il suo certificato è cambiato, rifare il profilo "
        "con «maglia office setup».",
        "Check the connection and that the registry is on; if its certificate was changed, make the profile anew with "
        "“maglia office setup”.",
    ),
    Code.NETWORK_ANSWER: _REGISTRY,
}
MESSAGES: dict[Code, tuple[str, str]] = {
    Code.NETWORK_UNREACHABLE: ("Il registro non risponde.", "The registry does not answer."),
    Code.MEMBER_NOT_ENTITLED: (
        "Uno degli enti non può svolgere una procedura.",
        "One of the bodies may not run a procedure.",
    ),
    Code.DIRECTORY_EXPIRED: ("L'elenco degli enti è scaduto.", "The directory has expired."),
}
"""What happened, where the catalog speaks of a check that was not done."""
