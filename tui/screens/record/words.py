"""What REGISTRA says: names of fields, reasons, sentences."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.translation import mark, tr

WORDS: Mapping[str, str] = {
    "person": mark("Persona"),
    "day": mark("Data"),
    "need": mark("Bisogno"),
    "creditor": mark("Creditore"),
    "promise": mark("Impegno"),
    "visible": mark("visibile agli altri enti"),
    "reason": mark("Motivo"),
    "as_before": mark("È l'invio di prima, com'era scritto allora. Se è cambiato qualcosa: F9, poi di nuovo F2."),
    "cancel": mark("Annulla"),
    "promise_only": mark("Solo impegno"),
    "given": mark("CONSEGNATO"),
    "household": mark("Nucleo", "short"),
    "saving": mark("Registrazione in corso..."),
    "asking": mark("Ora si chiede agli altri enti..."),
    "promising": mark("Impegno in corso: prima si registra, poi si chiede agli altri enti."),
    "keep": mark("Ripetere con lo stesso tasto: non si registra due volte."),
    "no_give": mark("L'aiuto NON risulta ancora registrato: il nodo non ha risposto. Controllare il collegamento."),
    "no_promise": mark(
        "L'impegno NON risulta ancora registrato: il nodo non ha risposto. Controllare il collegamento."
    ),
    "wants_amount": mark(
        "Non ancora registrato: manca l'importo. Scriverlo in Importo; se non c'è, premere di nuovo lo stesso tasto."
    ),
    "no_amount": mark("senza importo"),
    "day_before": mark("Dato in un giorno passato: registrato senza impegno."),
    "unverified": mark("NON VERIFICATO: la rete non è stata interrogata su questo aiuto."),
    "name_only": mark("Persona senza codice: l'aiuto resta in questo ente, e la rete non ne sa nulla."),
    "only_us": mark("Senza consenso l'aiuto si dà lo stesso: resta in questo ente, e nessun altro lo vede."),
    "wants_reason": mark(
        "Non ancora consegnato: c'è solo l'impegno, {until} (F9 lo annulla). Leggere qui sopra; se l'aiuto va dato lo"
        " stesso, scegliere il motivo e premere di nuovo F2. La decisione resta all'operatore."
    ),
    "wants_reason_first": mark(
        "Non ancora consegnato. Leggere qui sopra; se l'aiuto va dato lo stesso, scegliere il motivo e premere di nuovo"
        " F2. La decisione resta all'operatore."
    ),
    "wants_reading": mark(
        "Non ancora consegnato: c'è solo l'impegno, {until} (F9 lo annulla). Qui sopra c'è qualcosa che prima non"
        " c'era: leggerlo e, se l'aiuto va dato lo stesso, premere di nuovo F2."
    ),
    "under_your_name": mark("L'aiuto viene registrato a suo nome."),
    "other_facet": mark("La verifica era per: {facet}. Per questo aiuto nulla è verificato."),
    "saved": mark("Salvato alle {at}. Annullabile fino alle {until} con F9."),
    "saved_ever": mark("Salvato alle {at}. F9 lo annulla."),
    "promised_next": mark("Per la consegna: F2. Per annullare l'impegno: F9."),
    "receipt_next": mark("F8 stampa la ricevuta, F4 passa alla prossima persona."),
    "reason_lost": mark("Il motivo non è stato conservato: scriverlo tra le note di PERSONA (F10)."),
    "undone": mark("Annullato: {what}."),
    "promise_again": mark("Torna un impegno, ancora aperto."),
    "released": mark("Impegno annullato: gli altri enti non lo vedono più."),
    "renewed": mark("Impegno prorogato fino a {until}."),
    "resumed": mark("Impegno ripreso: controllare data e importo, poi F2 per la consegna."),
    "back": mark("Indietro"),
    "undo": mark("Annulla l'aiuto"),
    "release": mark("Annulla impegno"),
    "give": mark("Consegna"),
    "renew": mark("Proroga"),
    "written": mark("Ricevuta pronta da stampare: {file}"),
    "defer": mark("Rimanda la verifica"),
    "deferred": mark("Verifica {check} rimandata a quando la rete torna."),
}

LOST_BEFORE = mark(
    "Dell'aiuto di prima non è arrivata conferma: guardare tra gli aiuti di quella persona prima di ripeterlo."
)
STAYS_OPEN = mark("L'impegno di prima resta aperto, e gli altri enti lo vedono: è nella lista (F5).")
AWAY = mark(
    "L'aiuto è registrato, ma gli altri enti non sono stati interrogati.\nRimandare la verifica a quando la rete"
    " torna? L'esito sarà tra gli avvisi."
)

UNTIL: Mapping[str, str] = {
    "none": mark("nessuno", "promise"),
    "two_hours": mark("fino alle {at}"),
    "evening": mark("stasera"),
    "term": "{term}",
}
TERM_HOURS, TERM_DAYS = mark("{count} ore"), mark("{count} giorni")

REASONS: Mapping[str, str] = {
    "": mark("scegliere..."),
    "agreed": mark("accordo telefonico"),
    "urgent": mark("bisogno urgente"),
    "co_funding": mark("aiuto dato insieme ad altri enti"),
    "other": mark("altro, scritto qui accanto"),
}
NOTE = mark("Motivo dell'aiuto n. {number}: {reason}.")
NOTE_CHECK = mark(" Verifica {check}.")

ABOUT = mark(
    "Persona  La tessera si legge in qualunque momento; da VERIFICA con F3.\n"
    "Impegno  Promette l'aiuto prima della consegna: gli altri enti lo vedono.\n"
    "F2       CONSEGNATO: l'aiuto è dato. Con un impegno, prima si chiede di\n"
    "         nuovo agli altri enti; se c'è altro, si chiede un motivo.\n"
    "F3       Solo impegno: si tiene da parte, si consegna dopo.\n"
    "F5       Passa dalle risposte agli impegni aperti, e indietro. Invio su un\n"
    "         impegno: consegna, proroga, annulla. F7 lo esporta in una tabella.\n"
    "F6       Chi non ha nessun codice: per nome, solo in questo ente.\n"
    "F8       La ricevuta per la persona.   F9  Disfa: entro dieci minuti."
)

HELPS: Mapping[str, str] = {
    "code": mark("Persona: il codice della tessera, o il numero di chi non ne ha (NOME:7). F6 cerca per nome."),
    "facet": mark("Tipo: che aiuto si dà."),
    "amount": mark("Importo: come 40,00 o 1.234,50; accanto si rilegge. Vuoto per aiuti in natura senza valore noto."),
    "day": mark("Data: il giorno della consegna, gg/mm/aaaa. Per un impegno conta da oggi."),
    "need": mark(
        "Bisogno: B- e il numero di un bisogno registrato, o la fornitura (POD:, PDR:) o il contratto (LEASE:)."
    ),
    "creditor": mark("Creditore: a chi va il pagamento, per affitti e bollette."),
    "until": mark(
        "Impegno: fino a quando l'aiuto è promesso e tenuto da parte. Frecce per scegliere, spazio per segnare."
    ),
    "visible": mark("Visibile: senza segno l'aiuto resta in questo ente. Senza consenso ci resta comunque."),
    "reason": mark("Motivo: perché l'aiuto si dà lo stesso. Resta in questo ente, accanto all'aiuto."),
}


def word(key: str, lang: str) -> str:
    """Return the words for `key` in `lang`."""
    return tr(WORDS[key], lang)
