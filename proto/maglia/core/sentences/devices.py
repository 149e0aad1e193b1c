"""Consoles that are let in from anywhere: invited, enrolled, proving themselves at a login."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.SESSION_INVITE: entry(
        "Questo codice d'invito non vale: è sbagliato, scaduto, già usato o di un altro utente.",
        "Ricontrollarlo; se è giusto, chiederne uno nuovo all'amministratore del nodo.",
    ),
    Code.SESSION_CHALLENGE: entry(
        "L'accesso è durato troppo, o il nodo è stato riavviato nel frattempo.",
        "Ripetere dall'inizio.",
    ),
    Code.SESSION_DEVICE_NEEDED: entry(
        "Questo ente ammette solo postazioni iscritte, e questa non lo è.",
        "Chiedere un codice d'invito all'amministratore del nodo, poi dare: maglia device enrol CODICE.",
    ),
    Code.SESSION_DEVICE: entry(
        "Questa postazione non è iscritta per questo utente, o non lo è più.",
        "Chiedere un nuovo codice d'invito all'amministratore del nodo, poi dare: maglia device enrol CODICE.",
    ),
    Code.SESSION_DEVICE_LOCKED: entry(
        "La postazione è bloccata: troppi codici sbagliati di seguito.",
        "Chiedere un nuovo codice d'invito all'amministratore del nodo, poi dare: maglia device enrol CODICE.",
    ),
    Code.SESSION_DEVICE_PASSWORD: entry(
        "La chiave di questa postazione non si apre con questa password.",
        "Riscrivere la password; se al nodo è stata cambiata, dare: maglia device password.",
    ),
    Code.SESSION_OTP: entry(
        "Il codice a sei cifre non è quello del momento.",
        "Scrivere il codice che il telefono mostra ora; se non basta, controllare l'ora del telefono.",
    ),
    Code.SESSION_OTP_USED: entry(
        "Questo codice a sei cifre è già stato usato.",
        "Attendere che il telefono ne mostri un altro, entro 30 secondi, e ripetere.",
    ),
    Code.INPUT_OPERATOR_UNKNOWN: entry(
        "Nessun operatore di questo ente si chiama così: {user}.",
        "Ricontrollare il nome utente, o aggiungere l'operatore con maglia-node operator add.",
    ),
    Code.INPUT_DEVICE_UNKNOWN: entry(
        "Nessuna postazione iscritta corrisponde.",
        "Leggere i numeri con maglia device list o maglia-node device list, e ripetere.",
    ),
}
