"""Italian words for what the rules are about, as `docs/who_sees_what.py` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maglia.core.vocabulary import NetworkRole

OR = "; oppure "
FIELDS = {
    "facet": "tipo di aiuto",
    "month": "mese",
    "amount_band": "fascia d'importo",
    "kind": "genere di ente",
    "status": "se dato o promesso",
    "reserved": "di un aiuto promesso, da quando e fino a quando",
    "date": "giorno",
    "amount": "importo esatto",
    "body": "nome dell'ente",
    "contact": "recapito dell'ente",
    "objection": "opposizione della persona, se c'è",
    "owed": "totale dovuto, di cui l'aiuto è una parte",
}
LEVELS = {"presence": "presenza", "detail": "dettaglio", "nothing": "niente"}
SPECIAL = {
    "health_": "salute",
    "disability_": "disabilità",
    "addiction_": "dipendenze",
    "violence_": "violenza subita",
    "detention_": "detenzione",
}
DISCLOSED = {
    "body": "quale ente",
    "time": "quando",
    "purpose": "per quale scopo",
    "categories": "quali categorie di dati sono state comunicate",
    "operator": "il nome dell'operatore",
}
EVENTS = {
    "question": "le domande fatte su di lei",
    "answer": "le risposte date su di lei",
    "refusal": "le domande su di lei rifiutate",
    "report": "le altre richieste di resoconto fatte a suo nome",
}
REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "la persona, riconosciuta, presso qualunque ente della rete": {"by": "person"},
    "il responsabile della protezione dei dati, per la persona riconosciuta": {"by": "dpo"},
    "la persona, non riconosciuta": {"by": "person", "identified": False},
    "un operatore dell'ente, per conto suo": {"by": "officer"},
    "il revisore": {"by": "auditor"},
    "l'ufficio di accreditamento": {"by": "accreditation_officer"},
}
"""Who may come for an access report, as the rules read it."""
RECORDS: Mapping[str, Mapping[str, Any]] = {
    "altri aiuti, anche quelli che non escono mai": {"sort": "aid", "facet": "health_x", "basis": "consent"},
    "risposte ricevute da altri enti": {"sort": "finding"},
    "registro degli accessi": {"sort": "log"},
}
"""What a node keeps beside the kinds of aid that may be shared."""
ACT_MONTHS = 60
"""What an act says in the example of a record kept under it."""
NETWORK_ROLES = {
    NetworkRole.ACCREDITATION_OFFICER: "ufficio di accreditamento",
    NetworkRole.AUDITOR: "revisore",
    NetworkRole.DPO: "responsabile della protezione dei dati",
}
STATES: Mapping[str, Mapping[str, Any]] = {
    "in regola": {},
    "promesso, non ancora dato": {"status": "reserved"},
    "annullato": {"status": "cancelled"},
    "corretto da un'altra registrazione": {"status": "corrected"},
    "consenso ritirato": {"consent": "withdrawn"},
    "consenso scaduto": {"consent": "expired"},
    "consenso dato per altri scopi o ad altri enti": {"consent": "mismatch"},
    "opposizione della persona": {"objection": True},
    "riservato all'ente che l'ha dato": {"visibility": "only_us"},
    "più vecchio dei mesi chiesti": {"age": "out_of_window"},
    "oltre il tempo di conservazione": {"age": "expired"},
}
"""What can be said of a record, each in one way different from one that is in order."""
OPERATIONS = {
    "OperatorService/Check": "chiedere alla rete",
    "OperatorService/CheckHousehold": "chiedere alla rete di un nucleo, ogni adulto sulla propria base",
    "OperatorService/RetrySilent": "richiedere agli enti muti",
    "OperatorService/AddAid": "registrare un aiuto",
    "OperatorService/AddNamedAid": "registrare un aiuto per nome",
    "OperatorService/FindNames": "cercare per nome, in questo ente",
    "OperatorService/AddConsent": "registrare un consenso",
    "OperatorService/GetConsents": "leggere i consensi di una persona",
    "OperatorService/WithdrawConsent": "ritirare un consenso",
    "OperatorService/RefuseConsent": "registrare un rifiuto",
    "OperatorService/AddObjection": "registrare un'opposizione",
    "OperatorService/MarkTold": "segnare che un ente è stato avvisato",
    "OperatorService/ListExpiringConsents": "elencare i consensi in scadenza",
    "OperatorService/OpenAccessReport": "registrare la richiesta di chi vuole sapere chi l'ha cercato",
    "OperatorService/CollectAccessReport": "chiederlo agli enti della rete",
    "OperatorService/ListAccessReports": "elencare le richieste di accesso",
    "OperatorService/GetAccessReport": "leggere il resoconto degli accessi",
    "OperatorService/ExtendAccessReport": "prorogare il termine di una richiesta di accesso",
    "OperatorService/CloseAccessReport": "chiudere una richiesta di accesso",
    "OperatorService/GetNamesRequest": "preparare la domanda dei nomi degli operatori",
    "OperatorService/AddNamesApproval": "registrare l'approvazione dei nomi degli operatori",
    "OperatorService/AddCase": "registrare una pratica",
    "OperatorService/AddOperator": "creare operatori",
    "OperatorService/ImportRecords": "importare aiuti da un file",
    "OperatorService/Repseudonymize": "rifare gli pseudonimi",
    "OperatorService/VerifyLog": "controllare il registro degli accessi",
    "OperatorService/GetStatus": "vedere lo stato del nodo",
    "OperatorService/GetPolicies": "leggere le regole in vigore",
    "OperatorService/GetSpending": "vedere quanto si è chiesto",
    "ReferralDeskService/SendReferral": "inviare una persona a un altro ente",
    "ReferralDeskService/ListReferrals": "elencare gli invii, mandati e ricevuti",
    "ReferralDeskService/GetReferral": "leggere un invio",
    "ReferralDeskService/MoveReferral": "accettare, rifiutare, concludere o ritirare un invio",
    "ReferralDeskService/ListReferralTakers": "vedere quali enti ricevono invii",
    "OperatorService/ListSignals": "vedere che cosa il nodo ha segnalato degli operatori",
    "RecordsService/GetPersonFile": "vedere gli aiuti e le note di una persona",
    "RecordsService/GetAid": "rivedere un aiuto dal suo numero, per la ricevuta",
    "RecordsService/CorrectAid": "correggere un aiuto",
    "RecordsService/UndoAid": "annullare un aiuto appena registrato",
    "RecordsService/AddNote": "scrivere una nota su una persona",
    "RecordsService/ListNotes": "leggere le note su una persona",
    "BatchService/OpenBatch": "caricare il file di un bando",
    "BatchService/RunBatch": "chiedere alla rete di chi ha fatto domanda a un bando",
    "BatchService/PauseBatch": "fermare il controllo di un bando",
    "BatchService/ListBatches": "elencare i controlli dei bandi",
    "BatchService/GetBatch": "leggere che cosa si sa di chi ha fatto domanda a un bando",
    "BatchService/DeleteBatch": "cancellare il controllo di un bando",
    "FilesService/ImportFile": "importare aiuti da un file, con colonne proprie",
    "FilesService/ExportAll": "esportare tutto ciò che l'ente conserva",
    "FilesService/ListTemplates": "elencare i modelli di importazione",
    "InboxService/ListNotices": "elencare i propri avvisi e quelli per tutto l'ente",
    "InboxService/ReadNotice": "leggere un avviso",
    "WaitingService/DeferCheck": "rimandare una verifica a quando la rete torna",
    "WaitingService/GetKeptCheck": "rileggere una propria verifica delle ultime 72 ore",
    "WaitingService/ListKeptChecks": "elencare le proprie verifiche delle ultime 72 ore",
    "NeedsService/OpenNeed": "registrare un bisogno: che cosa una persona deve pagare, e quanto in tutto",
    "NeedsService/ListNeeds": "vedere i bisogni di una persona",
    "NeedsService/CloseNeed": "chiudere un bisogno",
    "NetworkService/GetNetwork": "vedere come rispondono gli altri enti",
    "StatusService/GetFindings": "vedere che cosa del nodo va e che cosa no",
    "PersonsService/GetHousehold": "vedere con chi vive una persona",
    "PersonsService/SetHousehold": "registrare un nucleo",
    "PersonsService/LeaveHousehold": "registrare chi esce da un nucleo",
    "ReservationService/Reserve": "registrare un impegno",
    "ReservationService/ConfirmReservation": "confermare un impegno: l'aiuto è dato",
    "ReservationService/RenewReservation": "prorogare un impegno",
    "ReservationService/ReleaseReservation": "annullare un impegno",
    "ReservationService/ListReservations": "elencare gli impegni",
    "ReservationService/GetReservation": "vedere un impegno",
    "PersonsService/GetPerson": "vedere codici, nucleo e basi di una persona",
    "PersonsService/ImportRegistry": "aggiornare l'anagrafe (comuni)",
    "PersonsService/PreviewLink": "confrontare due codici di una persona",
    "PersonsService/LinkPerson": "passare da un codice temporaneo a uno più certo",
    "DeviceService/InviteDevice": "invitare un operatore a iscrivere una postazione",
    "DeviceService/ListDevices": "elencare le proprie postazioni iscritte (chi amministra: tutte)",
    "DeviceService/RevokeDevice": "togliere una propria postazione iscritta (chi amministra: ogni postazione)",
    "PersonsService/UndoLink": "annullare un cambio di codice, entro 10 minuti",
}
OFFICE = {
    "DiscardApplication": "scartare una domanda",
    "GetBoard": "vedere lo stato dei nodi",
    "GetBudgets": "vedere quanto chiede ogni ente: numeri, non persone",
    "GetDraftFile": "leggere un documento da firmare",
    "GetHistory": "leggere la storia degli atti dell'ufficio",
    "GetMember": "leggere la scheda di un ente",
    "IssueToken": "dare il codice di attivazione",
    "ListDrafts": "vedere che cosa attende una firma",
    "ListMembers": "vedere l'elenco degli enti",
    "ListProcedures": "vedere le procedure dichiarate",
    "PrepareDraft": "preparare un documento da firmare",
    "ReturnApplication": "rimandare indietro una domanda",
    "SignDraft": "firmare",
    "SuspendMember": "sospendere un ente",
}
AUDIT = {
    ("node_peer", "AuditService/GetHead"): "vedere quanto è lungo il registro degli accessi di un nodo",
    ("node_peer", "AuditService/ReadLog"): "leggere il registro degli accessi di un nodo: voci e impronte, non persone",
    ("registry_peer", "AuditService/GetHead"): "vedere quanto è lungo il registro dell'ufficio",
    ("registry_peer", "AuditService/ReadLog"): "leggere il registro dell'ufficio",
    ("registry_peer", "AuditService/ListWitnessed"): "vedere che cosa il testimone ha controfirmato",
}
"""Doors and calls of those who have a certificate of their own in the officers' signed directory."""
