"""What reads bytes that somebody else made: each with sound samples to spoil, and with how it may refuse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maglia.core.errors import MagliaError


@dataclass(frozen=True)
class Decoder:
    """One reader of strangers' bytes.

    `share` says how often it is tried: 1,000 where a try costs microseconds, less where it costs more. `refusals` are
    other exceptions that its docstring names; a `MagliaError` always is one.
    """

    name: str
    samples: Sequence[bytes]
    read: Callable[[bytes], object]
    share: int = 1_000
    refusals: tuple[type[Exception], ...] = ()

    @property
    def refused(self) -> tuple[type[Exception], ...]:
        """Every exception by which it refuses."""
        return (MagliaError, *self.refusals)

    def check_samples(self) -> None:
        """Read each sample: spoiling what was never sound would try nothing but the first check."""
        for sample in self.samples:
            self.read(sample)


def in_turn(*reads: Callable[[bytes], object]) -> Callable[[bytes], None]:
    """Return what gives the same bytes to each reader, whatever those before it said."""

    def read(content: bytes) -> None:
        for one in reads:
            try:
                one(content)
            except MagliaError:
                continue

    return read
