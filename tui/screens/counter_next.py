"""What to do next on the counter's screens, where an error's own sentence names a command: the key that does it."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.errors import Code
from maglia.core.translation import mark

ON_RECORD: Mapping[Code, str] = {
    Code.INPUT_COMPOSITE_NAME: mark(
        "Chiedere il codice fiscale, o un codice STP o ENI; se non ne ha nessuno, F6 registra l'aiuto per nome."
    ),
    Code.INPUT_NAME_UNKNOWN: mark("Cercare la persona con F6 e scegliere quella giusta."),
    Code.INPUT_NEED_UNKNOWN: mark("Leggere il numero tra i bisogni, in PERSONA (F10), e ripetere."),
    Code.INPUT_RESERVATION_OVER: mark("F5 mostra gli impegni; se l'aiuto serve ancora, F3 ne registra uno nuovo."),
}
ON_PERSON: Mapping[Code, str] = {
    Code.INPUT_HOUSEHOLD_NONE: mark("Tra le voci del nucleo (F5), F3 aggiunge chi vive con questa persona."),
    Code.INPUT_NEED_OPEN: mark("Usare quello; se il totale è cambiato, chiuderlo con F3 e aprirlo di nuovo."),
    Code.CONSENT_NONE: mark("Controllare codice e scopo; a un compito pubblico la persona si oppone, con F3."),
    Code.CONSENT_PUBLIC_TASK: mark("Per ritirare il consenso: F3 tra i consensi."),
    Code.CONSENT_NOBODY_TO_TELL: mark("F2 rilegge la persona: chi è ancora da avvisare è tra i consensi."),
}
_AGREES = mark("F2 riapre l'invio: letta l'informativa, segnare la casella se la persona acconsente, e ripetere.")
ON_REFERRALS: Mapping[Code, str] = {
    Code.CONSENT_MISSING: _AGREES,
    Code.CONSENT_EXPIRED: _AGREES,
    Code.INPUT_REFERRAL: mark("F4 rilegge l'elenco."),
    Code.INPUT_REFERRAL_STATE: mark("F4 rilegge a che punto è."),
    Code.INPUT_REFERRAL_OPEN: mark("Aprire quell'invio nell'elenco; per inviarla di nuovo, prima ritirarlo."),
}
ON_INBOX: Mapping[Code, str] = {Code.INPUT_INBOX: mark("F2 rilegge gli avvisi.")}
IN_FORMS: Mapping[Code, str] = {
    Code.INPUT_NEED_UNNAMED: mark("Scrivere il numero (POD:, PDR: o LEASE:), oppure creditore e periodo.")
}
