"""What to ask about each kind of difference, in words that an auditor can read out.

`{questions}` is "una domanda" or "3 domande", `{evaluations}` and `{enrolments}` likewise; every other name is one of a
finding's fields or figures.
"""

from __future__ import annotations

from maglia.core.translation import mark
from tui.audit.findings import FindingType
from tui.labels import Labels

TYPES: Labels = {
    FindingType.MISSING: mark("MANCA DA UNA PARTE"),
    FindingType.CONTENT: mark("CONTENUTO DIVERSO"),
    FindingType.BROKEN: mark("CATENA INTERROTTA"),
    FindingType.FORK: mark("REGISTRO SDOPPIATO"),
    FindingType.EVALUATION: mark("VALUTAZIONE SENZA DOMANDA"),
    FindingType.ENROLMENT: mark("ISCRIZIONE SENZA AIUTO"),
    FindingType.NO_RECEIPT: mark("DOMANDA SENZA RICEVUTA"),
    FindingType.LATE: mark("RISPOSTE IN RITARDO"),
    FindingType.UNDELIVERED: mark("RISPOSTE NON ARRIVATE"),
    FindingType.BUDGET: mark("LIMITE SUPERATO"),
    FindingType.REPEATED: mark("VOCE RIPETUTA"),
}

FIELDS: Labels = {
    "answer_hash": mark("la risposta"),
    "basis": mark("la base giuridica"),
    "facet": mark("il tipo di aiuto"),
    "outcome": mark("l'esito"),
    "peer_entry": mark("la voce dell'altra parte"),
    "procedure": mark("la procedura"),
    "purpose": mark("lo scopo"),
    "question_hash": mark("la domanda"),
    "subjects": mark("quante persone e bisogni"),
}

ONE_QUESTION: str = mark("una domanda")
MANY_QUESTIONS: str = mark("{count} domande")
ONE_EVALUATION: str = mark("una valutazione")
MANY_EVALUATIONS: str = mark("{count} valutazioni")
ONE_ENROLMENT: str = mark("un'iscrizione")
MANY_ENROLMENTS: str = mark("{count} iscrizioni")

