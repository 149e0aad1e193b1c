"""What every holder of a secret has in common: it stays in the memory of its process."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex


class Secret:
    """Base of what holds a secret: never pickled or copied, so in no queue, cache or crash report by accident.

    A dataclass below it names each secret field with `repr=False`; a test walks all of them.
    """

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Raise `TypeError`."""
        raise TypeError(f"{type(self).__name__} holds a secret")
