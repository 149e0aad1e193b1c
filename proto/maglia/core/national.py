"""Under which code of the national flow (SIUSS) a kind of aid is sent, by the day on which it was given.

The codes are data with dates (`national_codes.toml`), since they change by decree and not by release.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

_FILE = "national_codes.toml"


@dataclass(frozen=True)
class NationalCode:
    """A code of the nomenclature; one that is not `sure` is to be looked at before it is sent."""

    code: str
    sure: bool
    note: str = ""


def national_code(facet: str, day: date) -> NationalCode | None:
    """Return the code of `facet` on a day; None where there is none: special categories, and days before the flow."""
    dated = [(since, code) for since, code in _codes().get(facet, ()) if since <= day]
    return max(dated, key=lambda one: one[0])[1] if dated else None


@lru_cache(maxsize=1)
def _codes() -> dict[str, list[tuple[date, NationalCode]]]:
    found: dict[str, list[tuple[date, NationalCode]]] = {}
    for line in tomllib.loads(files("maglia.core").joinpath(_FILE).read_text("utf-8"))["code"]:
        code = NationalCode(line["code"], line["sure"], line.get("note", ""))
        found.setdefault(line["facet"], []).append((line["from"], code))
    return found
