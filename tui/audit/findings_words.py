"""What to ask about each kind of difference, in words that an auditor can read out: Italian first, English second.

`{questions}` is "una domanda" or "3 domande", `{evaluations}` and `{enrolments}` likewise; every other name is one of a
finding's fields or figures.
"""

from __future__ import annotations

from tui.audit.findings import FindingType
from tui.labels import Labels

Words = tuple[str, str]

TYPES: Labels = {
    FindingType.MISSING: ("MANCA DA UNA PARTE", "MISSING ON ONE SIDE"),
    FindingType.CONTENT: ("CONTENUTO DIVERSO", "CONTENT DIFFERS"),
    FindingType.BROKEN: ("CATENA INTERROTTA", "BROKEN CHAIN"),
    FindingType.FORK: ("REGISTRO SDOPPIATO", "FORKED LOG"),
    FindingType.EVALUATION: ("VALUTAZIONE SENZA DOMANDA", "EVALUATION WITHOUT QUESTION"),
    FindingType.ENROLMENT: ("ISCRIZIONE SENZA AIUTO", "ENROLMENT WITHOUT RECORD"),
    FindingType.NO_RECEIPT: ("DOMANDA SENZA RICEVUTA", "QUESTION WITHOUT RECEIPT"),
    FindingType.LATE: ("RISPOSTE IN RITARDO", "LATE ANSWERS"),
    FindingType.UNDELIVERED: ("RISPOSTE NON ARRIVATE", "ANSWERS NOT DELIVERED"),
    FindingType.BUDGET: ("LIMITE SUPERATO", "LIMIT EXCEEDED"),
    FindingType.REPEATED: ("VOCE RIPETUTA", "REPEATED ENTRY"),
}

FIELDS: Labels = {
    "answer_hash": ("la risposta", "the answer"),
    "basis": ("la base giuridica", "the legal basis"),
    "facet": ("il tipo di aiuto", "the kind of aid"),
    "outcome": ("l'esito", "the outcome"),
    "peer_entry": ("la voce dell'altra parte", "the other side's entry"),
    "procedure": ("la procedura", "the procedure"),
    "purpose": ("lo scopo", "the purpose"),
    "question_hash": ("la domanda", "the question"),
    "subjects": ("quante persone e bisogni", "how many persons and needs"),
}

ONE_QUESTION: Words = ("una domanda", "one question")
MANY_QUESTIONS: Words = ("{count} domande", "{count} questions")
ONE_EVALUATION: Words = ("una valutazione", "one evaluation")
MANY_EVALUATIONS: Words = ("{count} valutazioni", "{count} evaluations")
ONE_ENROLMENT: Words = ("un'iscrizione", "one enrolment")
MANY_ENROLMENTS: Words = ("{count} iscrizioni", "{count} enrolments")

