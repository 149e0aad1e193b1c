"""Consoles that are let in from anywhere: invited, enrolled, proving themselves at a login."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.SESSION_INVITE: entry(
        "Questo codice d'invito non vale: è sbagliato, scaduto, già usato o di un altro utente.",
        "Ricontrollarlo; se è giusto, chiederne uno nuovo all'amministratore del nodo.",
        "This invitation code is not valid: it is wrong, expired, used already, or another user's.",
        "Check it; if it is right, ask the node's administrator for a new one.",
    ),
    Code.SESSION_CHALLENGE: entry(
        "L'accesso è durato troppo, o il nodo è stato riavviato nel frattempo.",
        "Ripetere dall'inizio.",
        "The login took too long, or the node was restarted meanwhile.",
        "Repeat from the start.",
    ),
    Code.SESSION_DEVICE_NEEDED: entry(
        "Questo ente ammette solo postazioni iscritte, e questa non lo è.",
        "Chiedere un codice d'invito all'amministratore del nodo, poi dare: maglia device enrol CODICE.",
        "This body lets in enrolled consoles alone, and this is none.",
        "Ask the node's administrator for an invitation code, then run: maglia device enrol CODE.",
    ),
    Code.SESSION_DEVICE: entry(
        "Questa postazione non è iscritta per questo utente, o non lo è più.",
        "Chiedere un nuovo codice d'invito all'amministratore del nodo, poi dare: maglia device enrol CODICE.",
        "This console is not enrolled for this user, or no longer.",
        "Ask the node's administrator for a new invitation code, then run: maglia device enrol CODE.",
    ),
    Code.SESSION_DEVICE_LOCKED: entry(
        "La postazione è bloccata: troppi codici sbagliati di seguito.",
        "Chiedere un nuovo codice d'invito all'amministratore del nodo, poi dare: maglia device enrol CODICE.",
        "The console is locked: too many wrong codes in a row.",
        "Ask the node's administrator for a new invitation code, then run: maglia device enrol CODE.",
    ),
    Code.SESSION_DEVICE_PASSWORD: entry(
        "La chiave di questa postazione non si apre con questa password.",
        "Riscrivere la password; se al nodo è stata cambiata, dare: maglia device password.",
        "The key of this console does not open with this password.",
        "Type the password again; if it was changed at the node, run: maglia device password.",
    ),
    Code.SESSION_OTP: entry(
        "Il codice a sei cifre non è quello del momento.",
        "Scrivere il codice che il telefono mostra ora; se non basta, controllare l'ora del telefono.",
        "The six-digit code is not the one of the moment.",
        "Type the code that the telephone shows now; if that fails, check the telephone's clock.",
    ),
    Code.SESSION_OTP_USED: entry(
        "Questo codice a sei cifre è già stato usato.",
        "Attendere che il telefono ne mostri un altro, entro 30 secondi, e ripetere.",
        "This six-digit code was used already.",
        "Wait until the telephone shows another one, within 30 seconds, and repeat.",
    ),
    Code.INPUT_OPERATOR_UNKNOWN: entry(
        "Nessun operatore di questo ente si chiama così: {user}.",
        "Ricontrollare il nome utente, o aggiungere l'operatore con maglia-node operator add.",
        "No operator of this body has this name: {user}.",
        "Check the user name, or add the operator with maglia-node operator add.",
    ),
    Code.INPUT_DEVICE_UNKNOWN: entry(
        "Nessuna postazione iscritta corrisponde.",
        "Leggere i numeri con maglia device list o maglia-node device list, e ripetere.",
        "No enrolled console matches.",
        "Read the numbers with maglia device list or maglia-node device list, and repeat.",
    ),
}
