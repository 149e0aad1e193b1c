"""The words of ACCESSI: its parts, what stands where nothing was read, what F1 says."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.codes import Code
from maglia.core.translation import mark

TABS = (mark("Interrogazioni"), mark("Riconciliazione"), mark("Registri"))
NOTHING_READ = (
    mark("Nessun registro letto finora. F2 legge quelli di tutti gli enti e dell'ufficio."),
    mark("Ogni lettura resta scritta, a suo nome, nel registro letto."),
)
_ASK = mark("F4 cerca voci, F3 segnali. Campi vuoti: tutto.")
TO_COMPARE = mark("F5 confronta i registri letti, a due a due.")
HINTS = (_ASK, _ASK, TO_COMPARE, "")
"""What stands in each table before anything was found."""
READING = mark("Lettura in corso: F9 la ferma.")
SEARCHING = mark("Ricerca in corso...")
COMPARING = mark("Confronto in corso: F9 lo ferma.")
JUDGING = mark("Giornate in esame: F9 ferma.")
STOPPED = {
    "pull": mark("Lettura fermata: quanto è stato letto resta. F2 riprende da dove era."),
    "compare": mark("Confronto fermato: nulla è cambiato. F5 lo rifà."),
    "search": mark("Ricerca fermata. F3 o F4 la rifanno."),
}
NO_ENTRY = mark("Nessuna voce così in quanto è stato letto.")
NOT_READ = mark("Il registro di {member} non è stato letto, o non per intero: qui non se ne trova nulla. F2 lo legge.")
NEXT_HERE: Mapping[Code, str] = {
    Code.INPUT_LOG_UNKNOWN: mark("I nomi brevi stanno tra i Registri (3): ricopiarlo e ripetere."),
}
"""What to do next, where the catalog names a command of the terminal."""
ABOUT = mark(
    "F2 legge i registri di tutti gli enti e dell'ufficio, due volte; riprende da dove era. "
    "Ogni lettura resta scritta a suo nome nel registro letto.\n"
    "F4 cerca voci, F3 segnali (fuori orario, molte domande, propri cognomi): un "
    "segnale è un motivo per guardare, non un giudizio. Mai persone, mai aiuti.\n"
    "F5 ricalcola ogni registro e li confronta: ogni DIFF dice che cosa chiedere.\n"
    "1, 2 e 3 (o un clic) passano da una parte all'altra; Invio apre una riga.\n"
    "Lo stesso in testo, con altri filtri: maglia audit --help."
)
HELPS = {
    "member": mark("Ente: il registro di quale ente, col nome breve, per esempio mensa-est."),
    "operator": mark("Operatore: il nome utente di chi ha chiesto, come sta nel registro."),
    "since": mark("Dal: primo giorno. Per i segnali, se manca, 30 giorni prima dell'ultimo."),
    "until": mark("Al: ultimo giorno, compreso. Oggi se manca."),
    "kind": mark("Voce: che cosa dice la voce. Vale per F4; i segnali non la guardano."),
    "purpose": mark("Scopo: per che cosa si chiedeva. Vale per F4; i segnali non lo guardano."),
    "entries": mark("Invio: la voce intera, e le altre della stessa domanda nei due registri."),
    "signals": mark("Invio: le voci di quell'operatore, quel giorno."),
    "differences": mark("Che cosa chiedere sta dopo ->. Invio: la differenza intera."),
    "logs": mark("Prima chi non regge o non è stato letto. Dopo -> che cosa chiedere."),
}