ASK: dict[tuple[FindingType, str], str] = {
    (FindingType.MISSING, "question"): mark(
        "Chiedere a {member} perché nel suo registro non c'è voce di {questions} a cui {other} ha risposto: {other} "
        "conserva la firma di {member}."
    ),
    (FindingType.MISSING, "question_of_end"): mark(
        "Chiedere a {member} perché il suo registro ha l'esito di {questions} a {other}, ma non il suo inizio."
    ),
    (FindingType.MISSING, "answer"): mark(
        "Chiedere a {member} perché nel suo registro non c'è voce di {questions} di {other}, che ne conserva la "
        "ricevuta firmata da {member}."
    ),
    (FindingType.MISSING, "archived"): mark(
        "Chiedere a {member} perché ha archiviato troppo presto le voci di {questions} con {other}: il termine non è "
        "passato, e nel suo registro dovevano leggersi ancora."
    ),
    (FindingType.CONTENT, ""): mark(
        "Chiedere a {member} perché di {questions} con {other} il suo registro dice altro da ciò che {member} ha "
        "firmato. Cambia: {fields}."
    ),
    (FindingType.BROKEN, ""): mark(
        "Chiedere a {member} chi ha toccato il suo archivio, e una copia intatta: le voci non danno lo stato che ha "
        "firmato. Il registro è escluso dal confronto."
    ),
    (FindingType.FORK, ""): mark(
        "Chiedere a {member} perché mostra due passati: il suo registro contraddice lo stato controfirmato "
        "dall'ufficio, o quello letto prima. Il registro è escluso dal confronto."
    ),
    (FindingType.EVALUATION, "unlogged"): mark(
        "Chiedere a {member} per chi ha fatto valutare codici all'ufficio: il registro dell'ufficio ha "
        "{evaluations} che il suo non ha."
    ),
    (FindingType.EVALUATION, "repeated"): mark(
        "Chiedere a {member} perché ha usato {evaluations} più volte di quante il suo registro ne nomina."
    ),
    (FindingType.EVALUATION, "elements"): mark(
        "Chiedere a {member} e all'ufficio perché contano diversamente i codici di {evaluations}."
    ),
    (FindingType.EVALUATION, "procedure"): mark(
        "Chiedere a {member} e all'ufficio sotto quale procedura erano {evaluations}: i due registri ne nominano una "
        "diversa."
    ),
    (FindingType.EVALUATION, "unused"): mark(
        "Chiedere a {member} a che cosa servivano {cases} codici su {of} fatti valutare per verifiche: le domande e i "
        "rifiuti del suo registro non li spiegano."
    ),
    (FindingType.ENROLMENT, "unevaluated"): mark(
        "Chiedere a {member} l'origine di {enrolments} che l'ufficio non ha valutato."
    ),
    (FindingType.ENROLMENT, "unrecorded"): mark(
        "Chiedere a {member} chi ha iscritto: il suo registro ha {enrolments} che nessun aiuto registrato spiega."
    ),
    (FindingType.NO_RECEIPT, "receipt"): mark(
        "Chiedere a {member} la ricevuta firmata di {other} per {questions}: il suo registro dice che ha avuto "
        "risposta, ma non la conserva."
    ),
    (FindingType.NO_RECEIPT, "open"): mark(
        "Chiedere a {member} l'esito di {questions} a {other}: il suo registro è andato avanti senza dirlo."
    ),
    (FindingType.LATE, ""): mark(
        "Chiedere a {member} perché risponde tardi: {cases} risposte su {of} sono arrivate dopo il tempo dato."
    ),
    (FindingType.UNDELIVERED, ""): mark(
        "Chiedere a {member} perché dice di non avere avuto {cases} risposte su {of} che {other} ha registrato, e a "
        "{other} se il collegamento cadeva."
    ),
    (FindingType.BUDGET, "check"): mark(
        "Chiedere a {member} e all'ufficio perché il {when} sono stati valutati {elements} codici per verifiche: il "
        "limite era {limit}."
    ),
    (FindingType.BUDGET, "enrolment"): mark(
        "Chiedere a {member} e all'ufficio perché il {when} sono stati valutati {elements} codici per iscrizioni: il "
        "limite era {limit}."
    ),
    (FindingType.BUDGET, "procedure"): mark(
        "Chiedere a {member} e all'ufficio perché nella procedura {when} sono stati valutati {elements} codici: il "
        "limite era {limit}."
    ),
    (FindingType.REPEATED, "question"): mark(
        "Chiedere a {member} perché il suo registro ha più volte la stessa domanda a {other}."
    ),
    (FindingType.REPEATED, "answer"): mark(
        "Chiedere a {member} perché il suo registro ha più risposte alla stessa domanda di {other}."
    ),
    (FindingType.REPEATED, "end"): mark(
        "Chiedere a {member} perché il suo registro dice più volte come è finita la stessa domanda a {other}."
    ),
}

ASK_BOTH: dict[tuple[FindingType, str], str] = {
    (FindingType.MISSING, "access_report"): mark(
        "Chiedere a {member} per quale persona ha chiesto a {other} chi l'ha cercata, e perché nel suo registro non ce "
        "n'è voce; a {other}, che cosa ha ricevuto."
    ),
    (FindingType.MISSING, "question"): mark(
        "Chiedere a {member} se ha fatto {questions} di cui nel suo registro non c'è voce, e a {other} come lo sa: "
        "nessuna firma lo prova."
    ),
    (FindingType.MISSING, "answer"): mark(
        "Chiedere a {member} se ha risposto a {questions} di cui nel suo registro non c'è voce, e a {other} la "
        "ricevuta: quella che ha non prova nulla."
    ),
    (FindingType.MISSING, "archived"): mark(
        "Chiedere a {member} perché ha archiviato troppo presto le voci di {questions} con {other}, e a {other} come "
        "lo sa: il termine non è passato, ma nessuna firma prova che c'erano."
    ),
    (FindingType.CONTENT, ""): mark(
        "Chiedere a {member} e a {other} perché di {questions} tra loro i due registri dicono cose diverse: nessuna "
        "firma dice chi ha ragione. Cambia: {fields}."
    ),
}
