"""What F1 says on PERSONA."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.translation import mark

ABOUT = mark(
    "Che cosa questo ente ha agli atti di una persona. F2 o Invio legge; i numeri da 1 a 6, o F5, cambiano che cosa"
    " si guarda.\n\n"
    "1 Aiuti     Dati e promessi qui, con le versioni corrette. Invio li mostra per intero; F3 corregge; F9 annulla"
    " entro 10 minuti.\n"
    "2 Nucleo    Con chi vive, e gli altri codici. F3 aggiunge, fa uscire, collega un codice temporaneo a"
    " quello vero.\n"
    "3 Consensi  Quelli che valgono, i no della persona, gli enti da avvisare. F3 per registrare.\n"
    "4 Bisogni   Che cosa si deve e quanto resta. Chi ha coperto una parte ha aiutato: il resto si può completare.\n"
    "5 Note      Private: restano in questo ente.\n"
    "6 Grafico   Gli aiuti di un anno.\n\n"
    "F4 toglie la persona dallo schermo. F7 scrive la tabella in un file. F8 stampa informativa e modulo."
)
HELPS: Mapping[str, str] = {
    "code": mark("Codice: sulla tessera sanitaria, o un codice STP, ENI, provvisorio; o NOME:7 per chi non ne ha."),
    "aid": mark(
        "Aiuti: Invio mostra tutto di quello scelto: codice nazionale, fino a quando si conserva, chi lo vede."
    ),
    "household": mark(
        "Nucleo: chi vive con la persona, chi è uscito, i codici che altri hanno sostituito. F3 dice che cosa si può"
        " fare sulla riga."
    ),
    "consents": mark("Consensi: prima i no della persona e gli enti da avvisare, poi i consensi. Invio mostra tutto."),
    "needs": mark(
        "Bisogni: dovuto, dato e promesso qui, e che cosa resta. Quanto hanno dato gli altri enti lo dice VERIFICA."
    ),
    "notes": mark("Note private: la rete non le vede mai."),
}
"""By the field or the table that the cursor is in."""