ASK: dict[tuple[FindingType, str], Words] = {
    (FindingType.MISSING, "question"): (
        "Chiedere a {member} perché nel suo registro non c'è voce di {questions} a cui {other} ha risposto: {other} "
        "conserva la firma di {member}.",
        "Ask {member} why its log has no entry of {questions} that {other} answered: {other} keeps the signature of "
        "{member}.",
    ),
    (FindingType.MISSING, "question_of_end"): (
        "Chiedere a {member} perché il suo registro ha l'esito di {questions} a {other}, ma non il suo inizio.",
        "Ask {member} why its log has the outcome of {questions} to {other}, but not its beginning.",
    ),
    (FindingType.MISSING, "answer"): (
        "Chiedere a {member} perché nel suo registro non c'è voce di {questions} di {other}, che ne conserva la "
        "ricevuta firmata da {member}.",
        "Ask {member} why its log has no entry of {questions} from {other}, which keeps the receipt that {member} "
        "signed.",
    ),
    (FindingType.MISSING, "archived"): (
        "Chiedere a {member} perché ha archiviato troppo presto le voci di {questions} con {other}: il termine non è "
        "passato, e nel suo registro dovevano leggersi ancora.",
        "Ask {member} why it archived too early its entries of {questions} with {other}: the term is not over, and its "
        "log should still have shown them.",
    ),
    (FindingType.CONTENT, ""): (
        "Chiedere a {member} perché di {questions} con {other} il suo registro dice altro da ciò che {member} ha "
        "firmato. Cambia: {fields}.",
        "Ask {member} why of {questions} with {other} its log says something else than what {member} signed. It "
        "differs in: {fields}.",
    ),
    (FindingType.BROKEN, ""): (
        "Chiedere a {member} chi ha toccato il suo archivio, e una copia intatta: le voci non danno lo stato che ha "
        "firmato. Il registro è escluso dal confronto.",
        "Ask {member} who touched its database, and for a whole copy: the entries do not give the state that it "
        "signed. The log is left out of the comparison.",
    ),
    (FindingType.FORK, ""): (
        "Chiedere a {member} perché mostra due passati: il suo registro contraddice lo stato controfirmato "
        "dall'ufficio, o quello letto prima. Il registro è escluso dal confronto.",
        "Ask {member} why it shows two pasts: its log contradicts the state that the office cosigned, or the one read "
        "before. The log is left out of the comparison.",
    ),
    (FindingType.EVALUATION, "unlogged"): (
        "Chiedere a {member} per chi ha fatto valutare codici all'ufficio: il registro dell'ufficio ha "
        "{evaluations} che il suo non ha.",
        "Ask {member} for whom it had codes evaluated by the office: the office's log has {evaluations} that its "
        "own has not.",
    ),
    (FindingType.EVALUATION, "repeated"): (
        "Chiedere a {member} perché ha usato {evaluations} più volte di quante il suo registro ne nomina.",
        "Ask {member} why it used {evaluations} more often than its log says.",
    ),
    (FindingType.EVALUATION, "elements"): (
        "Chiedere a {member} e all'ufficio perché contano diversamente i codici di {evaluations}.",
        "Ask {member} and the office why they count the codes of {evaluations} differently.",
    ),
    (FindingType.EVALUATION, "procedure"): (
        "Chiedere a {member} e all'ufficio sotto quale procedura erano {evaluations}: i due registri ne nominano una "
        "diversa.",
        "Ask {member} and the office under which procedure {evaluations} came: their logs name different ones.",
    ),
    (FindingType.EVALUATION, "unused"): (
        "Chiedere a {member} a che cosa servivano {cases} codici su {of} fatti valutare per verifiche: le domande e i "
        "rifiuti del suo registro non li spiegano.",
        "Ask {member} what {cases} codes of {of} evaluated for checks were for: the questions and refusals of its log "
        "do not explain them.",
    ),
    (FindingType.ENROLMENT, "unevaluated"): (
        "Chiedere a {member} l'origine di {enrolments} che l'ufficio non ha valutato.",
        "Ask {member} for the origin of {enrolments} that the office did not evaluate.",
    ),
    (FindingType.ENROLMENT, "unrecorded"): (
        "Chiedere a {member} chi ha iscritto: il suo registro ha {enrolments} che nessun aiuto registrato spiega.",
        "Ask {member} whom it enrolled: its log has {enrolments} that no recorded aid explains.",
    ),
    (FindingType.NO_RECEIPT, "receipt"): (
        "Chiedere a {member} la ricevuta firmata di {other} per {questions}: il suo registro dice che ha avuto "
        "risposta, ma non la conserva.",
        "Ask {member} for the receipt that {other} signed for {questions}: its log says that it was answered, but does "
        "not keep it.",
    ),
    (FindingType.NO_RECEIPT, "open"): (
        "Chiedere a {member} l'esito di {questions} a {other}: il suo registro è andato avanti senza dirlo.",
        "Ask {member} for the outcome of {questions} to {other}: its log went on without saying it.",
    ),
    (FindingType.LATE, ""): (
        "Chiedere a {member} perché risponde tardi: {cases} risposte su {of} sono arrivate dopo il tempo dato.",
        "Ask {member} why it answers late: {cases} answers of {of} came after the time given.",
    ),
    (FindingType.UNDELIVERED, ""): (
        "Chiedere a {member} perché dice di non avere avuto {cases} risposte su {of} che {other} ha registrato, e a "
        "{other} se il collegamento cadeva.",
        "Ask {member} why it says it never had {cases} answers of {of} that {other} logged, and {other} whether the "
        "connection failed.",
    ),
    (FindingType.BUDGET, "check"): (
        "Chiedere a {member} e all'ufficio perché il {when} sono stati valutati {elements} codici per verifiche: il "
        "limite era {limit}.",
        "Ask {member} and the office why {elements} codes were evaluated for checks on {when}: the limit was {limit}.",
    ),
    (FindingType.BUDGET, "enrolment"): (
        "Chiedere a {member} e all'ufficio perché il {when} sono stati valutati {elements} codici per iscrizioni: il "
        "limite era {limit}.",
        "Ask {member} and the office why {elements} codes were evaluated for enrolments on {when}: the limit was "
        "{limit}.",
    ),
    (FindingType.BUDGET, "procedure"): (
        "Chiedere a {member} e all'ufficio perché nella procedura {when} sono stati valutati {elements} codici: il "
        "limite era {limit}.",
        "Ask {member} and the office why {elements} codes were evaluated under procedure {when}: the limit was "
        "{limit}.",
    ),
    (FindingType.REPEATED, "question"): (
        "Chiedere a {member} perché il suo registro ha più volte la stessa domanda a {other}.",
        "Ask {member} why its log has the same question to {other} more than once.",
    ),
    (FindingType.REPEATED, "answer"): (
        "Chiedere a {member} perché il suo registro ha più risposte alla stessa domanda di {other}.",
        "Ask {member} why its log has more than one answer to the same question from {other}.",
    ),
    (FindingType.REPEATED, "end"): (
        "Chiedere a {member} perché il suo registro dice più volte come è finita la stessa domanda a {other}.",
        "Ask {member} why its log says more than once how the same question to {other} ended.",
    ),
}

