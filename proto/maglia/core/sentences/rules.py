"""What is wrong with rules that somebody wants to publish: file and rule, and how to mend it."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.INPUT_RULES_SHAPE: entry(
        "In {file}: sta fuori da «maglia», o non si legge come regole o come dati.",
        "Dare a ogni regola un «package maglia.NOME» e a ogni dato una cartella sotto maglia/, poi ripetere.",
    ),
    Code.INPUT_RULES_COMPILE: entry(
        "In {file}, riga {row}, regola «{rule}»: non si compila ({said}).",
        "Correggere la regola e ripetere.",
    ),
    Code.INPUT_RULES_FORMAT: entry(
        "In {file}: non è scritto nella forma comune delle regole.",
        "Eseguire «opa fmt --write» sul file e ripetere.",
    ),
    Code.INPUT_RULES_TEST: entry(
        "In {file}: la prova «{rule}» fallisce, o non c'è nessuna prova.",
        "Correggere la regola che la prova descrive, o scrivere la prova, poi ripetere.",
    ),
    Code.INPUT_RULES_DECISION: entry(
        "In {file}, regola «{rule}»: la decisione manca, o non nega una domanda che non dice nulla.",
        "Scrivere la decisione con «default allow := false» e ripetere.",
    ),
    Code.INPUT_RULES_MISSING: entry(
        "In {file}: manca «{key}», che il vocabolario della rete prevede.",
        "Aggiungere la voce al file e ripetere.",
    ),
    Code.INPUT_RULES_UNKNOWN: entry(
        "In {file}: «{key}» non è nel vocabolario della rete, o lì non può stare.",
        "Togliere o correggere la voce e ripetere.",
    ),
    Code.INPUT_RULES_SPECIAL: entry(
        "In {file}, «{rule}»: aprirebbe una categoria particolare (GDPR art. 9 e 10), che non esce mai.",
        "Togliere la voce, o rimettere nella regola il divieto delle categorie particolari, poi ripetere.",
    ),
    Code.INPUT_RULES_INPUT: entry(
        "In {file}, regola «{rule}»: legge «{path}», che nessuna domanda contiene.",
        "Correggere il nome come nel documento della decisione (policies/README.md) e ripetere.",
    ),
    Code.INPUT_RULES_OUTSIDE: entry(
        "In {file}, regola «{rule}»: usa «{builtin}», che guarda fuori dalla domanda.",
        "Decidere solo da ciò che la domanda e i dati dicono, e ripetere.",
    ),
    Code.INPUT_RULES_ENGINES: entry(
        "In {file}: i due motori delle regole rispondono in modo diverso (prove di «{rule}»).",
        "Scrivere la regola senza funzioni che uno dei due non conosce, come le altre, e ripetere.",
    ),
    Code.INPUT_RULES_REVISION: entry(
        "Nessuna regola con la revisione «{revision}» aspetta le firme.",
        "Leggere la revisione con «maglia-registry policies list», o pubblicarla con «policies publish».",
    ),
}
