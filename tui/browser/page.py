"""The one page, and what every answer says of how a browser may use it: nothing of it comes from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Final

from maglia.core.translation import mark, tr

FIXED: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The terminal's script sets its letters' sizes in styles of its own."""
_CLOSED = mark("La finestra è chiusa. Quanto era scritto è rimasto: lo ritrova chi accede di nuovo.")
_AGAIN = mark("Riapri")
_COMING = mark("Un momento: si apre Maglia.")
USED = mark(
    "Questo collegamento è già servito o è scaduto. Fermare «maglia browser» con Ctrl-C, avviarlo di nuovo e aprire il"
    " collegamento nuovo."
)
OUTSIDE = mark("Da qui non si entra. Aprire il collegamento scritto da «maglia browser» su questo computer.")
FULL = mark("Le finestre aperte sono già {most}. Chiuderne una, poi ricaricare questa pagina.")

_PAGE = Template("""<!DOCTYPE html>
<html lang="$lang"><head><meta charset="utf-8"><title>Maglia</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/xterm.css"><link rel="stylesheet" href="/own/page.css">
<script src="/static/js/textual.js"></script><script src="/own/page.js"></script></head>
<body><p class="coming">$coming</p>
<div class="over"><p>$closed</p><button type="button">$again</button></div>
<div id="terminal" class="textual-terminal" data-session-websocket-url="ws://$host/ws" data-font-size="16"></div>
</body></html>
""")
_ONWARD = Template('<meta http-equiv="refresh" content="0; url=$address">')
_SAID = Template("""<!DOCTYPE html>
<html lang="$lang"><head><meta charset="utf-8"><title>Maglia</title><link rel="icon" href="data:,">$onward
<link rel="stylesheet" href="/own/page.css"></head><body class="said"><p>$words</p></body></html>
""")


def policy(host: str) -> str:
    """Return the page's Content-Security-Policy; `host` is as the gate knows it."""
    return _POLICY.format(host=host)


def terminal_page(host: str, lang: str) -> str:
    """Return the page that a console is painted in."""
    return _PAGE.substitute(
        lang=lang, host=escape(host), coming=escape(tr(_COMING, lang)), closed=escape(tr(_CLOSED, lang)),
        again=escape(tr(_AGAIN, lang)),
    )  # fmt: skip


def page_to(address: str) -> str:
    """Return a page that leads on by itself, for a file of one's own."""
    return _ONWARD.substitute(address=escape(address))


def onward_page(lang: str) -> str:
    """Return the page that a link opens: it leads on by itself.

    An answer that leads elsewhere would still count as a request of whatever page the link was on, and a cookie that
    is of this page alone would not go with it.
    """
    return _SAID.substitute(lang=lang, onward=page_to("/"), words=escape(tr(_COMING, lang)))


def refusal_page(words: str, lang: str) -> str:
    """Return the page that says why nothing is shown; `words` are said already in `lang`."""
    return _SAID.substitute(lang=lang, onward="", words=escape(words))
