"""The fixed words of the screens, Italian first, English second."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "check": ("VERIFICA", "CHECK"),
    "code": ("Codice", "Code"),
    "valid": ("valido", "valid"),
    "valid_weak": ("valido, debole", "valid, weak"),
    "invalid": ("NON VALIDO", "NOT VALID"),
    "aid": ("Aiuto", "Aid"),
    "months": ("Mesi", "Months"),
    "consent": ("Consenso", "Consent"),
    "notice": ("informativa letta alla persona", "notice read to the person"),
    "at_time": (", ore", ", at"),
    "case": ("Pratica", "Case"),
    "case_hint": ("numero di protocollo", "protocol number"),
    "household": ("Nucleo", "Househ."),
    "by_name": ("(nome)", "(name)"),
    "purpose": ("Scopo", "Purpose"),
    "need": ("Bisogno", "Need"),
    "need_hint": ("POD:, PDR: o LEASE:", "POD:, PDR: or LEASE:"),
    "answers": ("Risposte", "Answers"),
    "of": ("su", "of"),
    "wait": ("attesa", "wait"),
    "status": ("STATO", "STATUS"),
    "body": ("ENTE", "BODY"),
    "facet": ("AIUTO", "AID"),
    "when": ("QUANDO", "WHEN"),
    "amount": ("IMPORTO", "AMOUNT"),
    "start": (
        "Leggere la tessera con lo scanner, o scrivere il codice e premere Invio.",
        "Scan the card, or type the code and press Enter.",
    ),
    "logged": (
        "Questa ricerca viene registrata a suo nome.",
        "This search is recorded under your name.",
    ),
    "given_anew": (
        "Codice o scopo cambiato: consenso, pratica e bisogno vanno dati di nuovo.",
        "Code or purpose changed: consent, case and need must be given anew.",
    ),
    "asking": ("Domanda in corso...", "Asking..."),
    "asked_again": ("Enti interrogati di nuovo: {count}.", "Bodies asked again: {count}."),
    "lost": (
        "Collegamento col nodo perso: altre risposte non arriveranno. F2 ripete.",
        "Connection to the node lost: no more answers will come. F2 repeats.",
    ),
    "crashed": (
        "La postazione si è chiusa per un errore ({place}). Riaprirla; se si ripete, riferire questa riga.",
        "The console closed for a fault of the program ({place}). Open it again; if it recurs, report this line.",
    ),
    "login": ("ACCESSO", "LOG IN"),
    "user": ("Utente", "User"),
    "password": ("Password", "Password"),
    "otp": ("Codice", "Code"),
    "otp_hint": ("sei cifre, dal telefono", "six digits, from the telephone"),
    "enter": ("Accedi", "Log in"),
    "leave": ("Esci", "Quit"),
    "connecting": ("Collegamento...", "Connecting..."),
    "not_logged_in": ("nessun accesso", "not logged in"),
    "close": ("Chiudi", "Close"),
    "cancel": ("Annulla", "Cancel"),
    "help": ("AIUTO", "HELP"),
    "papers": ("STAMPA", "PRINT"),
    "writing": ("Scrittura dell'informativa...", "Writing the notice..."),
    "record": ("REGISTRA AIUTO", "RECORD AID"),
    "given": ("CONSEGNATO", "GIVEN"),
    "date": ("Data", "Date"),
    "sum": ("Importo", "Amount"),
    "recorded": ("Registrato", "Recorded"),
    "search": ("Cerca un comando...", "Search for a command..."),
    "change_theme": ("Cambia colori", "Change theme"),
    "export": ("ESPORTA", "EXPORT"),
    "go": ("VAI A", "GO TO"),
    "go_on": ("Avanti", "Go on"),
    "go_home": ("Torna all'inizio della giornata", "Back to where the day begins"),
    "taken_up": (
        "Ripreso quanto era scritto e non ancora inviato. F4 per ricominciare.",
        "What was written and not yet sent is here again. F4 begins anew.",
    ),
    "locked": (
        "Postazione bloccata dopo una pausa: quanto era scritto è rimasto. Scrivere la password per continuare.",
        "Console locked after a pause: what was written is still here. Type the password to go on.",
    ),
    "not_here": (
        "Questa schermata non è per il suo ruolo. F10 mostra dove può andare.",
        "This screen is not for your role. F10 shows where you can go.",
    ),
    "card_not_here": (
        "Tessera letta, ma qui c'è una finestra aperta: chiuderla con Esc e leggerla di nuovo.",
        "A card was read, but a window is open here: close it with Esc and read the card again.",
    ),
    "passphrase": ("Chiave", "Key"),
    "everywhere": (
        "Ovunque   F1 aiuto   F10 altre schermate   ^P cerca un comando   ^G prossimo\n"
        "          riquadro   Tab prossimo campo   Esc chiude una finestra   ^Q esci",
        "Everywhere  F1 help   F10 other screens   ^P search for a command   ^G next\n"
        "            panel   Tab next field   Esc closes a window   ^Q quit",
    ),
    "help_text": (
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
        "riservato: le regole della rete non mostrano il dato",
        "Code     On the health card; a scanner types it and presses Enter.\n"
        "Aid      The kind of aid the person asks for.\n"
        "Months   How many months to look back, from 1 to 36.\n"
        "Consent  Tick after reading the notice: it is put on record.\n"
        "Case     Public bodies give the protocol number.\n"
        "Need     The number of the supply or lease, if there is one.\n"
        "Househ.  F5 keeps the person and asks for the next; without a code it\n"
        "         takes the last away. F2 checks all, each on their own basis.\n"
        "\n"
        "FOUND    aid already given      RESERVED  aid promised\n"
        "MISSING  this person is not asked about: their own basis is missing\n"
        "SILENT   the body did not answer: the result is partial\n"
        "REFUSED  the body may not answer this question: partial\n"
        "=        the same need: same supply, lease or period\n"
        "withheld: the network's policies do not show it",
    ),
}


def say(key: str, lang: str) -> str:
    """Return the words for `key` in `lang`."""
    it, en = WORDS[key]
    return en if lang == "en" else it
