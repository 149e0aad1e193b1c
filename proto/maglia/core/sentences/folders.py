"""What is lost or damaged in a program's own folder: its database, its keys, its settings."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.STORAGE_LOST: entry(
        "Manca il database «{path}», che il registro degli accessi accanto presuppone.",
        "Rimetterlo dalla sua copia più recente (maglia-node restore --help), prima di avviare il nodo.",
    ),
    Code.STORAGE_KEYS_LOST: entry(
        "Manca il file delle chiavi «{path}».",
        "Rimetterlo dalla sua copia. Se non ce n'è, leggere docs/security/lost-keys.md prima di fare altro.",
    ),
    Code.STORAGE_KEYS_DAMAGED: entry(
        "Il file delle chiavi «{path}» è rovinato: nessuna frase segreta lo apre.",
        "Rimetterlo dalla sua copia e ripetere.",
    ),
    Code.INPUT_TOML: entry(
        "Il file «{file}» ha un errore alla riga {line}.",
        "Correggere la riga {line} di «{file}» e ripetere.",
    ),
    Code.INPUT_SETTING_VALUE: entry(
        "L'impostazione «{field}» ha un valore non ammesso ({source}).",
        "Scriverne uno così: {allowed}.",
    ),
    Code.INPUT_FORM: entry(
        "Il campo «{field}» non è valido.",
        "Scriverlo così: {form}.",
    ),
    Code.MEMBER_NOT_JOINED: entry(
        "L'ente non è ancora attivo: non ha usato il codice di attivazione.",
        "Chiedere con «maglia-node state» a che punto è la domanda; avuto il codice, «maglia-node join CODICE».",
    ),
    Code.NETWORK_OFFICE: entry(
        "L'ufficio di accreditamento non risponde.",
        "Controllare il collegamento di questo computer e riprovare; se dura, avvisare l'ufficio.",
    ),
}
