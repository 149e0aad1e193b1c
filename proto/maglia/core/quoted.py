"""What people wrote, as far as it may be quoted back or kept where lists show it: never what may be a code."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_MAYBE_CODE = re.compile(
    r"[A-Z]{6}[0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]?|(STP|ENI)[0-9]{6}|(?<![0-9])[0-9]{11}(?![0-9])"
)
_SHOWN = 40


def may_hold_code(text: str) -> bool:
    """Return whether a text may hold a person's code, blanks, signs and case aside; rather too often than not."""
    squeezed = re.sub(r"[^A-Z0-9]", "", text.upper())
    return bool(_MAYBE_CODE.search(squeezed) or _MAYBE_CODE.search(text.upper()))


def echo(text: str) -> str:
    """Return what was written, short and harmless enough to be shown, or a dash of dots where it may hold a code."""
    if may_hold_code(text):
        return "…"
    shown = _CONTROL.sub("", text).strip()
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
