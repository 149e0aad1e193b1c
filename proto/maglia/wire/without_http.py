"""Imported before The Update Framework's client, this keeps it from loading an HTTP library (2 MiB in every node).

What is fetched comes through a function of our own. A client made without one fails instead of reaching for the web.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import NoReturn

_NAME = "tuf.ngclient.urllib3_fetcher"


class Urllib3Fetcher:
    """Stands where the library's own fetcher would, and is never made."""

    def __init__(self, *_given: object, **_named: object) -> NoReturn:
        """Refuse: nothing here is fetched by HTTP."""
        raise NotImplementedError("files are fetched through a function, never by HTTP")


def _put_in_place() -> None:
    stand_in = ModuleType(_NAME)
    stand_in.__dict__["Urllib3Fetcher"] = Urllib3Fetcher
    sys.modules.setdefault(_NAME, stand_in)


_put_in_place()
