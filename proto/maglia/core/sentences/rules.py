"""What is wrong with rules that somebody wants to publish: file and rule, and how to mend it."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.INPUT_RULES_SHAPE: entry(
        "In {file}: sta fuori da «maglia», o non si legge come regole o come dati.",
        "Dare a ogni regola un «package maglia.NOME» e a ogni dato una cartella sotto maglia/, poi ripetere.",
        "In {file}: it lies outside “maglia”, or cannot be read as rules or as data.",
        "Give each rule a “package maglia.NAME” and each data file a folder below maglia/, then repeat.",
    ),
    Code.INPUT_RULES_COMPILE: entry(
        "In {file}, riga {row}, regola «{rule}»: non si compila ({said}).",
        "Correggere la regola e ripetere.",
        "In {file}, line {row}, rule “{rule}”: it does not compile ({said}).",
        "Correct the rule and repeat.",
    ),
    Code.INPUT_RULES_FORMAT: entry(
        "In {file}: non è scritto nella forma comune delle regole.",
        "Eseguire «opa fmt --write» sul file e ripetere.",
        "In {file}: it is not written in the common form of rules.",
        "Run “opa fmt --write” on the file and repeat.",
    ),
    Code.INPUT_RULES_TEST: entry(
        "In {file}: la prova «{rule}» fallisce, o non c'è nessuna prova.",
        "Correggere la regola che la prova descrive, o scrivere la prova, poi ripetere.",
        "In {file}: the test “{rule}” fails, or there is no test at all.",
        "Correct the rule that the test describes, or write the test, then repeat.",
    ),
    Code.INPUT_RULES_DECISION: entry(
        "In {file}, regola «{rule}»: la decisione manca, o non nega una domanda che non dice nulla.",
        "Scrivere la decisione con «default allow := false» e ripetere.",
        "In {file}, rule “{rule}”: the decision is missing, or does not deny a question that says nothing.",
        "Write the decision with “default allow := false” and repeat.",
    ),
    Code.INPUT_RULES_MISSING: entry(
        "In {file}: manca «{key}», che il vocabolario della rete prevede.",
        "Aggiungere la voce al file e ripetere.",
        "In {file}: “{key}” is missing, which the network's vocabulary has.",
        "Add the entry to the file and repeat.",
    ),
    Code.INPUT_RULES_UNKNOWN: entry(
        "In {file}: «{key}» non è nel vocabolario della rete, o lì non può stare.",
        "Togliere o correggere la voce e ripetere.",
        "In {file}: “{key}” is not in the network's vocabulary, or may not stand there.",
        "Remove or correct the entry and repeat.",
    ),
    Code.INPUT_RULES_SPECIAL: entry(
        "In {file}, «{rule}»: aprirebbe una categoria particolare (GDPR art. 9 e 10), che non esce mai.",
        "Togliere la voce, o rimettere nella regola il divieto delle categorie particolari, poi ripetere.",
        "In {file}, “{rule}”: it would open a special category (GDPR art. 9 and 10), which never leaves.",
        "Remove the entry, or put the ban on special categories back into the rule, then repeat.",
    ),
    Code.INPUT_RULES_INPUT: entry(
        "In {file}, regola «{rule}»: legge «{path}», che nessuna domanda contiene.",
        "Correggere il nome come nel documento della decisione (policies/README.md) e ripetere.",
        "In {file}, rule “{rule}”: it reads “{path}”, which no question contains.",
        "Correct the name as in the decision's document (policies/README.md) and repeat.",
    ),
    Code.INPUT_RULES_OUTSIDE: entry(
        "In {file}, regola «{rule}»: usa «{builtin}», che guarda fuori dalla domanda.",
        "Decidere solo da ciò che la domanda e i dati dicono, e ripetere.",
        "In {file}, rule “{rule}”: it uses “{builtin}”, which looks outside the question.",
        "Decide only from what the question and the data say, and repeat.",
    ),
    Code.INPUT_RULES_ENGINES: entry(
        "In {file}: i due motori delle regole rispondono in modo diverso (prove di «{rule}»).",
        "Scrivere la regola senza funzioni che uno dei due non conosce, come le altre, e ripetere.",
        "In {file}: the two engines answer differently (cases of “{rule}”).",
        "Write the rule without functions that one of them does not know, like the others, and repeat.",
    ),
    Code.INPUT_RULES_REVISION: entry(
        "Nessuna regola con la revisione «{revision}» aspetta le firme.",
        "Leggere la revisione con «maglia-registry policies list», o pubblicarla con «policies publish».",
        "No rules of revision “{revision}” wait for signatures.",
        "Read the revision with “maglia-registry policies list”, or publish it with “policies publish”.",
    ),
}
