"""The words of ACCESSI: its parts, what stands where nothing was read, what F1 says."""

from __future__ import annotations

TABS = (("Interrogazioni", "Searches"), ("Riconciliazione", "Reconciliation"), ("Registri", "Logs"))
NOTHING_READ = (
    (
        "Nessun registro letto finora. F2 legge quelli di tutti gli enti e dell'ufficio.",
        "No log was read yet. F2 reads those of every body and of the office.",
    ),
    (
        "Ogni lettura resta scritta, a suo nome, nel registro letto.",
        "Each reading stays written, under your name, in the log that is read.",
    ),
)
_ASK = ("F4 cerca voci, F3 segnali. Campi vuoti: tutto.", "F4 searches entries, F3 signals. Empty fields: all.")
TO_COMPARE = ("F5 confronta i registri letti, a due a due.", "F5 compares the logs that were read, two by two.")
HINTS = (_ASK, _ASK, TO_COMPARE, ("", ""))
"""What stands in each table before anything was found."""
READING = ("Lettura in corso: F9 la ferma.", "Reading: F9 stops it.")
SEARCHING = ("Ricerca in corso...", "Searching...")
COMPARING = ("Confronto in corso: F9 lo ferma.", "Comparing: F9 stops it.")
JUDGING = ("Giornate in esame: F9 ferma.", "Days are judged: F9 stops it.")
STOPPED = {
    "pull": (
        "Lettura fermata: quanto è stato letto resta. F2 riprende da dove era.",
        "Reading stopped: what was read stays. F2 goes on from where it was.",
    ),
    "compare": (
        "Confronto fermato: nulla è cambiato. F5 lo rifà.",
        "Comparison stopped: nothing changed. F5 does it again.",
    ),
    "search": ("Ricerca fermata. F3 o F4 la rifanno.", "Search stopped. F3 or F4 do it again."),
}
NO_ENTRY = ("Nessuna voce così in quanto è stato letto.", "No such entry in what was read.")
ABOUT = (
    "F2 legge i registri di tutti gli enti e dell'ufficio, due volte; riprende da dove\n"
    "era. Ogni lettura resta scritta a suo nome nel registro letto.\n"
    "F4 cerca voci, F3 segnali (fuori orario, molte domande, propri cognomi): un\n"
    "segnale è un motivo per guardare, non un giudizio. Mai persone, mai aiuti.\n"
    "F5 ricalcola ogni registro e li confronta: ogni DIFF dice che cosa chiedere.\n"
    "1, 2 e 3 (o un clic) passano da una parte all'altra; Invio apre una riga.\n"
    "Lo stesso in testo, con altri filtri: maglia audit --help.",
    "F2 reads the logs of every body and of the office, twice; it goes on from where\n"
    "it was. Each reading stays written under your name in the log that is read.\n"
    "F4 searches for entries, F3 for signals (out of hours, many questions, own\n"
    "surnames): a reason to look, not a judgement. Never persons, never aid.\n"
    "F5 recomputes every log and compares them: each DIFF says what to ask.\n"
    "1, 2 and 3 (or a click) go from part to part; Enter opens a row.\n"
    "The same as text, with more filters: maglia audit --help.",
)
HELPS = {
    "member": (
        "Ente: il registro di quale ente, col nome breve, per esempio mensa-est.",
        "Body: whose log, by its short name, such as mensa-est.",
    ),
    "operator": (
        "Operatore: il nome utente di chi ha chiesto, come sta nel registro.",
        "Operator: the user name of who asked, as the log has it.",
    ),
    "since": (
        "Dal: primo giorno. Per i segnali, se manca, 30 giorni prima dell'ultimo.",
        "From: first day. For signals, if missing, 30 days before the last.",
    ),
    "until": ("Al: ultimo giorno, compreso. Oggi se manca.", "To: last day, included. Today if missing."),
    "kind": (
        "Voce: che cosa dice la voce. Vale per F4; i segnali non la guardano.",
        "Entry: what the entry says. For F4; signals do not look at it.",
    ),
    "purpose": (
        "Scopo: per che cosa si chiedeva. Vale per F4; i segnali non lo guardano.",
        "Purpose: what was asked for. For F4; signals do not look at it.",
    ),
    "entries": (
        "Invio: la voce intera, e le altre della stessa domanda nei due registri.",
        "Enter: the whole entry, and the others of its question in both logs.",
    ),
    "signals": ("Invio: le voci di quell'operatore, quel giorno.", "Enter: that operator's entries of that day."),
    "differences": (
        "Che cosa chiedere sta dopo ->. Invio: la differenza intera.",
        "What to ask stands after ->. Enter: the whole difference.",
    ),
    "logs": (
        "Prima chi non regge o non è stato letto. Dopo -> che cosa chiedere.",
        "First what does not hold or was not read. After -> what to ask.",
    ),
}
