"""When a console that nobody touches is locked."""

from __future__ import annotations

from time import monotonic


class Lock:
    """The time since somebody touched anything."""

    def __init__(self, after_s: float) -> None:
        """With `after_s` 0 it is never due."""
        self._after_s = after_s
        self._stirred = monotonic()

    def stir(self) -> None:
        """Somebody is here."""
        self._stirred = monotonic()

    def is_due(self) -> bool:
        """Return whether nobody has been here for long enough."""
        return self._after_s > 0 and monotonic() - self._stirred >= self._after_s
