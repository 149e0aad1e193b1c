"""The form on which a counter without a computer or a line writes down help that it gives, to be entered later.

It asks for what `maglia offline aid` asks for, in the same order, and says that nobody was asked.
"""

from __future__ import annotations

from tui.labels import FACETS, label, pick
from tui.papers.page import Page

_TITLE = ("Aiuto dato senza verifica", "Help given unchecked")
_SAYS = (
    "Da compilare quando né il computer né la rete ci sono. NON VERIFICATO: nessun ente è stato interrogato. Inserire"
    " appena possibile con «maglia aid add» o «maglia offline aid», poi conservare il foglio come gli altri atti.",
    "To fill in when there is neither computer nor network. NOT CHECKED: no body was asked. Enter it as soon as"
    " possible with “maglia aid add” or “maglia offline aid”, then keep the sheet as other papers are kept.",
)
_PERSON = ("Cognome e nome", "Surname and name")
_CODE = ("Codice fiscale (16 caratteri, in stampatello)", "Tax code (16 characters, in capitals)")
_HOUSEHOLD = ("Altre persone della famiglia (codici)", "Others of the household (codes)")
_KIND = ("Tipo di aiuto", "Kind of aid")
_OTHER = ("Altro (categoria particolare: resta in questo ente)", "Other (special category: stays at this body)")
_AMOUNT = ("Importo o valore in euro", "Amount or value in euro")
_DAY = ("Giorno (gg/mm/aaaa)", "Day (dd/mm/yyyy)")
_PERIOD = ("Periodo coperto, dal / al", "Period covered, from / to")
_CREDITOR = ("A chi è andato il pagamento", "Whom the payment went to")
_NUMBER = ("Numero POD, PDR o del contratto registrato", "POD, PDR or registered lease number")
_CASE = ("Protocollo della pratica (enti pubblici)", "Protocol number of the case (public bodies)")
_CONSENT = ("Consenso", "Consent")
_SIGNED = ("La persona ha firmato il modulo di consenso", "The person signed the consent form")
_ORAL = ("La persona ha acconsentito a voce, letta l'informativa", "The person agreed orally, the notice being read")
_REFUSED = (
    "La persona non acconsente: l'aiuto si dà lo stesso, e nessuno viene interrogato",
    "The person does not agree: the help is given all the same, and nobody is asked",
)
_OPERATOR = ("Operatore", "Operator")
_ENTERED = ("Inserito il / da", "Entered on / by")
_COLUMNS = 2


def write_aid_form(sheet: Page, body: str, lang: str) -> None:
    """Write the form on a page of its own; `body` is the body's name, empty for a line to stamp."""
    sheet.start_page()
    sheet.title_lines(pick(_TITLE, lang), sheet.legible(body))
    if not body:
        sheet.blank(pick(("Ente (timbro)", "Body (stamp)"), lang))
    sheet.paragraph(pick(_SAYS, lang))
    for asked in (_PERSON, _CODE, _HOUSEHOLD):
        sheet.blank(pick(asked, lang))
    sheet.heading(pick(_KIND, lang))
    sheet.ticks([label(FACETS, facet, lang) for facet in FACETS], _COLUMNS)
    for asked in (_OTHER, _AMOUNT, _DAY, _PERIOD, _CREDITOR, _NUMBER, _CASE):
        sheet.blank(pick(asked, lang))
    sheet.heading(pick(_CONSENT, lang))
    for said in (_SIGNED, _ORAL, _REFUSED):
        sheet.tick(pick(said, lang))
    for asked in (_OPERATOR, _ENTERED):
        sheet.blank(pick(asked, lang))