ASK_BOTH: dict[tuple[FindingType, str], Words] = {
    (FindingType.MISSING, "access_report"): (
        "Chiedere a {member} per quale persona ha chiesto a {other} chi l'ha cercata, e perché nel suo registro non ce "
        "n'è voce; a {other}, che cosa ha ricevuto.",
        "Ask {member} for which person it asked {other} who had looked them up, and why its log has no entry of it; "
        "and {other} what it received.",
    ),
    (FindingType.MISSING, "question"): (
        "Chiedere a {member} se ha fatto {questions} di cui nel suo registro non c'è voce, e a {other} come lo sa: "
        "nessuna firma lo prova.",
        "Ask {member} whether it asked {questions} of which its log has no entry, and {other} how it knows: no "
        "signature proves it.",
    ),
    (FindingType.MISSING, "answer"): (
        "Chiedere a {member} se ha risposto a {questions} di cui nel suo registro non c'è voce, e a {other} la "
        "ricevuta: quella che ha non prova nulla.",
        "Ask {member} whether it answered {questions} of which its log has no entry, and {other} for the receipt: what "
        "it has proves nothing.",
    ),
    (FindingType.MISSING, "archived"): (
        "Chiedere a {member} perché ha archiviato troppo presto le voci di {questions} con {other}, e a {other} come "
        "lo sa: il termine non è passato, ma nessuna firma prova che c'erano.",
        "Ask {member} why it archived too early its entries of {questions} with {other}, and {other} how it knows: the "
        "term is not over, but no signature proves that there were any.",
    ),
    (FindingType.CONTENT, ""): (
        "Chiedere a {member} e a {other} perché di {questions} tra loro i due registri dicono cose diverse: nessuna "
        "firma dice chi ha ragione. Cambia: {fields}.",
        "Ask {member} and {other} why their two logs say different things of {questions} between them: no signature "
        "says who is right. It differs in: {fields}.",
    ),
}
