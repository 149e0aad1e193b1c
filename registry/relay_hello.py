"""Whom a caller's first bytes name: the server name in a TLS ClientHello (RFC 6066, section 3).

The TLS library reads them, as a server would, and is stopped before it answers: the relay has no key for any handshake.
"""

from __future__ import annotations

import logging
import re
import ssl
import sys
from functools import cache
from weakref import WeakKeyDictionary

_ID = r"([a-z0-9][a-z0-9-]{1,38}[a-z0-9])"
MAX_HELLO_BYTES = 16 * 1024
_log = logging.getLogger(__name__)


class NotTlsError(Exception):
    """The first bytes are no ClientHello with a server name, or are too many."""


class HelloReader:
    """Takes a caller's first bytes as they come; one for each connection."""

    def __init__(self) -> None:
        self._incoming = ssl.MemoryBIO()
        self._tls = _context().wrap_bio(self._incoming, ssl.MemoryBIO(), server_side=True)
        self._size = 0

    def feed(self, content: bytes) -> str | None:
        """Return the server name once it is there, None while more is needed; raise `NotTlsError`."""
        self._size += len(content)
        self._incoming.write(content)
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            if self._size >= MAX_HELLO_BYTES:
                raise NotTlsError from None
            return None
        except ssl.SSLError:
            pass  # as meant: the callback ends the handshake
        name = _named.pop(self._tls, None)
        if not name:
            raise NotTlsError
        return name


_named: WeakKeyDictionary[ssl.SSLObject, str | None] = WeakKeyDictionary()
"""The names that handshakes under way were stopped at. A context that knew its reader would never be freed: the
collector does not see what a handshake holds."""


@cache
def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = _note_name
    return context


def _note_name(tls: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int:
    _named[tls] = name
    return ssl.AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME


def pass_over_names(ignored: sys.UnraisableHookArgs) -> None:
    """Stand in for `sys.unraisablehook`: a name that is no ASCII fails within the TLS library, where nobody catches it.

    Whoever connects could fill the log with such names. Of anything else the type is logged.
    """
    if not isinstance(ignored.exc_value, UnicodeDecodeError):
        _log.error("ignored: %s", ignored.exc_type.__name__)


def member_in(server_name: str, network: str) -> str | None:
    """Return the member that a server name is of, in this network (`maglia.core.identity.server_name`)."""
    match = re.fullmatch(rf"{_ID}\.{re.escape(network)}\.maglia\.internal", server_name)
    return match[1] if match else None
