"""What F1 says on PERSONA."""

from __future__ import annotations

from collections.abc import Mapping

ABOUT = (
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
    "F4 toglie la persona dallo schermo. F7 scrive la tabella in un file. F8 stampa informativa e modulo.",
    "What this body has on file of a person. F2 or Enter reads it; the numbers from 1 to 6, or F5, change what is"
    " looked at.\n\n"
    "1 Aid        Given and promised here, with corrected versions. Enter shows one whole; F3 corrects; F9 undoes"
    " within 10 minutes.\n"
    "2 Household  Who lives there, and other codes. F3 adds, lets leave, links a temporary code to the true one.\n"
    "3 Consents   Those in force, the person's noes, the bodies to tell. F3 records.\n"
    "4 Needs      What is owed and what is left. Whoever covered a part has helped: the rest can be completed.\n"
    "5 Notes      Private: they stay at this body.\n"
    "6 Chart      The aid of a year.\n\n"
    "F4 takes the person off the screen. F7 writes the table to a file. F8 prints the notice and the form.",
)
HELPS: Mapping[str, tuple[str, str]] = {
    "code": (
        "Codice: sulla tessera sanitaria, o un codice STP, ENI, provvisorio; o NOME:7 per chi non ne ha.",
        "Code: on the health card, or an STP, ENI or provisional one; or NOME:7 for whoever has none.",
    ),
    "aid": (
        "Aiuti: Invio mostra tutto di quello scelto: codice nazionale, fino a quando si conserva, chi lo vede.",
        "Aid: Enter shows all of the one chosen: national code, until when it is kept, who sees it.",
    ),
    "household": (
        "Nucleo: chi vive con la persona, chi è uscito, i codici che altri hanno sostituito. F3 dice che cosa si può"
        " fare sulla riga.",
        "Household: who lives with the person, who left, codes that others replaced. F3 says what can be done on the"
        " row.",
    ),
    "consents": (
        "Consensi: prima i no della persona e gli enti da avvisare, poi i consensi. Invio mostra tutto.",
        "Consents: first the person's noes and the bodies to tell, then the consents. Enter shows all.",
    ),
    "needs": (
        "Bisogni: dovuto, dato e promesso qui, e che cosa resta. Quanto hanno dato gli altri enti lo dice VERIFICA.",
        "Needs: owed, given and promised here, and what is left. What other bodies gave is told by CHECK.",
    ),
    "notes": ("Note private: la rete non le vede mai.", "Private notes: the network never sees them."),
}
"""By the field or the table that the cursor is in."""
