"""What REGISTRA says: names of fields, reasons, sentences, each in Italian and in English."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "person": ("Persona", "Person"),
    "kind": ("Tipo", "Kind"),
    "sum": ("Importo", "Amount"),
    "day": ("Data", "Date"),
    "need": ("Bisogno", "Need"),
    "need_hint": ("B-7, POD:, LEASE:", "B-7, POD:, LEASE:"),
    "creditor": ("Creditore", "Creditor"),
    "promise": ("Impegno", "Reserve"),
    "unread": ("non valido", "not valid"),
    "visible": ("visibile agli altri enti", "visible to other bodies"),
    "reason": ("Motivo", "Reason"),
    "reason_hint": ("parole sue, se servono", "in your words, if needed"),
    "sent": ("Inviato", "Sent"),
    "check": ("Verifica", "Check"),
    "of": ("su", "of"),
    "lost_before": (
        "Dell'aiuto di prima non è arrivata conferma: guardare tra gli aiuti di quella persona prima di ripeterlo.",
        "The aid before was not confirmed: look at that person's file before you repeat it.",
    ),
    "stays_open": (
        "L'impegno di prima resta aperto, e gli altri enti lo vedono: è nella lista (F5).",
        "The reservation before stays open, and the other bodies see it: it is in the list (F5).",
    ),
    "as_before": (
        "È l'invio di prima, com'era scritto allora. Se è cambiato qualcosa: F9, poi di nuovo F2.",
        "It is what was sent before, as it was written then. If something has changed: F9, then F2 again.",
    ),
    "confirm": ("confermano", "confirm"),
    "answered": ("hanno risposto", "answered"),
    "cancel": ("Annulla", "Cancel"),
    "promise_only": ("Solo impegno", "Reserve only"),
    "given": ("CONSEGNATO", "GIVEN"),
    "no_code": ("senza codice", "no code"),
    "household": ("Nucleo", "Househ."),
    "not_checked": ("nessuna verifica", "not checked"),
    "start": (
        "Leggere la tessera o scrivere il codice. Chi non ha nessun codice: F6, per nome.",
        "Scan the card or type the code. Whoever has no code at all: F6, by name.",
    ),
    "no_reservations": (
        "Nessun impegno aperto in questo ente.",
        "No open reservation at this body.",
    ),
    "loading": ("Lettura in corso...", "Loading..."),
    "saving": ("Registrazione in corso...", "Recording..."),
    "asking": ("Ora si chiede agli altri enti...", "Now the other bodies are asked..."),
    "no_answers": (
        "Nessuna risposta: su questo aiuto la rete non è stata interrogata.",
        "No answers: about this aid the network was not asked.",
    ),
    "promising": (
        "Impegno in corso: prima si registra, poi si chiede agli altri enti.",
        "Reserving: it is put on record first, and then the others are asked.",
    ),
    "keep": (
        "Ripetere con lo stesso tasto: non si registra due volte.",
        "Repeat with the same key: nothing is recorded twice.",
    ),
    "unverified": (
        "NON VERIFICATO: la rete non è stata interrogata su questo aiuto.",
        "NOT CHECKED: the network was not asked about this aid.",
    ),
    "name_only": (
        "Persona senza codice: l'aiuto resta in questo ente, e la rete non ne sa nulla.",
        "A person without a code: the aid stays at this body, and the network learns nothing of it.",
    ),
    "only_us": (
        "Senza consenso l'aiuto si dà lo stesso: resta in questo ente, e nessun altro lo vede.",
        "Without consent the aid is given all the same: it stays at this body, and nobody else sees it.",
    ),
    "wants_reason": (
        "Non ancora consegnato. Leggere qui sopra; se l'aiuto va dato lo stesso, scegliere il motivo e premere di nuovo"
        " F2. La decisione resta all'operatore.",
        "Not given yet. Read the above; if the aid is to be given all the same, choose the reason and press F2 again."
        " The decision is the operator's.",
    ),
    "wants_reading": (
        "Non ancora consegnato: qui sopra c'è qualcosa che prima non c'era. Leggerlo e, se l'aiuto va dato lo stesso,"
        " premere di nuovo F2.",
        "Not given yet: above stands something that was not there before. Read it and, if the aid is to be given all"
        " the same, press F2 again.",
    ),
    "more": (
        "Altri aiuti o impegni: {count}, nella tabella qui sopra.",
        "Other aid or reservations: {count}, in the table above.",
    ),
    "under_your_name": ("L'aiuto viene registrato a suo nome.", "The aid is recorded under your name."),
    "silent": ("Muti", "Silent"),
    "and_more": ("e altri {count}", "and {count} more"),
    "other_facet": (
        "La verifica era per: {facet}. Per questo aiuto nulla è verificato.",
        "The check was for: {facet}. For this aid nothing is checked.",
    ),
    "saved": (
        "Salvato alle {at}. Annullabile fino alle {until} con F9.",
        "Saved at {at}. It can be undone until {until} with F9.",
    ),
    "saved_ever": ("Salvato alle {at}. F9 lo annulla.", "Saved at {at}. F9 undoes it."),
    "promised_next": (
        "Per la consegna: F2. Per annullare l'impegno: F9.",
        "To give it: F2. To release the reservation: F9.",
    ),
    "receipt_next": (
        "F8 stampa la ricevuta, F4 passa alla prossima persona.",
        "F8 prints the receipt, F4 goes on to the next person.",
    ),
    "reason_lost": (
        "Il motivo non è stato conservato: scriverlo con «maglia aid note».",
        "The reason was not kept: write it with “maglia aid note”.",
    ),
    "undone": ("Annullato: {what}.", "Undone: {what}."),
    "promise_again": ("Torna un impegno, ancora aperto.", "It is a reservation again, still open."),
    "released": ("Impegno annullato: gli altri enti non lo vedono più.", "Released: other bodies see it no more."),
    "renewed": ("Impegno prorogato fino a {until}.", "Reservation renewed until {until}."),
    "resumed": (
        "Impegno ripreso: controllare data e importo, poi F2 per la consegna.",
        "The reservation is here again: look at date and amount, then F2 to give it.",
    ),
    "undo_title": ("DISFARE", "UNDO"),
    "undo_asks": ("Annullare quanto appena salvato?", "Undo what was just saved?"),
    "back": ("Indietro", "Back"),
    "undo": ("Annulla l'aiuto", "Undo the aid"),
    "release": ("Annulla impegno", "Release it"),
    "release_asks": (
        "Annullare questo impegno? Gli altri enti non lo vedranno più.",
        "Release this reservation? The other bodies will see it no more.",
    ),
    "row_title": ("IMPEGNO", "RESERVATION"),
    "give": ("Consegna", "Give"),
    "renew": ("Proroga", "Renew"),
    "receipt": ("RICEVUTA", "RECEIPT"),
    "receipt_asks": ("In che forma? Sarà scritta nella cartella {folder}", "In which form? It is written to {folder}"),
    "pdf": ("PDF", "PDF"),
    "text": ("Testo", "Text"),
    "roll": ("Rotolo 80 mm", "80 mm roll"),
    "written": ("Ricevuta pronta da stampare: {file}", "The receipt is ready to print: {file}"),
    "away_title": ("RETE ASSENTE", "NETWORK AWAY"),
    "away_asks": (
        "L'aiuto è registrato, ma gli altri enti non sono stati interrogati.\nRimandare la verifica a quando la rete"
        " torna? L'esito sarà tra gli avvisi.",
        "The aid is on record, but the other bodies were not asked.\nPut the check off until the network is back? The"
        " outcome will be among your notices.",
    ),
    "no_check": ("No, senza verifica", "No, without a check"),
    "defer": ("Rimanda la verifica", "Put the check off"),
    "deferred": (
        "Verifica {check} rimandata a quando la rete torna.",
        "Check {check} is put off until the network is back.",
    ),
}

UNTIL: Mapping[str, tuple[str, str]] = {
    "none": ("nessuno", "none"),
    "two_hours": ("fino alle {at}", "until {at}"),
    "evening": ("stasera", "tonight"),
    "term": ("{term}", "{term}"),
}
TERM_HOURS, TERM_DAYS = ("{count} ore", "{count} hours"), ("{count} giorni", "{count} days")

REASONS: Mapping[str, tuple[str, str]] = {
    "": ("scegliere...", "choose..."),
    "agreed": ("accordo telefonico", "agreed by telephone"),
    "urgent": ("bisogno urgente", "urgent need"),
    "co_funding": ("aiuto dato insieme ad altri enti", "aid given together with other bodies"),
    "other": ("altro, scritto qui accanto", "another, written beside"),
}
NOTE = ("Motivo dell'aiuto n. {number}: {reason}.", "Reason for aid no. {number}: {reason}.")
NOTE_CHECK = (" Verifica {check}.", " Check {check}.")

ABOUT = (
    "Persona  La tessera si legge in qualunque momento; da VERIFICA con F3.\n"
    "Impegno  Promette l'aiuto prima della consegna: gli altri enti lo vedono.\n"
    "F2       CONSEGNATO: l'aiuto è dato. Con un impegno, prima si chiede di\n"
    "         nuovo agli altri enti; se c'è altro, si chiede un motivo.\n"
    "F3       Solo impegno: si tiene da parte, si consegna dopo.\n"
    "F5       Passa dalle risposte agli impegni aperti, e indietro. Invio su un\n"
    "         impegno: consegna, proroga, annulla. F7 lo esporta in una tabella.\n"
    "F6       Chi non ha nessun codice: per nome, solo in questo ente.\n"
    "F8       La ricevuta per la persona.   F9  Disfa: entro dieci minuti.",
    "Person   A card may be read at any moment; from CHECK with F3.\n"
    "Reserve  Sets the aid aside before it is given: the other bodies see it.\n"
    "F2       GIVEN: the aid is given. With a reservation, the others are asked\n"
    "         once more first; where there is other aid, a reason is asked.\n"
    "F3       Reserve only: it is set aside, and given later.\n"
    "F5       From the answers to the open reservations, and back. Enter on one:\n"
    "         give, renew, release. F7 writes them to a table.\n"
    "F6       Whoever has no code at all: by name, at this body only.\n"
    "F8       The receipt for the person.   F9  Undo: within ten minutes.",
)

HELPS: Mapping[str, tuple[str, str]] = {
    "code": (
        "Persona: il codice della tessera, o il numero di chi non ne ha (NOME:7). F6 cerca per nome.",
        "Person: the card's code, or the number of someone without one (NOME:7). F6 looks for a name.",
    ),
    "facet": ("Tipo: che aiuto si dà.", "Kind: what aid is given."),
    "amount": (
        "Importo: come 40,00 o 1.234,50; accanto si rilegge. Vuoto per aiuti in natura senza valore noto.",
        "Amount: as 40,00 or 1.234,50; it is read back beside. Empty for aid in kind of no known value.",
    ),
    "day": (
        "Data: il giorno della consegna, gg/mm/aaaa. Per un impegno conta da oggi.",
        "Date: the day on which it is given, dd/mm/yyyy. A reservation counts from today.",
    ),
    "need": (
        "Bisogno: B- e il numero di un bisogno registrato, o la fornitura (POD:, PDR:) o il contratto (LEASE:).",
        "Need: B- and the number of one on file, or the supply (POD:, PDR:) or the lease (LEASE:).",
    ),
    "creditor": (
        "Creditore: a chi va il pagamento, per affitti e bollette.",
        "Creditor: whom the payment goes to, for rent and bills.",
    ),
    "until": (
        "Impegno: fino a quando l'aiuto è promesso e tenuto da parte. Frecce per scegliere, spazio per segnare.",
        "Reserve: until when the aid is reserved and set aside. Arrows to choose, space to mark.",
    ),
    "visible": (
        "Visibile: senza segno l'aiuto resta in questo ente. Senza consenso ci resta comunque.",
        "Visible: without the mark the aid stays at this body. Without consent it does so anyway.",
    ),
    "reason": (
        "Motivo: perché l'aiuto si dà lo stesso. Resta in questo ente, accanto all'aiuto.",
        "Reason: why the aid is given all the same. It stays at this body, beside the aid.",
    ),
}


def word(key: str, lang: str) -> str:
    """Return the words for `key` in `lang`."""
    it, en = WORDS[key]
    return en if lang == "en" else it
