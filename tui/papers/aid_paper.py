"""The form on which a counter without a computer or a line writes down help that it gives, to be entered later.

It asks for what `maglia offline aid` asks for, in the same order, and says that nobody was asked.
"""

from __future__ import annotations

from maglia.core.translation import mark, tr
from tui.labels import FACETS, label
from tui.papers.page import Page

_TITLE = mark("Aiuto dato senza verifica")
_SAYS = mark(
    "Da compilare quando né il computer né la rete ci sono. NON VERIFICATO: nessun ente è stato interrogato. Inserire"
    " appena possibile con «maglia aid add» o «maglia offline aid», poi conservare il foglio come gli altri atti."
)
_PERSON = mark("Cognome e nome")
_CODE = mark("Codice fiscale (16 caratteri, in stampatello)")
_HOUSEHOLD = mark("Altre persone della famiglia (codici)")
_KIND = mark("Tipo di aiuto")
_OTHER = mark("Altro (categoria particolare: resta in questo ente)")
_AMOUNT = mark("Importo o valore in euro")
_DAY = mark("Giorno (gg/mm/aaaa)")
_PERIOD = mark("Periodo coperto, dal / al")
_CREDITOR = mark("A chi è andato il pagamento")
_NUMBER = mark("Numero POD, PDR o del contratto registrato")
_CASE = mark("Protocollo della pratica (enti pubblici)")
_CONSENT = mark("Consenso")
_SIGNED = mark("La persona ha firmato il modulo di consenso")
_ORAL = mark("La persona ha acconsentito a voce, letta l'informativa")
_REFUSED = mark("La persona non acconsente: l'aiuto si dà lo stesso, e nessuno viene interrogato")
_OPERATOR = mark("Operatore")
_ENTERED = mark("Inserito il / da")
_COLUMNS = 2


def write_aid_form(sheet: Page, body: str, lang: str) -> None:
    """Write the form on a page of its own; `body` is the body's name, empty for a line to stamp."""
    sheet.start_page()
    sheet.title_lines(tr(_TITLE, lang), sheet.legible(body))
    if not body:
        sheet.blank(tr("Ente (timbro)", lang))
    sheet.paragraph(tr(_SAYS, lang))
    for asked in (_PERSON, _CODE, _HOUSEHOLD):
        sheet.blank(tr(asked, lang))
    sheet.heading(tr(_KIND, lang))
    sheet.ticks([label(FACETS, facet, lang) for facet in FACETS], _COLUMNS)
    for asked in (_OTHER, _AMOUNT, _DAY, _PERIOD, _CREDITOR, _NUMBER, _CASE):
        sheet.blank(tr(asked, lang))
    sheet.heading(tr(_CONSENT, lang))
    for said in (_SIGNED, _ORAL, _REFUSED):
        sheet.tick(tr(said, lang))
    for asked in (_OPERATOR, _ENTERED):
        sheet.blank(tr(asked, lang))
